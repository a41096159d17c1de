using System;
using System.IO;

namespace CoreMLQuant.Files;

/// <summary>Files in the temporary folder.</summary>
internal static class TemporaryFile
{
    /// <summary>Creates a file under a name that nothing else has.</summary>
    /// <typeparam name="T">What it is created as.</typeparam>
    /// <param name="folder">The folder.</param>
    /// <param name="purpose">Part of its name.</param>
    /// <param name="create">Creates it, given its full path.</param>
    /// <exception cref="IOException">It cannot be created there.</exception>
    public static T Create<T>(string folder, string purpose, Func<string, T> create)
    {
        try
        {
            return create(Path.Combine(folder, $"CoreMLQuant-{purpose}-{Guid.NewGuid():N}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"No temporary file can be created in '{folder}': {e.Message} Set the environment variable {(Path.DirectorySeparatorChar == '\\' ? "TEMP" : "TMPDIR")} to a folder that can be written to, and start again.", e);
        }
    }
}
