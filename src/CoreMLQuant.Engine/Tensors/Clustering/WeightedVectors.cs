using System;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>Vectors to cluster, and how much each counts.</summary>
/// <param name="values">Finite vectors, one after the other.</param>
/// <param name="size">Values a vector has.</param>
/// <param name="weights">Positive, one for each vector; <see langword="null"/> when each counts once.</param>
/// <exception cref="ArgumentException">There are none, or their values are not whole vectors.</exception>
internal sealed class WeightedVectors(float[] values, int size, float[]? weights = null)
{
    /// <summary>The vectors.</summary>
    public float[] Values { get; } = values.Length > 0 && values.Length % size == 0
        ? values
        : throw new ArgumentException($"{values.Length} values are not a multiple of the vector size {size}.", nameof(values));

    /// <summary>Values a vector has.</summary>
    public int Size => size;

    /// <summary>Number of vectors.</summary>
    public int Count { get; } = values.Length / size;

    /// <summary>How much a vector counts.</summary>
    public float Weight(int vector) => weights is null ? 1 : weights[vector];

    /// <summary>Some of the vectors.</summary>
    public WeightedVectors Select(int[] which)
    {
        float[] selected = new float[which.Length * size];
        for (int i = 0; i < which.Length; i++)
        {
            Values.AsSpan(which[i] * size, size).CopyTo(selected.AsSpan(i * size));
        }

        return new WeightedVectors(selected, size, weights is null ? null : Array.ConvertAll(which, vector => weights[vector]));
    }
}
