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
            var drive = new DriveInfo(Path.DirectorySeparatorChar == '\\' ? Path.GetPathRoot(folder)! : folder);

            // File systems that do not count tell nothing but zeros.
            return drive.TotalSize == 0 ? long.MaxValue : drive.AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue;
        }
    }
}
