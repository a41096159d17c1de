using System;
using System.Buffers;

namespace CoreMLQuant.Tensors.Decoding;

/// <summary>Values that are 0 where a mask is: what a sparse compression decodes to when its values are decoded where they stand.</summary>
internal sealed class MaskedValues(BitMask mask, TensorValues values) : TensorValues
{
    public override long Count => values.Count;

    /// <summary>Which values count.</summary>
    public BitMask Mask => mask;

    /// <summary>The values; at the mask's zeros, whatever their decoding gives.</summary>
    public TensorValues Values => values;

    public override void Read(long start, Span<float> destination)
    {
        byte[] bits = ArrayPool<byte>.Shared.Rent(destination.Length);
        try
        {
            values.Read(start, destination);
            mask.Read(start, bits.AsSpan(0, destination.Length));
            MaskKernel.Clear(bits, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bits);
        }
    }
}
