using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;

namespace CoreMLQuant.Runtime.Data.Images;

/// <summary>Writes PNG files of 8 bits a channel. Source: Portable Network Graphics, third edition, 5.3, 9 and Annex D.</summary>
internal static class PngFile
{
    private const int HeaderLength = 13;
    private const uint Polynomial = 0xEDB88320;

    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(PixelImage image)
    {
        using var file = new MemoryStream();
        file.Write(Signature);
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        (header[8], header[9]) = (8, (byte)(image.Channels == 1 ? 0 : 2));
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Rows(image));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    // Each row is what it has more than the one above: photographs get smaller so.
    private static byte[] Rows(PixelImage image)
    {
        const byte FilterUp = 2;
        int stride = image.Width * image.Channels;
        using var compressed = new MemoryStream();
        using (var rows = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] row = new byte[stride];
            for (int y = 0; y < image.Height; y++)
            {
                for (int i = 0; i < stride; i++)
                {
                    row[i] = (byte)(image.Pixels[(y * stride) + i] - (y > 0 ? image.Pixels[((y - 1) * stride) + i] : 0));
                }

                rows.WriteByte(FilterUp);
                rows.Write(row);
            }
        }

        return compressed.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(type);
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Remainder(Remainder(uint.MaxValue, type), content));
        file.Write(number);
    }

    private static uint Remainder(uint remainder, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            remainder ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                remainder = (remainder >> 1) ^ ((remainder & 1) * Polynomial);
            }
        }

        return remainder;
    }
}
