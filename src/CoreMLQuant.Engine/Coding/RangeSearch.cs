using System;
using System.Buffers;
using System.Threading;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Statistics;

namespace CoreMLQuant.Coding;

/// <summary>Finds the range of each block that its integers stand for.</summary>
/// <param name="estimator">How.</param>
/// <param name="percentile">Where <see cref="RangeEstimator.Percentile"/> ends a range: more than 50, at most 100.</param>
/// <param name="importance">How much an error of each value counts; <see langword="null"/> when all count the same.</param>
internal sealed class RangeSearch(RangeEstimator estimator, double percentile, TensorValues? importance)
{
    // Parts of a range by which its ends are moved together, and then, where they need not be, each by itself.
    private const int Steps = 40;
    private const int MostTogether = 34;
    private const int MostAlone = 8;

    /// <summary>From the smallest value to the largest.</summary>
    public static readonly RangeSearch MinMax = new(RangeEstimator.MinMax, PercentileRange.Usual, null);

    /// <summary>Quantizes a tile with the scales of certain ranges.</summary>
    /// <param name="start">The tile's first element.</param>
    /// <param name="values">The tile.</param>
    /// <param name="codes">Takes the integers.</param>
    /// <param name="decoded">Takes what the integers decode to.</param>
    public delegate void TileEncoder(long start, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded);

    /// <summary>Whether ranges reach from the smallest value to the largest.</summary>
    public bool IsMinMax => estimator == RangeEstimator.MinMax;

    /// <summary>Finds them.</summary>
    /// <param name="values">The weight; finite.</param>
    /// <param name="grid">Its blocks.</param>
    /// <param name="isSymmetric">Whether ranges are around zero.</param>
    /// <param name="encoder">Makes what quantizes with the scales of some ranges.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public BlockRanges Find(TensorValues values, BlockGrid grid, bool isSymmetric, Func<BlockRanges, TileEncoder> encoder, CancellationToken cancellationToken)
    {
        var ranges = new BlockRanges(grid);
        ValueTiles.Visit(values, ranges.Add, cancellationToken);
        switch (estimator)
        {
            case RangeEstimator.Percentile:
                CutEnds(values, grid, ranges, cancellationToken);
                break;
            case RangeEstimator.MeanSquaredError:
                LeastError(values, grid, ranges, isSymmetric, encoder, cancellationToken);
                break;
        }

        return ranges;
    }

    // Every range that is tried is judged by what would be written, so none that is chosen is worse than the first.
    private void LeastError(
        TensorValues values, BlockGrid grid, BlockRanges ranges, bool isSymmetric, Func<BlockRanges, TileEncoder> encoder, CancellationToken cancellationToken)
    {
        double[] least = Errors(values, grid, encoder(ranges), cancellationToken);
        BlockRanges whole = ranges.Copy();
        for (int step = 1; step <= MostTogether; step++)
        {
            Try(step, step);
        }

        if (!isSymmetric)
        {
            whole = ranges.Copy();
            for (int step = -MostAlone; step <= MostAlone; step++)
            {
                Try(step, 0);
            }

            whole = ranges.Copy();
            for (int step = -MostAlone; step <= MostAlone; step++)
            {
                Try(0, step);
            }
        }

        void Try(int low, int high)
        {
            BlockRanges tried = whole.Copy();
            for (int block = 0; block < least.Length; block++)
            {
                (double min, double max) = (whole.Min[block], whole.Max[block]);
                double middle = isSymmetric ? 0 : (min + max) / 2;
                tried.Set(block, (float)(min + ((middle - min) * low / Steps)), (float)(max + ((middle - max) * high / Steps)));
            }

            double[] errors = Errors(values, grid, encoder(tried), cancellationToken);
            for (int block = 0; block < least.Length; block++)
            {
                if (errors[block] < least[block])
                {
                    least[block] = errors[block];
                    ranges.Set(block, tried.Min[block], tried.Max[block]);
                }
            }
        }
    }

    private double[] Errors(TensorValues values, BlockGrid grid, TileEncoder encoder, CancellationToken cancellationToken)
    {
        double[] errors = new double[grid.BlockCount];
        float[] decoded = ArrayPool<float>.Shared.Rent(ValueTiles.Length), weights = ArrayPool<float>.Shared.Rent(ValueTiles.Length);
        byte[] codes = ArrayPool<byte>.Shared.Rent(ValueTiles.Length);
        try
        {
            weights.AsSpan().Fill(1);
            ValueTiles.Visit(values, Add, cancellationToken);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(decoded);
            ArrayPool<float>.Shared.Return(weights);
            ArrayPool<byte>.Shared.Return(codes);
        }

        return errors;

        // A weight in memory comes as a whole.
        void Add(long start, ReadOnlySpan<float> all)
        {
            for (int done = 0; done < all.Length; done += ValueTiles.Length)
            {
                AddTile(start + done, all.Slice(done, Math.Min(ValueTiles.Length, all.Length - done)));
            }
        }

        void AddTile(long start, ReadOnlySpan<float> tile)
        {
            encoder(start, tile, codes.AsSpan(0, tile.Length), decoded.AsSpan(0, tile.Length));
            importance?.Read(start, weights.AsSpan(0, tile.Length));
            foreach ((int offset, int length, long block) in grid.Runs(start, tile.Length))
            {
                double sum = 0;
                for (int i = offset; i < offset + length; i++)
                {
                    double error = (double)tile[i] - decoded[i];
                    sum += weights[i] * error * error;
                }

                errors[block] += sum;
            }
        }
    }

    private void CutEnds(TensorValues values, BlockGrid grid, BlockRanges ranges, CancellationToken cancellationToken)
    {
        using var reader = new BlockReader(values, grid, withoutZeros: false);
        float[] sorted = ArrayPool<float>.Shared.Rent(checked((int)reader.BlockLength));
        try
        {
            for (int block = 0; block < grid.BlockCount; block++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ReadOnlySpan<float> read = reader.Read(block);
                read.CopyTo(sorted);
                Array.Sort(sorted, 0, read.Length);
                (float minimum, float maximum) = PercentileRange.Of(sorted.AsSpan(0, read.Length), percentile);
                ranges.Set(block, minimum, maximum);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(sorted);
        }
    }
}
