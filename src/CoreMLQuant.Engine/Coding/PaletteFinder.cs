using System;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Clustering;

namespace CoreMLQuant.Coding;

/// <summary>Finds the lookup table of a block of values.</summary>
internal abstract class PaletteFinder
{
    /// <summary>Finds it.</summary>
    /// <param name="reader">Reads the values; finite.</param>
    /// <param name="block">The block.</param>
    /// <param name="entries">Most entries.</param>
    /// <param name="type">Type of the entries.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public abstract Palette Find(BlockReader reader, long block, int entries, ElementType type, CancellationToken cancellationToken);
}

/// <summary>The table with the least squared error.</summary>
internal sealed class KMeansFinder : PaletteFinder
{
    // Sorted as a whole up to here; beyond, the histogram's memory is bounded.
    private const long Resident = 1 << 20;

    public override Palette Find(BlockReader reader, long block, int entries, ElementType type, CancellationToken cancellationToken)
    {
        using WorkingMemory.Reservation room = WorkingMemory.Reserve(ValueHistogram.BytesForEach * Math.Min(reader.BlockLength, ValueHistogram.MaxDistinct), cancellationToken);
        if (reader.BlockLength <= Resident)
        {
            ReadOnlySpan<float> values = reader.Read(block);
            return new Palette(Palette.Round(values.IsEmpty ? [] : ScalarKMeans.Solve(values, entries, cancellationToken), type), null);
        }

        using var histogram = new ValueHistogram();
        long count = 0;
        reader.Visit(block, tile =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            histogram.Add(tile);
            count += tile.Length;
        });
        return new Palette(Palette.Round(count == 0 ? [] : histogram.Solve(entries, cancellationToken), type), null);
    }
}

/// <summary>The table with the least squared error when some values count more than others.</summary>
internal sealed class WeightedKMeansFinder : PaletteFinder
{
    public override Palette Find(BlockReader reader, long block, int entries, ElementType type, CancellationToken cancellationToken)
    {
        using WorkingMemory.Reservation room = WorkingMemory.Reserve(ValueHistogram.BytesForEach * Math.Min(reader.BlockLength, ValueHistogram.MaxDistinct), cancellationToken);
        using var histogram = new ValueHistogram((int)Math.Min(reader.BlockLength, ValueHistogram.MaxDistinct));
        long count = 0;
        reader.VisitWeighted(block, (tile, weights) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            histogram.Add(tile, weights);
            count += tile.Length;
        });
        return new Palette(Palette.Round(count == 0 ? [] : histogram.Solve(entries, cancellationToken), type), null);
    }
}

/// <summary>Entries at even distances from the smallest value to the largest.</summary>
internal sealed class UniformFinder : PaletteFinder
{
    public override Palette Find(BlockReader reader, long block, int entries, ElementType type, CancellationToken cancellationToken)
    {
        (float min, float max) = (float.PositiveInfinity, float.NegativeInfinity);
        reader.Visit(block, tile =>
        {
            if (!tile.IsEmpty)
            {
                (float tileMin, float tileMax) = RangeKernel.Of(tile);
                (min, max) = (Math.Min(min, tileMin), Math.Max(max, tileMax));
            }
        });
        (min, max) = min <= max ? (min, max) : (0, 0);
        double[] table = UniformTable.Entries(min, max, entries);

        // Whole numbers are cut off, not rounded, as coremltools does: weights lie denser towards zero, so this is the smaller error.
        bool isInteger = type is not (ElementType.Float32 or ElementType.Float16);
        return new Palette(Palette.Round(isInteger ? Array.ConvertAll(table, Math.Truncate) : table, type), (min, max));
    }
}

/// <summary>The values themselves, of which there are not too many.</summary>
internal sealed class UniqueFinder : PaletteFinder
{
    public override Palette Find(BlockReader reader, long block, int entries, ElementType type, CancellationToken cancellationToken)
    {
        var distinct = new UniqueTable(entries);
        reader.Visit(block, tile => distinct.Add(tile));
        return new Palette(Palette.Round(Array.ConvertAll(distinct.ToSorted() ?? [], entry => (double)entry), type), null);
    }
}
