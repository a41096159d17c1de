using System;

namespace CoreMLQuant.Tensors.Decoding;

/// <summary>Values times a factor for each block, in FP64 and rounded once.</summary>
/// <param name="values">The values.</param>
/// <param name="grid">How the factors lie over them.</param>
/// <param name="factors">A factor for each block.</param>
internal sealed class ScaledValues(TensorValues values, BlockGrid grid, ReadOnlyMemory<double> factors) : TensorValues
{
    public override long Count => values.Count;

    public override void Read(long start, Span<float> destination)
    {
        values.Read(start, destination);
        ReadOnlySpan<double> all = factors.Span;
        foreach ((int offset, int length, long block) in grid.Runs(start, destination.Length))
        {
            double factor = all[(int)block];
            Span<float> run = destination.Slice(offset, length);
            for (int i = 0; i < run.Length; i++)
            {
                run[i] = (float)(run[i] * factor);
            }
        }
    }
}
