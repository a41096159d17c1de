using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace CoreMLQuant.Files.Native;

/// <summary>Where links lead to in the end.</summary>
internal static class LinkTarget
{
    private const int MaxWindowsPath = 32767;
    private const string VerbatimPrefix = @"\\?\";
    private const string VerbatimShare = @"\\?\UNC\";

    /// <summary>Full path of what a path stands for, without a link in it; <see langword="null"/> when it leads nowhere or in a circle.</summary>
    public static string? Resolve(string path) => Posix.IsAvailable ? RealPath(path) : FinalPath(path);

    private static string? RealPath(string path)
    {
        IntPtr real = Posix.RealPath(Posix.Bytes(path), IntPtr.Zero);
        if (real == IntPtr.Zero)
        {
            return null;
        }

        try
        {
            int length = 0;
            while (Marshal.ReadByte(real, length) != 0)
            {
                length++;
            }

            var bytes = new byte[length];
            Marshal.Copy(real, bytes, 0, length);
            return Encoding.UTF8.GetString(bytes);
        }
        finally
        {
            Posix.Free(real);
        }
    }

    // Only files: a link to a folder is never followed, and a folder that the user named is taken under that name.
    private static string? FinalPath(string path)
    {
        if (Directory.Exists(path))
        {
            return Path.GetFullPath(path);
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            var text = new StringBuilder(MaxWindowsPath);
            uint length = Win32.GetFinalPathNameByHandle(file.SafeFileHandle, text, MaxWindowsPath, 0);
            string final = text.ToString();
            return length == 0 || length > MaxWindowsPath ? null
                : final.StartsWith(VerbatimShare, StringComparison.Ordinal) ? @"\\" + final.Substring(VerbatimShare.Length)
                : final.StartsWith(VerbatimPrefix, StringComparison.Ordinal) ? final.Substring(VerbatimPrefix.Length)
                : final;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
