using System;
using System.IO;
using System.Runtime.InteropServices;
using CoreMLQuant.Files.Native;

namespace CoreMLQuant.Files;

/// <summary>
/// Tells whether two paths name the same file or folder, however they are spelled: through a linked folder, in other case where the file
/// system ignores it. A link at the end of a path is a file of its own, because replacing it does not touch what it leads to.
/// </summary>
public static class SamePath
{
    /// <summary>Whether writing to one path replaces what is at the other.</summary>
    /// <param name="one">A full path.</param>
    /// <param name="other">Another one.</param>
    /// <exception cref="IOException">The system does not tell.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder on the way may not be looked into.</exception>
    public static bool Is(string one, string other)
    {
        StringComparison comparison = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return string.Equals(Path.GetFullPath(one), Path.GetFullPath(other), comparison)
            || (FileFacts.Of(one, followLink: false) is { Identity: not 0 } facts && facts == FileFacts.Of(other, followLink: false));
    }
}
