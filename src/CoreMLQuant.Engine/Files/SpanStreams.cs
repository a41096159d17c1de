#if !NET
using System;
using System.Buffers;
using System.IO;

namespace CoreMLQuant.Files;

/// <summary>Streams that read to spans and write from them, as those of .NET do by themselves: netstandard2.0 knows arrays alone, so bytes go through one, a piece at a time.</summary>
internal static class SpanStreams
{
    private const int BytesAtOnce = 1 << 20;

    /// <summary>Fills a span.</summary>
    /// <exception cref="EndOfStreamException">The stream has fewer bytes.</exception>
    public static void ReadExactly(this Stream stream, Span<byte> destination) => stream.ReadAtLeast(destination, destination.Length);

    /// <summary>Reads so many bytes, or all that there are.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <param name="minimumBytes">How many.</param>
    /// <param name="throwOnEndOfStream">Whether fewer are an error.</param>
    /// <returns>How many were read.</returns>
    /// <exception cref="EndOfStreamException">The stream has fewer bytes.</exception>
    public static int ReadAtLeast(this Stream stream, Span<byte> destination, int minimumBytes, bool throwOnEndOfStream = true)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Min(destination.Length, BytesAtOnce));
        try
        {
            int done = 0;
            for (int read = -1; read != 0 && done < minimumBytes; done += read)
            {
                read = stream.Read(buffer, 0, Math.Min(buffer.Length, destination.Length - done));
                buffer.AsSpan(0, read).CopyTo(destination.Slice(done));
            }

            return done < minimumBytes && throwOnEndOfStream ? throw new EndOfStreamException() : done;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes the bytes of a span.</summary>
    public static void Write(this Stream stream, ReadOnlySpan<byte> bytes)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Min(bytes.Length, BytesAtOnce));
        try
        {
            while (!bytes.IsEmpty)
            {
                int count = Math.Min(buffer.Length, bytes.Length);
                bytes.Slice(0, count).CopyTo(buffer);
                stream.Write(buffer, 0, count);
                bytes = bytes.Slice(count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
#endif
