using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>Finds the lookup tables of all groups of a weight, each by itself.</summary>
internal sealed class PaletteSearch(PaletteFinder finder)
{
    /// <summary>The search of a mode.</summary>
    public static PaletteSearch Of(PalettizationMode mode) => new(mode switch
    {
        PalettizationMode.Uniform => new UniformFinder(),
        PalettizationMode.Unique => new UniqueFinder(),
        _ => new KMeansFinder(),
    });

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
        using var reader = new BlockReader(values, groups, withoutZeros);
        for (int group = 0; group < palettes.Length; group++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            palettes[group] = finder.Find(reader, group, entries, type, cancellationToken);
        }

        return palettes;
    }
}
