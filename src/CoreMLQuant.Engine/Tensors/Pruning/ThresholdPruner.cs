using System;

namespace CoreMLQuant.Tensors.Pruning;

/// <summary>Magnitudes up to a threshold become zero.</summary>
internal sealed class ThresholdPruner(float threshold) : Pruner
{
    public override void Apply(long start, Span<float> values) => Apply(values, threshold);

    /// <summary>Sets magnitudes up to a threshold to zero.</summary>
    public static void Apply(Span<float> values, float threshold)
    {
        for (int i = 0; i < values.Length; i++)
        {
            // Without a branch, which random weights would mispredict.
            values[i] = Math.Abs(values[i]) <= threshold ? 0f : values[i];
        }
    }
}
