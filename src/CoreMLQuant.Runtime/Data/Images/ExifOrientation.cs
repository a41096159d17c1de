using System;
using System.Buffers.Binary;

namespace CoreMLQuant.Runtime.Data.Images;

/// <summary>How a camera was held. Source: EXIF 2.32, tag 0x0112 in the first directory of a JPEG's APP1 segment.</summary>
internal static class ExifOrientation
{
    private const int Upright = 1;
    private const int OrientationTag = 0x0112;
    private const int EntryLength = 12;
    private const byte App1 = 0xE1;
    private const byte StartOfScan = 0xDA;
    private const int MarkerLength = 4;

    /// <summary>The orientation of an image file, 1 to 8; 1 where it says nothing.</summary>
    public static int Of(ReadOnlySpan<byte> file)
    {
        if (file is not [0xFF, 0xD8, ..])
        {
            return Upright;
        }

        for (int at = 2; at + MarkerLength <= file.Length && file[at] == 0xFF && file[at + 1] != StartOfScan;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            ReadOnlySpan<byte> segment = file[Math.Min(file.Length, at + MarkerLength)..Math.Min(file.Length, at + 2 + Math.Max(2, length))];
            if (file[at + 1] == App1 && segment.StartsWith("Exif\0\0"u8))
            {
                return OfDirectory(segment[6..]);
            }

            at += 2 + Math.Max(2, length);
        }

        return Upright;
    }

    /// <summary>Turns and mirrors an image so that it stands upright.</summary>
    public static PixelImage Apply(PixelImage image, int orientation)
    {
        if (orientation == Upright)
        {
            return image;
        }

        // 5 to 8 lie on their side: rows become columns.
        bool isTransposed = orientation >= 5;
        (int width, int height) = isTransposed ? (image.Height, image.Width) : (image.Width, image.Height);
        bool flipsX = orientation is 2 or 3 or 7 or 8, flipsY = orientation is 3 or 4 or 6 or 7;
        byte[] turned = new byte[image.Pixels.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int sourceX, int sourceY) = isTransposed ? (y, x) : (x, y);
                sourceX = flipsX ? image.Width - 1 - sourceX : sourceX;
                sourceY = flipsY ? image.Height - 1 - sourceY : sourceY;
                image.Pixels.AsSpan(((sourceY * image.Width) + sourceX) * image.Channels, image.Channels).CopyTo(turned.AsSpan(((y * width) + x) * image.Channels));
            }
        }

        return image with { Width = width, Height = height, Pixels = turned };
    }

    private static int OfDirectory(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8 || (!tiff.StartsWith("II"u8) && !tiff.StartsWith("MM"u8)))
        {
            return Upright;
        }

        bool isLittle = tiff[0] == 'I';
        uint directory = isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > tiff.Length - 2)
        {
            return Upright;
        }

        ReadOnlySpan<byte> entries = tiff[(int)directory..];
        int count = Short(entries, isLittle);
        for (int i = 0, at = 2; i < count && at + EntryLength <= entries.Length; i++, at += EntryLength)
        {
            if (Short(entries[at..], isLittle) == OrientationTag)
            {
                int orientation = Short(entries[(at + 8)..], isLittle);
                return orientation is >= 1 and <= 8 ? orientation : Upright;
            }
        }

        return Upright;
    }

    private static int Short(ReadOnlySpan<byte> bytes, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
