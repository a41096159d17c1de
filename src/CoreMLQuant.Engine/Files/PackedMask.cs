using System;
using System.Buffers;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Files;

/// <summary>A mask as models store it: a bit an element, the first in the lowest bit.</summary>
internal sealed class PackedMask(WeightData data, long count) : BitMask
{
    public override long Count => count;

    public override void Read(long start, Span<byte> bits) => PackedData.Read(data, 1, false, BitOrder.LowestFirst, start, bits);

    protected override int CountOnes(long start, int length)
    {
        int firstBit = (int)(start % 8);
        int bytes = (firstBit + length + 7) / 8;
        byte[] packed = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            data.Read(start / 8, packed.AsSpan(0, bytes));
            return BitCount.Ones(packed.AsSpan(0, bytes), firstBit, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
        }
    }
}
