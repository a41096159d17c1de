using System;
using System.Buffers;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Compression.Coding;

/// <summary>One bit for each value of a sparse weight: whether it is stored.</summary>
internal sealed class MaskPart(EncodedWeight weight, long count) : ElementPart(weight, ElementType.UInt1, count)
{
    private readonly EncodedWeight _weight = weight;

    protected override void Encode(TensorValues values, long start, Span<byte> codes, ErrorMeter? meter)
    {
        float[] buffer = ArrayPool<float>.Shared.Rent(codes.Length);
        try
        {
            Span<float> tile = buffer.AsSpan(0, codes.Length);
            values.Read(start, tile);
            _weight.Prune(start, tile);
            for (int i = 0; i < tile.Length; i++)
            {
                codes[i] = tile[i] != 0 ? (byte)1 : (byte)0;
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }
}
