using System;
using System.Buffers;
using System.IO;
using System.Runtime.InteropServices;

namespace CoreMLQuant.Files;

/// <summary>A file for what does not fit into memory at once. Nobody else opens it, and it is gone when it is closed or its process ends.</summary>
internal sealed class ScratchFile : IDisposable
{
    private const int BytesAtOnce = 1 << 20;

    private readonly FileStream _stream;

    /// <summary>Creates the file.</summary>
    /// <param name="folder">Where it is.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    public ScratchFile(string folder)
    {
        _stream = TemporaryFile.Create(
            folder, "scratch", name => new FileStream(name, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));

        // Unix deletes the name of an open file, so that nothing is left even of a killed process; Windows deletes it with the last handle.
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            File.Delete(_stream.Name);
        }
    }

    /// <summary>Bytes that it holds.</summary>
    public long Length
    {
        get
        {
            lock (_stream)
            {
                return _stream.Length;
            }
        }
    }

    /// <summary>Writes numbers behind everything else.</summary>
    /// <returns>Where they are, in bytes.</returns>
    /// <exception cref="IOException">There is no room.</exception>
    public long Append<T>(ReadOnlySpan<T> numbers)
        where T : unmanaged
    {
        lock (_stream)
        {
            long at = _stream.Length;
            WriteBytes(at, MemoryMarshal.AsBytes(numbers));
            return at;
        }
    }

    /// <summary>Writes numbers.</summary>
    /// <param name="at">Where, in bytes.</param>
    /// <param name="numbers">The numbers.</param>
    /// <exception cref="IOException">There is no room.</exception>
    public void Write(long at, ReadOnlySpan<double> numbers) => WriteBytes(at, MemoryMarshal.AsBytes(numbers));

    /// <summary>Reads numbers.</summary>
    /// <param name="at">Where they are, in bytes.</param>
    /// <param name="numbers">Takes them.</param>
    /// <exception cref="EndOfStreamException">There are not so many.</exception>
    public void Read<T>(long at, Span<T> numbers)
        where T : unmanaged
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(numbers);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BytesAtOnce);
        lock (_stream)
        {
            _stream.Position = at;
            for (int done = 0; done < bytes.Length;)
            {
                int count = _stream.Read(buffer, 0, Math.Min(BytesAtOnce, bytes.Length - done));
                if (count == 0)
                {
                    throw new EndOfStreamException();
                }

                buffer.AsSpan(0, count).CopyTo(bytes.Slice(done));
                done += count;
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Forgets everything and gives its room back.</summary>
    public void Clear()
    {
        lock (_stream)
        {
            _stream.SetLength(0);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void WriteBytes(long at, ReadOnlySpan<byte> bytes)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BytesAtOnce);
        lock (_stream)
        {
            _stream.Position = at;
            for (int done = 0; done < bytes.Length; done += BytesAtOnce)
            {
                int count = Math.Min(BytesAtOnce, bytes.Length - done);
                bytes.Slice(done, count).CopyTo(buffer);
                _stream.Write(buffer, 0, count);
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }
}
