using System;
using System.IO;

namespace CoreMLQuant.Files;

/// <summary>A file opened read-only for reads at any offset from any thread.</summary>
internal sealed class SourceFile : IDisposable
{
    private readonly PositionedFile _file;

    /// <summary>Opens a file for reading; others may read it meanwhile, none may write it.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public SourceFile(string path)
    {
        Path = path;
        _file = new PositionedFile(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);
        Length = _file.Length;
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>The file's length in bytes when it was opened.</summary>
    public long Length { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on.</summary>
    /// <exception cref="EndOfStreamException">The file has become shorter since it was opened.</exception>
    public void ReadExactly(long offset, Span<byte> destination)
    {
        int read = _file.Read(offset, destination);
        if (read < destination.Length)
        {
            throw new EndOfStreamException($"'{Path}' ended at {offset + read} during reading; it was {Length} bytes long when it was opened.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
