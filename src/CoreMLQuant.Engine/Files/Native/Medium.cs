using System;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CoreMLQuant.Files.Native;

/// <summary>
/// Waits until files and folders are on the medium. The system is asked itself: .NET's own flush gives up the error of a failed
/// fsync on some file systems, and has no flush of a folder.
/// </summary>
internal static class Medium
{
    // F_FULLFSYNC of macOS: fsync alone leaves the bytes in the drive's cache.
    private const int FullFSync = 51;
    private const int ReadOnly = 0;

    // O_CLOEXEC of the two systems.
    private static int CloseOnExec => Posix.IsMacOS ? 0x1000000 : 0x80000;

    /// <summary>Waits until a file's bytes, or a folder's entries, are on the medium.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="isFolder">Whether it is a folder. Windows keeps folders' entries in its journal and has no flush for them.</param>
    /// <returns><see langword="false"/> when the file system has no such thing, as some network and FUSE file systems have not.</returns>
    /// <exception cref="IOException">The bytes did not reach the medium: it is full or broken.</exception>
    public static bool Flush(string path, bool isFolder)
    {
        if (Posix.IsAvailable)
        {
            return FlushPosix(path);
        }

        if (!isFolder)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1);
            file.Flush(flushToDisk: true);
        }

        return true;
    }

    /// <summary>What the error number of a flush means.</summary>
    /// <returns><see langword="false"/>: the file system cannot flush this.</returns>
    /// <exception cref="IOException">Any other failure: what was written may be lost.</exception>
    public static bool Supports(int error, string path) =>
        error == Posix.Einval || error == Posix.Enotsup || error == Posix.Eopnotsupp || error == Posix.Enosys ? false
            : throw new IOException($"{Posix.Failure(error, path).Message} The output did not reach the disk.", error);

    private static bool FlushPosix(string path)
    {
        using var handle = new SafeFileHandle((IntPtr)Posix.Open(Posix.Bytes(path), ReadOnly | CloseOnExec), ownsHandle: true);
        if (handle.IsInvalid)
        {
            throw Posix.Failure(Marshal.GetLastWin32Error(), path);
        }

        bool flushed = (Posix.IsMacOS && Posix.FCntl(handle, FullFSync) == 0) || Posix.FSync(handle) == 0;
        return flushed || Supports(Marshal.GetLastWin32Error(), path);
    }
}
