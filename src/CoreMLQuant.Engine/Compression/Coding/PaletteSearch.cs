using System;
using System.Threading;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Compression.Coding;

/// <summary>Finds the lookup tables of all groups of a weight.</summary>
internal abstract class PaletteSearch
{
    /// <summary>Finds them.</summary>
    /// <param name="values">The weight.</param>
    /// <param name="groups">Its groups.</param>
    /// <param name="entries">Most entries of a table.</param>
    /// <param name="type">Type of the entries.</param>
    /// <param name="withoutZeros">Whether zeros need no entry.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>One table for each group.</returns>
    public abstract Palette[] Find(
        TensorValues values, BlockGrid groups, int entries, ElementType type, bool withoutZeros, CancellationToken cancellationToken);
}

/// <summary>Every group by itself.</summary>
internal sealed class SeparatePalettes(PaletteFinder finder) : PaletteSearch
{
    public override Palette[] Find(
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

/// <summary>
/// One table for all groups brought to the same range, multiplied back for each: what a per-channel scale around a
/// palettized weight means, without the nest of operations that devices fail on.
/// </summary>
internal sealed class ScaledPalette(PaletteFinder finder) : PaletteSearch
{
    public override Palette[] Find(
        TensorValues values, BlockGrid groups, int entries, ElementType type, bool withoutZeros, CancellationToken cancellationToken)
    {
        var ranges = new BlockRanges(groups);
        ValueTiles.Visit(values, ranges.Add, cancellationToken);
        var scales = new float[groups.BlockCount];
        for (int group = 0; group < scales.Length; group++)
        {
            float largest = Math.Max(Math.Abs(ranges.Min[group]), Math.Abs(ranges.Max[group]));
            scales[group] = largest > 0 ? largest : 1;
        }

        // Entries stay FP32 until they are multiplied.
        using var reader = new BlockReader(new NormalizedValues(values, groups, scales), BlockGrid.Whole(groups.Shape), withoutZeros);
        float[] shared = finder.Find(reader, 0, entries, ElementType.Float32, cancellationToken).Entries;
        return Array.ConvertAll(scales, scale => new Palette(Palette.Round(Array.ConvertAll(shared, entry => (double)entry * scale), type), null));
    }

    private sealed class NormalizedValues(TensorValues values, BlockGrid groups, float[] scales) : TensorValues
    {
        public override long Count => values.Count;

        public override void Read(long start, Span<float> destination)
        {
            values.Read(start, destination);
            foreach ((int offset, int length, long group) in groups.Runs(start, destination.Length))
            {
                float scale = scales[group];
                foreach (ref float value in destination.Slice(offset, length))
                {
                    value /= scale;
                }
            }
        }
    }
}
