using System;
using System.Buffers;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>One bit for each value of a sparse weight: whether it is stored.</summary>
/// <param name="weight">The weight.</param>
/// <param name="count">Number of values.</param>
/// <param name="storesFirst">Whether the first value is stored, zero as it is.</param>
internal sealed class MaskPart(EncodedWeight weight, long count, bool storesFirst) : ElementPart(weight, ElementType.UInt1, count)
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
            packed[0] |= storesFirst && start == 0 ? (byte)1 : (byte)0;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }
}
