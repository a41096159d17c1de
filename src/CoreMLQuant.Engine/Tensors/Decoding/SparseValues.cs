using System;
using System.Buffers;

namespace CoreMLQuant.Tensors.Decoding;

/// <summary>Sparse values: a mask, and the values at its ones in order. The others are 0.</summary>
internal sealed class SparseValues(BitMask mask, TensorValues stored) : TensorValues
{
    public override long Count => mask.Count;

    /// <summary>Which values are stored.</summary>
    public BitMask Mask => mask;

    /// <summary>The stored values.</summary>
    public TensorValues Stored => stored;

    public override void Read(long start, Span<float> destination)
    {
        if (destination.IsEmpty)
        {
            return;
        }

        long before = mask.OnesBefore(start);
        int ones = (int)(mask.OnesBefore(start + destination.Length) - before);
        byte[] bits = ArrayPool<byte>.Shared.Rent(destination.Length);
        float[] values = ArrayPool<float>.Shared.Rent(ones + 1);
        try
        {
            mask.Read(start, bits.AsSpan(0, destination.Length));
            stored.Read(before, values.AsSpan(0, ones));
            MaskKernel.Scatter(bits, values, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bits);
            ArrayPool<float>.Shared.Return(values);
        }
    }
}
