using System;
using System.Threading;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors.Clustering;

namespace CoreMLQuant.Compression.Coding;

/// <summary>Finds the lookup table of some values.</summary>
internal abstract class PaletteFinder
{
    /// <summary>Finds it.</summary>
    /// <param name="values">The values; finite.</param>
    /// <param name="entries">Most entries.</param>
    /// <param name="type">Type of the entries.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public abstract Palette Find(ReadOnlySpan<float> values, int entries, ElementType type, CancellationToken cancellationToken);
}

/// <summary>The table with the least squared error.</summary>
internal sealed class KMeansFinder : PaletteFinder
{
    public override Palette Find(ReadOnlySpan<float> values, int entries, ElementType type, CancellationToken cancellationToken) =>
        new(Palette.Round(values.IsEmpty ? [] : ScalarKMeans.Solve(values, entries, cancellationToken), type), null);
}

/// <summary>Entries at even distances from the smallest value to the largest.</summary>
internal sealed class UniformFinder : PaletteFinder
{
    public override Palette Find(ReadOnlySpan<float> values, int entries, ElementType type, CancellationToken cancellationToken)
    {
        float min = values.IsEmpty ? 0 : System.Numerics.Tensors.TensorPrimitives.Min(values);
        float max = values.IsEmpty ? 0 : System.Numerics.Tensors.TensorPrimitives.Max(values);
        var table = new float[entries];
        UniformTable.Fill(min, max, table);
        return new Palette(Palette.Round(Array.ConvertAll(table, entry => (double)entry), type), (min, max));
    }
}

/// <summary>The values themselves.</summary>
internal sealed class UniqueFinder : PaletteFinder
{
    public override Palette Find(ReadOnlySpan<float> values, int entries, ElementType type, CancellationToken cancellationToken)
    {
        var distinct = new UniqueTable();
        distinct.Add(values);
        return new Palette(Palette.Round(Array.ConvertAll(distinct.ToSorted() ?? [], entry => (double)entry), type), null);
    }
}
