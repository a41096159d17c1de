using System;
using System.Buffers.Binary;

namespace CoreMLQuant.Runtime.Data.Images;

/// <summary>
/// Whether an image file is all there. The decoder takes what is missing of a bitmap or a JPEG image for zeros, and a network would be given a black
/// half. Sources: BITMAPFILEHEADER and BITMAPINFOHEADER of Windows; ITU-T T.81, B.1.1.3.
/// </summary>
internal static class ImageLength
{
    private const int BitmapHeaderLength = 30;

    private static ReadOnlySpan<byte> StartOfImage => [0xFF, 0xD8];

    private static ReadOnlySpan<byte> EndOfImage => [0xFF, 0xD9];

    private static ReadOnlySpan<byte> StartOfScan => [0xFF, 0xDA];

    /// <summary>Whether the file ends before its pixels do.</summary>
    public static bool IsCut(ReadOnlySpan<byte> file) =>
        file.StartsWith("BM"u8) ? IsBitmapCut(file)
        : file.StartsWith(StartOfImage) && file.LastIndexOf(EndOfImage) < file.LastIndexOf(StartOfScan);

    // Only bitmaps that are not compressed can be read: rows of whole 32 bits from the offset on.
    private static bool IsBitmapCut(ReadOnlySpan<byte> file)
    {
        if (file.Length < BitmapHeaderLength)
        {
            return true;
        }

        long start = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        long width = Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(file[18..])), height = Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(file[22..]));
        long rowLength = ((width * BinaryPrimitives.ReadUInt16LittleEndian(file[28..])) + 31) / 32 * 4;
        return start + (rowLength * height) > file.Length;
    }
}
