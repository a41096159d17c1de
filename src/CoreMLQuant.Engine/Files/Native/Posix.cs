using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CoreMLQuant.Files.Native;

/// <summary>The few calls of POSIX systems that .NET does not offer on both legs. Paths are UTF-8 and end in a zero byte.</summary>
internal static class Posix
{
    public const int Eperm = 1;
    public const int Enoent = 2;
    public const int Eacces = 13;
    public const int Eexist = 17;
    public const int Enotdir = 20;
    public const int Einval = 22;

    private const string LibC = "libc";

    /// <summary>Whether this is a system with these calls.</summary>
    public static bool IsAvailable { get; } = !RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>Whether it is Linux.</summary>
    public static bool IsLinux { get; } = RuntimeInformation.IsOSPlatform(OSPlatform.Linux);

    /// <summary>Whether it is macOS.</summary>
    public static bool IsMacOS { get; } = RuntimeInformation.IsOSPlatform(OSPlatform.OSX);

    // Numbers differ between the systems: errno.h of Linux, sys/errno.h of macOS.
    public static int Enosys => IsMacOS ? 78 : 38;

    public static int Enotsup => IsMacOS ? 45 : 95;

    // EOPNOTSUPP is a number of its own on macOS.
    public static int Eopnotsupp => IsMacOS ? 102 : 95;

    /// <summary>A path as the system takes it.</summary>
    public static byte[] Bytes(string path)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(path) + 1];
        Encoding.UTF8.GetBytes(path, 0, path.Length, bytes, 0);
        return bytes;
    }

    /// <summary>What an error number means, as an exception that names the path.</summary>
    public static Exception Failure(int error, string path)
    {
        string message = $"'{path}': {new Win32Exception(error).Message}.";
        return error is Eacces or Eperm ? new UnauthorizedAccessException(message) : new IOException(message, error);
    }

    [DllImport(LibC, EntryPoint = "fsync", SetLastError = true)]
    public static extern int FSync(SafeFileHandle file);

    [DllImport(LibC, EntryPoint = "fcntl", SetLastError = true)]
    public static extern int FCntl(SafeFileHandle file, int command);

    [DllImport(LibC, EntryPoint = "open", SetLastError = true)]
    public static extern int Open(byte[] path, int flags);

    [DllImport(LibC, EntryPoint = "mkdir", SetLastError = true)]
    public static extern int MkDir(byte[] path, uint mode);

    [DllImport(LibC, EntryPoint = "chmod", SetLastError = true)]
    public static extern int ChMod(byte[] path, uint mode);

    [DllImport(LibC, EntryPoint = "geteuid")]
    public static extern uint EffectiveUser();

    [DllImport(LibC, EntryPoint = "rename", SetLastError = true)]
    public static extern int Rename(byte[] from, byte[] to);

    [DllImport(LibC, EntryPoint = "renameat2", SetLastError = true)]
    public static extern int RenameAt2(int fromFolder, byte[] from, int toFolder, byte[] to, uint flags);

    [DllImport(LibC, EntryPoint = "renamex_np", SetLastError = true)]
    public static extern int RenameX(byte[] from, byte[] to, uint flags);

    [DllImport(LibC, EntryPoint = "realpath", SetLastError = true)]
    public static extern IntPtr RealPath(byte[] path, IntPtr buffer);

    [DllImport(LibC, EntryPoint = "free")]
    public static extern void Free(IntPtr memory);

    [DllImport(LibC, EntryPoint = "statx", SetLastError = true)]
    public static extern int StatX(int folder, byte[] path, int flags, uint mask, byte[] buffer);

    [DllImport(LibC, EntryPoint = "stat$INODE64", SetLastError = true)]
    public static extern int StatInode64(byte[] path, byte[] buffer);

    [DllImport(LibC, EntryPoint = "lstat$INODE64", SetLastError = true)]
    public static extern int LStatInode64(byte[] path, byte[] buffer);

    [DllImport(LibC, EntryPoint = "stat", SetLastError = true)]
    public static extern int Stat(byte[] path, byte[] buffer);

    [DllImport(LibC, EntryPoint = "lstat", SetLastError = true)]
    public static extern int LStat(byte[] path, byte[] buffer);

    [DllImport(LibC, EntryPoint = "signal", SetLastError = true)]
    public static extern IntPtr Signal(int signal, IntPtr action);

    [DllImport(LibC, EntryPoint = "listxattr", SetLastError = true)]
    public static extern IntPtr ListXAttr(byte[] path, byte[]? names, UIntPtr size);

    [DllImport(LibC, EntryPoint = "getxattr", SetLastError = true)]
    public static extern IntPtr GetXAttr(byte[] path, byte[] name, byte[]? value, UIntPtr size);

    [DllImport(LibC, EntryPoint = "setxattr", SetLastError = true)]
    public static extern int SetXAttr(byte[] path, byte[] name, byte[] value, UIntPtr size, int flags);

    [DllImport(LibC, EntryPoint = "listxattr", SetLastError = true)]
    public static extern IntPtr ListXAttrMac(byte[] path, byte[]? names, UIntPtr size, int options);

    [DllImport(LibC, EntryPoint = "getxattr", SetLastError = true)]
    public static extern IntPtr GetXAttrMac(byte[] path, byte[] name, byte[]? value, UIntPtr size, uint position, int options);

    [DllImport(LibC, EntryPoint = "setxattr", SetLastError = true)]
    public static extern int SetXAttrMac(byte[] path, byte[] name, byte[] value, UIntPtr size, uint position, int options);
}
