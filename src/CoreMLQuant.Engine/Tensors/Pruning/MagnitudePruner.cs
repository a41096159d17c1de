using System;
#if NET
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif
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

    /// <summary>Sets to zero what has smaller bits of magnitude; without a branch, which random weights would mispredict.</summary>
    private static void Clear(Span<float> values, uint firstKept)
    {
        int done = 0;
#if NET
        if (Vector256.IsHardwareAccelerated)
        {
            Span<Vector256<int>> vectors = MemoryMarshal.Cast<float, Vector256<int>>(values);
            Vector256<int> last = Vector256.Create((int)firstKept - 1), magnitude = Vector256.Create(0x7FFFFFFF);
            for (int i = 0; i < vectors.Length; i++)
            {
                vectors[i] &= Vector256.GreaterThan(vectors[i] & magnitude, last);
            }

            done = vectors.Length * 8;
        }
#endif
        for (int i = done; i < values.Length; i++)
        {
            values[i] = MagnitudeCut.MagnitudeOf(values[i]) < firstKept ? 0f : values[i];
        }
    }
}
