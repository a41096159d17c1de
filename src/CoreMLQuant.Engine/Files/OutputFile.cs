using System;
using System.IO;
#if NET
using Microsoft.Win32.SafeHandles;
#endif

namespace CoreMLQuant.Files;

/// <summary>A new file of known length that any thread may write at any offset; what is not written is zero.</summary>
internal sealed class OutputFile : IDisposable
{
#if NET
    private readonly SafeFileHandle _handle;

    /// <summary>Creates the file; it must not exist.</summary>
    /// <exception cref="IOException">The file cannot be created, or there is no room.</exception>
    public OutputFile(string path, long length)
    {
        _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        SetLength(() => RandomAccess.SetLength(_handle, length));
    }

    /// <summary>Writes bytes at an offset.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, offset);

    public void Dispose() => _handle.Dispose();
#else
    private readonly FileStream _stream;

    /// <summary>Creates the file; it must not exist.</summary>
    /// <exception cref="IOException">The file cannot be created, or there is no room.</exception>
    public OutputFile(string path, long length)
    {
        _stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1);
        SetLength(() => _stream.SetLength(length));
    }

    /// <summary>Writes bytes at an offset.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(bytes.Length);
        try
        {
            bytes.CopyTo(buffer);
            lock (_stream)
            {
                _stream.Position = offset;
                _stream.Write(buffer, 0, bytes.Length);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _stream.Dispose();
#endif

    // A file that is open cannot be cleaned up everywhere.
    private void SetLength(Action set)
    {
        try
        {
            set();
        }
        catch
        {
            Dispose();
            throw;
        }
    }
}
