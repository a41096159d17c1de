using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>Finds the lookup tables of all groups of a weight, each by itself.</summary>
/// <param name="finder">Finds one.</param>
/// <param name="importance">How much each value counts; <see langword="null"/> when all count the same.</param>
internal sealed class PaletteSearch(PaletteFinder finder, TensorValues? importance)
{
    /// <summary>The search of a mode.</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="importance">How much each value counts for k-means: whole numbers from 1 to 2^20; <see langword="null"/> when all count the same.</param>
    public static PaletteSearch Of(PalettizationMode mode, TensorValues? importance = null) => mode switch
    {
        PalettizationMode.Uniform => new PaletteSearch(new UniformFinder(), null),
        PalettizationMode.Unique => new PaletteSearch(new UniqueFinder(), null),
        _ => new PaletteSearch(importance is null ? new KMeansFinder() : new WeightedKMeansFinder(), importance),
    };

    /// <summary>Finds them.</summary>
    /// <param name="values">The weight.</param>
    /// <param name="groups">Its groups.</param>
    /// <param name="entries">Most entries of a table.</param>
    /// <param name="type">Type of the entries.</param>
    /// <param name="withoutZeros">Whether zeros need no entry.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>One table for each group.</returns>
    public Palette[] Find(
        TensorValues values, BlockGrid groups, int entries, ElementType type, bool withoutZeros, CancellationToken cancellationToken)
    {
        var palettes = new Palette[groups.BlockCount];
        using var reader = new BlockReader(values, groups, withoutZeros, importance);
        for (int group = 0; group < palettes.Length; group++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            palettes[group] = finder.Find(reader, group, entries, type, cancellationToken);
        }

        return palettes;
    }
}
