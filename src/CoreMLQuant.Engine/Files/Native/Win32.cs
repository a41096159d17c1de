using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CoreMLQuant.Files.Native;

/// <summary>The calls of Windows that .NET does not offer on both legs.</summary>
internal static class Win32
{
    /// <summary>MOVEFILE_REPLACE_EXISTING: a file that stands at the new name goes.</summary>
    public const uint ReplaceExisting = 1;

    /// <summary>MOVEFILE_WRITE_THROUGH: returns when the move is on the medium.</summary>
    public const uint WriteThrough = 8;

    [DllImport("kernel32.dll", EntryPoint = "MoveFileExW", SetLastError = true, CharSet = CharSet.Unicode)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static extern bool MoveFileEx(string from, string to, uint flags);

    [DllImport("kernel32.dll", EntryPoint = "GetFinalPathNameByHandleW", SetLastError = true, CharSet = CharSet.Unicode)]
    public static extern uint GetFinalPathNameByHandle(SafeFileHandle file, StringBuilder path, uint length, uint flags);
}
