using System;
using System.Linq;
using System.Threading;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Compression.Coding;

/// <summary>The codes of a weight, one for each of its values or vectors.</summary>
internal sealed class CodesPart(EncodedWeight weight, TensorCoder coder, BitOrder order)
    : ElementPart(weight, coder.CodeType, coder.CodeShape.Aggregate(1L, (product, dimension) => product * dimension), order), IMeasuringPart
{
    private readonly EncodedWeight _weight = weight;

    public void Measure(ErrorMeter meter, CancellationToken cancellationToken)
    {
        long count = coder.CodeShape.Aggregate(1L, (product, dimension) => product * dimension);
        byte[] codes = new byte[(int)Math.Min(count, ValueTiles.Length)];
        for (long start = 0; start < count; start += codes.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            coder.Encode(_weight.Values, start, codes.AsSpan(0, (int)Math.Min(codes.Length, count - start)), meter);
        }
    }

    protected override ErrorMeter?[] NewMeters(int jobs) => Enumerable.Range(0, jobs).Select(_ => _weight.NewMeter()).ToArray();

    protected override void Encode(TensorValues values, long start, Span<byte> codes, ErrorMeter? meter) => coder.Encode(values, start, codes, meter!);
}
