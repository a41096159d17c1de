using System;
using System.Collections.Generic;
using System.Text;

namespace CoreMLQuant.Files.Native;

/// <summary>What users and programs have noted on a file: tags, sources, checksums.</summary>
internal static class ExtendedAttributes
{
    // On Linux the other name spaces belong to the system: access lists, capabilities, labels.
    private const string LinuxUserPrefix = "user.";

    // What macOS notes for itself about where a file came from.
    private const string Quarantine = "com.apple.quarantine";

    /// <summary>Copies them. A file system without them, or without room for them, takes none.</summary>
    public static void Copy(string from, string to)
    {
        byte[] source = Posix.Bytes(from), target = Posix.Bytes(to);
        foreach (string name in Names(source))
        {
            byte[] key = Posix.Bytes(name);
            byte[]? value = Read((buffer, size) => Posix.IsMacOS ? Posix.GetXAttrMac(source, key, buffer, size, 0, 0) : Posix.GetXAttr(source, key, buffer, size));
            if (value is not null)
            {
                var length = (UIntPtr)(uint)value.Length;
                _ = Posix.IsMacOS ? Posix.SetXAttrMac(target, key, value, length, 0, 0) : Posix.SetXAttr(target, key, value, length, 0);
            }
        }
    }

    private static IEnumerable<string> Names(byte[] path)
    {
        byte[]? list = Read((buffer, size) => Posix.IsMacOS ? Posix.ListXAttrMac(path, buffer, size, 0) : Posix.ListXAttr(path, buffer, size));
        foreach (string name in Encoding.UTF8.GetString(list ?? []).Split(['\0'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Posix.IsMacOS ? name != Quarantine : name.StartsWith(LinuxUserPrefix, StringComparison.Ordinal))
            {
                yield return name;
            }
        }
    }

    // Asked once for the size and once for the bytes; null when there is nothing, or it changed in between.
    private static byte[]? Read(Func<byte[]?, UIntPtr, IntPtr> read)
    {
        long length = (long)read(null, UIntPtr.Zero);
        if (length < 0)
        {
            return null;
        }

        var bytes = new byte[length];
        return length == 0 || (long)read(bytes, (UIntPtr)(ulong)length) == length ? bytes : null;
    }
}
