using System;
using System.Linq;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Compression.Coding;

/// <summary>The codes of a weight, one for each of its values or vectors.</summary>
internal sealed class CodesPart(EncodedWeight weight, TensorCoder coder)
    : ElementPart(weight, coder.CodeType, coder.CodeShape.Aggregate(1L, (product, dimension) => product * dimension))
{
    private readonly EncodedWeight _weight = weight;

    protected override ErrorMeter?[] NewMeters(int jobs) => Enumerable.Range(0, jobs).Select(_ => _weight.NewMeter()).ToArray();

    protected override void Encode(TensorValues values, long start, Span<byte> codes, ErrorMeter? meter) => coder.Encode(values, start, codes, meter!);
}
