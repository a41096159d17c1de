using System;
using System.Buffers;
using System.Linq;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>The codes of a weight, one for each of its values or vectors.</summary>
internal sealed class CodesPart(EncodedWeight weight, TensorCoder coder, BitOrder order)
    : ElementPart(weight, coder.CodeType, coder.CodeShape.Aggregate(1L, (product, dimension) => product * dimension)), IMeasuringPart
{
    public void Measure(ErrorMeter meter, CancellationToken cancellationToken)
    {
        byte[] codes = new byte[(int)Math.Min(Count, ValueTiles.Length)];
        for (long start = 0; start < Count; start += codes.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            coder.Encode(Weight.Values, start, codes.AsSpan(0, (int)Math.Min(codes.Length, Count - start)), meter);
        }
    }

    protected override ErrorMeter?[] NewMeters(int jobs) => Enumerable.Range(0, jobs).Select(_ => Weight.NewMeter()).ToArray();

    protected override void Encode(TensorValues values, long start, int length, Span<byte> packed, ErrorMeter? meter)
    {
        if (Type.BitWidth() == 8)
        {
            coder.Encode(values, start, packed, meter!);
            return;
        }

        byte[] codes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            coder.Encode(values, start, codes.AsSpan(0, length), meter!);
            SubBytePacking.Pack(codes.AsSpan(0, length), Type.BitWidth(), packed, order);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(codes);
        }
    }
}
