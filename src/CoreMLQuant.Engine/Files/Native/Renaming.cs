using System;
using System.IO;
using System.Runtime.InteropServices;

namespace CoreMLQuant.Files.Native;

/// <summary>Renames in one step, as far as the file system has such steps.</summary>
internal static class Renaming
{
    private const int CurrentFolder = -100;

    // RENAME_NOREPLACE and RENAME_EXCHANGE of Linux; RENAME_EXCL and RENAME_SWAP of macOS.
    private static uint NoReplace => Posix.IsMacOS ? 4u : 1u;

    private static uint Exchange => 2u;

    /// <summary>Renames to a name that nothing has yet.</summary>
    /// <returns><see langword="false"/>: something has the name.</returns>
    /// <exception cref="IOException">It cannot be renamed.</exception>
    public static bool TryMove(string from, string to)
    {
        if (Posix.IsAvailable)
        {
            switch (Flagged(from, to, NoReplace))
            {
                case 0:
                    return true;
                case Posix.Eexist:
                    return false;
                case int error when !IsUnsupported(error):
                    throw Posix.Failure(error, to);
            }
        }

        // Not one step: whoever takes the name between the look and the rename may win.
        if (FileFacts.Of(to, followLink: false) is not null)
        {
            return false;
        }

        if (Directory.Exists(from))
        {
            Directory.Move(from, to);
        }
        else
        {
            File.Move(from, to);
        }

        return true;
    }

    /// <summary>Swaps what two names stand for, in one step: at no moment is there nothing behind one of them.</summary>
    /// <returns><see langword="false"/>: the system or the file system cannot do it, or nothing has one of the names.</returns>
    /// <exception cref="IOException">It cannot be renamed.</exception>
    public static bool TryExchange(string one, string other)
    {
        if (!Posix.IsAvailable)
        {
            return false;
        }

        int error = Flagged(one, other, Exchange);
        return error == 0 || (error == Posix.Enoent || IsUnsupported(error) ? false : throw Posix.Failure(error, other));
    }

    /// <summary>Renames a file over another one, in one step.</summary>
    /// <exception cref="IOException">It cannot be renamed.</exception>
    public static void Replace(string from, string to)
    {
        if (Posix.IsAvailable)
        {
            if (Posix.Rename(Posix.Bytes(from), Posix.Bytes(to)) != 0)
            {
                throw Posix.Failure(Marshal.GetLastWin32Error(), to);
            }
        }
        else if (!Win32.MoveFileEx(from, to, Win32.ReplaceExisting | Win32.WriteThrough))
        {
            throw new IOException($"'{to}': {new System.ComponentModel.Win32Exception().Message}", Marshal.GetHRForLastWin32Error());
        }
    }

    private static bool IsUnsupported(int error) =>
        error == Posix.Einval || error == Posix.Enosys || error == Posix.Enotsup || error == Posix.Eopnotsupp;

    // The error number, 0 for none.
    private static int Flagged(string from, string to, uint flags)
    {
        try
        {
            int result = Posix.IsMacOS
                ? Posix.RenameX(Posix.Bytes(from), Posix.Bytes(to), flags)
                : Posix.RenameAt2(CurrentFolder, Posix.Bytes(from), CurrentFolder, Posix.Bytes(to), flags);
            return result == 0 ? 0 : Marshal.GetLastWin32Error();
        }
        catch (EntryPointNotFoundException)
        {
            // A C library that is older than the call.
            return Posix.Enosys;
        }
    }
}
