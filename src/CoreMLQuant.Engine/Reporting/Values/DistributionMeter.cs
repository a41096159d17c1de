using System;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Files;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Reporting.Values;

/// <summary>Finds the distribution of a weight's values: once through for the extent, once more for the counts.</summary>
internal static class DistributionMeter
{
    /// <summary>More levels than these would run together in a chart.</summary>
    public const int MaxLevels = 256;

    private const int Bins = 80;
    private const long PieceLength = 1 << 20;

    /// <summary>Measures a weight, or a weight and its counterpart on the same scale.</summary>
    /// <param name="reference">The values.</param>
    /// <param name="difference">The counterpart's values; <see langword="null"/> when there is none.</param>
    /// <param name="channel">The channel whose levels are told where the whole weight has too many; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns><see langword="null"/> when there is no finite value.</returns>
    public static ValueDistribution? Measure(TensorValues reference, TensorValues? difference, ChannelOfWeight? channel, CancellationToken cancellationToken)
    {
        TensorValues compressed = difference ?? reference;
        (ValueExtent extent, DistinctCounter levels) = Range(compressed, cancellationToken);
        if (difference is not null)
        {
            extent.Add(Range(reference, cancellationToken).Extent);
        }

        if (extent.IsEmpty)
        {
            return null;
        }

        (double minimum, double maximum) = Widened(extent.Minimum, extent.Maximum);
        int? levelsChannel = null;
        IReadOnlyList<float> found = [];
        if (!levels.IsOver)
        {
            found = levels.FiniteValues();
        }
        else if (channel is not null && LevelsOf(channel, compressed, cancellationToken) is { } ofChannel)
        {
            (found, levelsChannel) = (ofChannel, channel.Index);
        }

        return new ValueDistribution(
            minimum,
            maximum,
            Count(reference, minimum, maximum, cancellationToken),
            difference is null ? null : Count(difference, minimum, maximum, cancellationToken),
            found,
            levelsChannel);
    }

    // A weight of one value gets bins around it.
    private static (double Minimum, double Maximum) Widened(double minimum, double maximum)
    {
        double reach = maximum > minimum ? 0 : Math.Max(Math.Abs(maximum) / 2, float.Epsilon);
        return (minimum - reach, maximum + reach);
    }

    private static long[] Count(TensorValues values, double minimum, double maximum, CancellationToken cancellationToken)
    {
        var histogram = new EvenHistogram(minimum, maximum, Bins);
        InPieces(
            values,
            piece =>
            {
                var own = new EvenHistogram(minimum, maximum, Bins);
                ValueTiles.Visit(piece, (_, tile) => own.Add(tile), cancellationToken);
                return own;
            },
            histogram.Add,
            cancellationToken);
        return histogram.Counts;
    }

    private static (ValueExtent Extent, DistinctCounter Levels) Range(TensorValues values, CancellationToken cancellationToken)
    {
        var extent = new ValueExtent();
        var levels = new DistinctCounter(values.Count, MaxLevels);
        InPieces(
            values,
            piece =>
            {
                var ownExtent = new ValueExtent();
                var ownLevels = new DistinctCounter(piece.Count, MaxLevels);
                ValueTiles.Visit(
                    piece,
                    (_, tile) =>
                    {
                        ownExtent.Add(tile);
                        ownLevels.Add(tile);
                    },
                    cancellationToken);
                return (ownExtent, ownLevels);
            },
            found =>
            {
                extent.Add(found.ownExtent);
                levels.Add(found.ownLevels);
            },
            cancellationToken);
        return (extent, levels);
    }

    // On all processors. What is found in the pieces is added in any order: extents, sets and counts do not depend on it.
    private static void InPieces<T>(TensorValues values, Func<ValueSlice, T> measure, Action<T> add, CancellationToken cancellationToken)
    {
        long[] starts = new long[(values.Count + PieceLength - 1) / PieceLength];
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = i * PieceLength;
        }

        using var work = ParallelWork<long>.Start(
            starts,
            0,
            (start, _) =>
            {
                T found = measure(new ValueSlice(values, start, Math.Min(PieceLength, values.Count - start)));
                lock (starts)
                {
                    add(found);
                }
            },
            cancellationToken);
        work.Join();
    }

    private static IReadOnlyList<float>? LevelsOf(ChannelOfWeight channel, TensorValues values, CancellationToken cancellationToken)
    {
        AxisLayout layout = AxisLayout.Of(channel.Shape, channel.Axis);
        if (layout.Outer * layout.Length * layout.Inner != values.Count)
        {
            return null; // The counterpart is laid out in another way: its channels are elsewhere.
        }

        var levels = new DistinctCounter(layout.Outer * layout.Inner, MaxLevels);
        for (long outer = 0; outer < layout.Outer && !levels.IsOver; outer++)
        {
            var row = new ValueSlice(values, ((outer * layout.Length) + channel.Index) * layout.Inner, layout.Inner);
            ValueTiles.Visit(row, (_, tile) => levels.Add(tile), cancellationToken);
        }

        return levels.IsOver ? null : levels.FiniteValues();
    }
}
