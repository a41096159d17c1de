using System;
using System.Buffers;
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
            palettes[group] = finder.Find(reader.Read(group), entries, type, cancellationToken);
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
        float[] shared = Normalized(values, groups, scales, withoutZeros, normalized => finder.Find(normalized, entries, ElementType.Float32, cancellationToken).Entries);
        var palettes = new Palette[scales.Length];
        for (int group = 0; group < palettes.Length; group++)
        {
            double scale = scales[group];
            palettes[group] = new Palette(Palette.Round(Array.ConvertAll(shared, entry => entry * scale), type), null);
        }

        return palettes;
    }

    private delegate float[] Use(ReadOnlySpan<float> values);

    private static float[] Normalized(TensorValues values, BlockGrid groups, float[] scales, bool withoutZeros, Use use)
    {
        int count = checked((int)values.Count);
        float[] buffer = ArrayPool<float>.Shared.Rent(count);
        try
        {
            Span<float> normalized = buffer.AsSpan(0, count);
            values.Read(0, normalized);
            foreach ((int offset, int length, long group) in groups.Runs(0, count))
            {
                float scale = scales[group];
                foreach (ref float value in normalized.Slice(offset, length))
                {
                    value /= scale;
                }
            }

            return use(withoutZeros ? normalized.Slice(0, SparseKernel.Compact(normalized, normalized)) : normalized);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }
}
