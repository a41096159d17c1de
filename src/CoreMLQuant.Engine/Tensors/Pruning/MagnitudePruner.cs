using System;
using System.Threading;

namespace CoreMLQuant.Tensors.Pruning;

/// <summary>A given number of values becomes zero, smallest magnitudes first; of equal magnitudes those that stand first.</summary>
internal sealed class MagnitudePruner(long requested) : Pruner
{
    private MagnitudeCut _cut;

    public override void Prepare(TensorValues values, CancellationToken cancellationToken) =>
        _cut = MagnitudeCut.Find(values, requested, cancellationToken);

    public override void Apply(long start, Span<float> values)
    {
        (uint cut, long firstKept) = _cut;
        int tied = (int)Math.Min(Math.Max(firstKept - start, 0), values.Length);
        Clear(values.Slice(0, tied), cut + 1);
        Clear(values.Slice(tied), cut);
    }

    public override long CountZeros(TensorValues values, long zeroCount, CancellationToken cancellationToken) =>
        Math.Max(requested, zeroCount);

    // Without a branch, which random weights would mispredict.
    private static void Clear(Span<float> values, uint firstKept)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = MagnitudeCut.MagnitudeOf(values[i]) < firstKept ? 0f : values[i];
        }
    }
}
