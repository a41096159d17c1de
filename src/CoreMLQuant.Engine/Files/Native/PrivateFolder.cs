using System;
using System.IO;
using System.Runtime.InteropServices;

namespace CoreMLQuant.Files.Native;

/// <summary>Folders that only this user may look into.</summary>
internal static class PrivateFolder
{
    private const uint OwnerOnly = 0x1C0; // rwx------

    /// <summary>Makes a folder that only this user may look into; what already has the name is never taken.</summary>
    /// <returns><see langword="false"/>: something has the name.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static bool TryCreate(string path)
    {
        if (!Posix.IsAvailable)
        {
            if (FileFacts.Of(path, followLink: false) is not null)
            {
                return false;
            }

            Directory.CreateDirectory(path);
            return true;
        }

        if (Posix.MkDir(Posix.Bytes(path), OwnerOnly) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastWin32Error();
        return error == Posix.Eexist ? false : throw Posix.Failure(error, path);
    }

    /// <summary>Whether a real folder of this user stands at a path: no link, and of no other owner.</summary>
    public static bool IsOwn(string path) =>
        FileFacts.Of(path, followLink: false) is { Kind: FileKind.Folder } facts && (facts.Owner is not { } owner || owner == Posix.EffectiveUser());

    /// <summary>Removes a folder that is empty; <see langword="false"/> when it is not, or is not there.</summary>
    public static bool TryRemoveEmpty(string path)
    {
        try
        {
            Directory.Delete(path, recursive: false);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
