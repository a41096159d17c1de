using System;
using System.IO;

namespace CoreMLQuant.Files;

/// <summary>A new file that any thread may write at any offset; what is not written is zero.</summary>
/// <param name="file">The open file.</param>
internal sealed class OutputFile(PositionedFile file) : IDisposable
{
    /// <summary>Creates a file of known length; it must not exist.</summary>
    /// <exception cref="IOException">The file cannot be created, or there is no room.</exception>
    public static OutputFile Create(string path, long length)
    {
        var file = new PositionedFile(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        try
        {
            file.Length = length;
            return new OutputFile(file);
        }
        catch
        {
            // A file that is open cannot be cleaned up everywhere.
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes bytes at an offset.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes) => file.Write(offset, bytes);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
