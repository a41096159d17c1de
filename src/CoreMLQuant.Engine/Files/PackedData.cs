using System;
using System.Buffers;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Files;

/// <summary>Reads values of 1 to 8 bits from anywhere in a packed stream.</summary>
internal static class PackedData
{
    // Eight values begin on a byte, whatever their width.
    private const int GroupLength = 8;

    /// <summary>Unpacks a range.</summary>
    /// <param name="data">The stream.</param>
    /// <param name="bits">Width of a value.</param>
    /// <param name="isSigned">Whether the values are two's complement.</param>
    /// <param name="order">Which bits of a byte the first of several values has.</param>
    /// <param name="start">Index of the first value.</param>
    /// <param name="values">Takes one value a byte.</param>
    public static void Read(WeightData data, int bits, bool isSigned, BitOrder order, long start, Span<byte> values)
    {
        int skipped = (int)(start % GroupLength);
        int count = skipped + values.Length;
        int length = (int)SubBytePacking.PackedLength(count, bits);
        byte[] packed = ArrayPool<byte>.Shared.Rent(length);
        byte[] unpacked = skipped == 0 ? [] : ArrayPool<byte>.Shared.Rent(count);
        try
        {
            data.Read(start / GroupLength * bits, packed.AsSpan(0, length));
            Span<byte> target = skipped == 0 ? values : unpacked.AsSpan(0, count);
            SubBytePacking.Unpack(packed.AsSpan(0, length), bits, isSigned, target, order);
            if (skipped > 0)
            {
                target.Slice(skipped).CopyTo(values);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
            if (skipped > 0)
            {
                ArrayPool<byte>.Shared.Return(unpacked);
            }
        }
    }
}
