using System;
using System.Buffers;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>One bit for each value of a sparse weight: whether it is stored.</summary>
internal sealed class MaskPart(EncodedWeight weight, long count) : ElementPart(weight, ElementType.UInt1, count)
{
    protected override void Encode(TensorValues values, long start, int length, Span<byte> packed, ErrorMeter? meter)
    {
        float[] buffer = ArrayPool<float>.Shared.Rent(length);
        try
        {
            Span<float> tile = buffer.AsSpan(0, length);
            values.Read(start, tile);
            Weight.Prune(start, tile);
            SparseKernel.Mask(tile, packed);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }
}
