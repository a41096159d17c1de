using System;
using System.IO;

namespace CoreMLQuant.Files;

/// <summary>A new file that any thread may write at any offset; what is not written is zero.</summary>
/// <param name="file">The open file.</param>
/// <param name="inWords">Says what a failed write is to the user; without it, or when it gives <see langword="null"/>, the failure is told as it is.</param>
internal sealed class OutputFile(PositionedFile file, Func<Exception, Exception?>? inWords = null) : IDisposable
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
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(offset, bytes);
        }
        catch (Exception e) when (inWords?.Invoke(e) is { } told)
        {
            throw told;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
