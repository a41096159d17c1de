using System;
using System.IO;
#if NET
using Microsoft.Win32.SafeHandles;
#endif

namespace CoreMLQuant.Files;

/// <summary>A file opened read-only for reads at any offset from any thread.</summary>
internal sealed class SourceFile : IDisposable
{
#if NET
    private readonly SafeFileHandle _handle;
#else
    private readonly FileStream _stream;
#endif

    /// <summary>Opens a file for reading; others may read it meanwhile, none may write it.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public SourceFile(string path)
    {
        Path = path;
#if NET
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);
        Length = RandomAccess.GetLength(_handle);
#else
        _stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        Length = _stream.Length;
#endif
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>The file's length in bytes when it was opened.</summary>
    public long Length { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on.</summary>
    /// <exception cref="EndOfStreamException">The file has become shorter since it was opened.</exception>
    public void ReadExactly(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int read = Read(offset, destination);
            if (read == 0)
            {
                throw new EndOfStreamException($"'{Path}' ended at {offset} during reading; it was {Length} bytes long when it was opened.");
            }

            offset += read;
            destination = destination.Slice(read);
        }
    }

#if NET
    private int Read(long offset, Span<byte> destination) => RandomAccess.Read(_handle, destination, offset);

    public void Dispose() => _handle.Dispose();
#else
    // netstandard2.0 has no positioned read: the stream's position is shared, so one reader at a time.
    private int Read(long offset, Span<byte> destination)
    {
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(destination.Length);
        try
        {
            int read;
            lock (_stream)
            {
                _stream.Position = offset;
                read = _stream.Read(buffer, 0, destination.Length);
            }

            buffer.AsSpan(0, read).CopyTo(destination);
            return read;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _stream.Dispose();
#endif
}
