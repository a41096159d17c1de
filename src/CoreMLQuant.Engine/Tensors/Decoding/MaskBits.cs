using System;
using System.Buffers;

namespace CoreMLQuant.Tensors.Decoding;

/// <summary>A mask as values, 0 and 1: the first output of the sparse compressions.</summary>
internal sealed class MaskBits(BitMask mask) : TensorValues
{
    public override long Count => mask.Count;

    public override void Read(long start, Span<float> destination)
    {
        byte[] bits = ArrayPool<byte>.Shared.Rent(destination.Length);
        try
        {
            mask.Read(start, bits.AsSpan(0, destination.Length));
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = bits[i];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bits);
        }
    }
}
