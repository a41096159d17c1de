using System.IO;
using System.Runtime.InteropServices;

namespace CoreMLQuant.Files.Native;

/// <summary>The permission bits of POSIX systems.</summary>
internal static class Permissions
{
    private const int OwnerOfFile = 0x100;    // r--------
    private const int OwnerOfFolder = 0x1C0;  // rwx------

    /// <summary>What the process's umask leaves of a new folder's permissions. Asking for the umask itself would set it, for all threads.</summary>
    /// <param name="folder">Full path of a folder in which a folder can be made and removed for a moment.</param>
    public static int AllowedByMask(string folder)
    {
        string probe = Path.Combine(folder, "mask");
        Directory.CreateDirectory(probe);
        int allowed = FileFacts.Of(probe, followLink: false)?.Permissions ?? 0x1FF;
        Directory.Delete(probe);
        return allowed;
    }

    /// <summary>Sets the permissions of a file or folder. Its owner can always read it, and replace what is in a folder.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="permissions">The nine bits.</param>
    /// <param name="isFolder">Whether it is a folder.</param>
    /// <exception cref="IOException">They cannot be set, on a file system that has them.</exception>
    public static void Set(string path, int permissions, bool isFolder)
    {
        if (Posix.ChMod(Posix.Bytes(path), (uint)(permissions | (isFolder ? OwnerOfFolder : OwnerOfFile))) == 0)
        {
            return;
        }

        // FAT and some network file systems have no permissions.
        int error = Marshal.GetLastWin32Error();
        if (error != Posix.Eperm && error != Posix.Enotsup && error != Posix.Eopnotsupp && error != Posix.Einval)
        {
            throw Posix.Failure(error, path);
        }
    }
}
