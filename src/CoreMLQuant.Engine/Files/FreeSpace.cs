using System;
using System.IO;

namespace CoreMLQuant.Files;

/// <summary>Room on a drive.</summary>
internal static class FreeSpace
{
    /// <summary>Bytes that are left for this user where a folder is; as many as there can be where that is not known, as on a network.</summary>
    /// <param name="folder">Full path.</param>
    public static long Of(string folder)
    {
        try
        {
            // Windows takes the root of a drive, Unix any path.
            return new DriveInfo(Path.DirectorySeparatorChar == '\\' ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue;
        }
    }
}
