using System;
using System.IO;
#if NET
using Microsoft.Win32.SafeHandles;
#endif

namespace CoreMLQuant.Files;

/// <summary>An open file that any thread may read and write at any offset.</summary>
internal sealed class PositionedFile : IDisposable
{
#if NET
    private readonly SafeFileHandle _handle;

    /// <summary>Opens or creates a file.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">That is not allowed.</exception>
    public PositionedFile(string path, FileMode mode, FileAccess access, FileShare share, FileOptions options = FileOptions.None) =>
        _handle = File.OpenHandle(path, mode, access, share, options);

    /// <summary>Bytes in the file.</summary>
    public long Length
    {
        get => RandomAccess.GetLength(_handle);
        set => RandomAccess.SetLength(_handle, value);
    }

    /// <summary>Reads bytes.</summary>
    /// <returns>How many: fewer than requested only at the end of the file.</returns>
    public int Read(long offset, Span<byte> destination)
    {
        int done = 0;
        for (int read = -1; read != 0 && done < destination.Length; done += read)
        {
            read = RandomAccess.Read(_handle, destination.Slice(done), offset + done);
        }

        return done;
    }

    /// <summary>Writes bytes.</summary>
    /// <exception cref="IOException">There is no room.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, offset);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
#else
    // netstandard2.0 has no positioned reads and writes: the position is the stream's, so one thread at a time.
    private readonly FileStream _stream;

    /// <summary>Opens or creates a file.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">That is not allowed.</exception>
    public PositionedFile(string path, FileMode mode, FileAccess access, FileShare share, FileOptions options = FileOptions.None) =>
        _stream = new FileStream(path, mode, access, share, bufferSize: 1, options);

    /// <summary>Bytes in the file.</summary>
    public long Length
    {
        get => _stream.Length;
        set => _stream.SetLength(value);
    }

    /// <summary>Reads bytes.</summary>
    /// <returns>How many: fewer than requested only at the end of the file.</returns>
    public int Read(long offset, Span<byte> destination)
    {
        lock (_stream)
        {
            _stream.Position = offset;
            return _stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        }
    }

    /// <summary>Writes bytes.</summary>
    /// <exception cref="IOException">There is no room.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_stream)
        {
            _stream.Position = offset;
            _stream.Write(bytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
#endif
}
