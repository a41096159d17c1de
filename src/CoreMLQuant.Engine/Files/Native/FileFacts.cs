using System;
using System.IO;
using System.Runtime.InteropServices;

namespace CoreMLQuant.Files.Native;

/// <summary>What the file system tells about a path without opening it.</summary>
/// <param name="Kind">What stands there.</param>
/// <param name="Length">Bytes of an ordinary file.</param>
/// <param name="Modified">When it was last written, in units of the system (nanoseconds or 100 ns); only for comparing.</param>
/// <param name="Identity">Number of the file in its file system; 0 where the system does not tell.</param>
/// <param name="Permissions">The nine permission bits of POSIX; <see langword="null"/> on Windows.</param>
/// <param name="Owner">The owner's number; <see langword="null"/> on Windows.</param>
internal readonly record struct FileFacts(FileKind Kind, long Length, long Modified, ulong Identity, int? Permissions, uint? Owner)
{
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint BasicFacts = 0x7FF;
    private const int NanosecondsPerSecond = 1_000_000_000;

    /// <summary>What stands at a path; <see langword="null"/> for nothing.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="followLink">Whether a link stands for what it leads to.</param>
    /// <exception cref="IOException">The system does not tell.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder on the way may not be looked into.</exception>
    public static FileFacts? Of(string path, bool followLink) =>
        Posix.IsLinux ? OfLinux(path, followLink) : Posix.IsMacOS ? OfMacOS(path, followLink) : Managed(path);

    // struct statx is the same on every processor.
    private static FileFacts? OfLinux(string path, bool followLink)
    {
        var buffer = new byte[256];
        try
        {
            return Posix.StatX(CurrentFolder, Posix.Bytes(path), followLink ? 0 : NoFollow, BasicFacts, buffer) == 0
                ? Create(
                    BitConverter.ToUInt16(buffer, 28),
                    BitConverter.ToInt64(buffer, 40),
                    (BitConverter.ToInt64(buffer, 112) * NanosecondsPerSecond) + BitConverter.ToUInt32(buffer, 120),
                    BitConverter.ToUInt64(buffer, 32),
                    BitConverter.ToUInt32(buffer, 20))
                : Nothing(path, Marshal.GetLastWin32Error());
        }
        catch (EntryPointNotFoundException)
        {
            // A C library from before 2018.
            return Managed(path);
        }
    }

    // struct stat with 64-bit inodes: the only one of arm64, a symbol of its own on x86-64.
    private static FileFacts? OfMacOS(string path, bool followLink)
    {
        var buffer = new byte[256];
        byte[] name = Posix.Bytes(path);
        int failed = (RuntimeInformation.ProcessArchitecture == Architecture.Arm64, followLink) switch
        {
            (true, true) => Posix.Stat(name, buffer),
            (true, false) => Posix.LStat(name, buffer),
            (false, true) => Posix.StatInode64(name, buffer),
            (false, false) => Posix.LStatInode64(name, buffer),
        };
        return failed == 0
            ? Create(
                BitConverter.ToUInt16(buffer, 4),
                BitConverter.ToInt64(buffer, 96),
                (BitConverter.ToInt64(buffer, 48) * NanosecondsPerSecond) + BitConverter.ToInt64(buffer, 56),
                BitConverter.ToUInt64(buffer, 8),
                BitConverter.ToUInt32(buffer, 16))
            : Nothing(path, Marshal.GetLastWin32Error());
    }

    // ELOOP is nothing, too: a link that leads in a circle leads nowhere. 40 on Linux, 62 on macOS.
    private static FileFacts? Nothing(string path, int error) =>
        error is Posix.Enoent or Posix.Enotdir || error == (Posix.IsMacOS ? 62 : 40) ? null : throw Posix.Failure(error, path);

    private static FileFacts Create(int mode, long length, long modified, ulong identity, uint owner)
    {
        FileKind kind = (mode & 0xF000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Folder,
            0xA000 => FileKind.Link,
            _ => FileKind.Other,
        };
        return new FileFacts(kind, length, modified, identity, mode & 0x1FF, owner);
    }

    private static FileFacts? Managed(string path)
    {
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        FileAttributes attributes;
        try
        {
            attributes = File.GetAttributes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        FileKind kind = (attributes & FileAttributes.ReparsePoint) != 0 ? FileKind.Link
            : (attributes & FileAttributes.Directory) != 0 ? FileKind.Folder
            : (attributes & FileAttributes.Device) != 0 ? FileKind.Other
            : FileKind.Regular;
        return new FileFacts(kind, info is FileInfo file && kind == FileKind.Regular ? file.Length : 0, info.LastWriteTimeUtc.Ticks, 0, null, null);
    }
}
