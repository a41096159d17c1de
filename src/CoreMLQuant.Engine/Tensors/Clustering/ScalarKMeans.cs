using System;
using System.Threading;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// Optimal k-means of scalars: no other table of as many entries has a smaller sum of squared distances. In one dimension
/// clusters are segments of the sorted values, so the optimum is a shortest path: see <see cref="PenaltySearch"/> and
/// <see cref="PenalizedPartition"/>, which find it in time proportional to the number of values, however many clusters.
/// FP64 throughout; the same bits on every machine, whatever the order of the values. Takes some 60 bytes a value; see
/// <see cref="ValueHistogram"/> for weights too large for that.
/// </summary>
internal static class ScalarKMeans
{
    // Edges for each cluster at which a good first penalty is found; the cost there is within 1/16^2 of the optimum for smooth densities.
    private const int CoarseEdges = 16;

    /// <summary>The optimal centroids of FP32 values.</summary>
    /// <param name="values">At least one, in any order, finite; -0 counts as +0.</param>
    /// <param name="clusters">1 to 65536.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <returns>Ascending; as many as <paramref name="clusters"/>, or all distinct values when they are fewer.</returns>
    public static double[] Solve(ReadOnlySpan<float> values, int clusters, CancellationToken cancellation)
    {
        double[] distinct = ScratchArray.Rent<double>(values.Length), weights = ScratchArray.Rent<double>(values.Length);
        try
        {
            int count = DistinctValues.Find(values, distinct, weights);
            return Solve(distinct.AsSpan(0, count), count == values.Length ? default : weights.AsSpan(0, count), clusters, cancellation);
        }
        finally
        {
            ScratchArray.Return(distinct);
            ScratchArray.Return(weights);
        }
    }

    /// <summary>The optimal centroids of weighted values.</summary>
    /// <param name="values">At least one; finite, ascending and distinct.</param>
    /// <param name="weights">How often each value counts, positive; empty when each counts once.</param>
    /// <param name="clusters">1 to 65536.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <returns>Ascending; as many as <paramref name="clusters"/>, or all values when they are fewer.</returns>
    public static double[] Solve(ReadOnlySpan<double> values, ReadOnlySpan<double> weights, int clusters, CancellationToken cancellation)
    {
        if (values.Length <= clusters)
        {
            return values.ToArray();
        }

        using SegmentSums sums = SegmentSums.Of(values, weights);
        double penalty = FirstPenalty(sums, values, clusters, cancellation);
        int[] path = PenaltySearch.Solve(sums, clusters, ref penalty, cancellation);
        double[] centroids = new double[clusters];
        for (int i = 0; i < clusters; i++)
        {
            // Rounding must not carry a mean out of its own segment.
            double mean = sums.Mean(path[i], path[i + 1]);
            centroids[i] = Math.Min(Math.Max(mean, values[path[i]]), values[path[i + 1] - 1]);
        }

        return centroids;
    }

    // From a few edges only: it saves passes over all of them and cannot make the result wrong.
    private static double FirstPenalty(SegmentSums sums, ReadOnlySpan<double> values, int clusters, CancellationToken cancellation)
    {
        // C(k) - C(k+1) of densities near the normal one.
        double penalty = 5 * sums.Cost(0, sums.Segments) / ((double)clusters * clusters * clusters);
        int wanted = Math.Min(Math.Max(CoarseEdges * clusters, 128), values.Length / 4);
        if (wanted < 4 * clusters || clusters == 1)
        {
            return penalty;
        }

        int[] edges = ScratchArray.Rent<int>((2 * wanted) + 2);
        try
        {
            int count = SpreadEdges(values, wanted, edges);
            if (count - 1 <= clusters)
            {
                return penalty;
            }

            using SegmentSums coarse = sums.At(edges.AsSpan(0, count));
            return PenaltySearch.Centre(coarse, clusters, penalty, cancellation);
        }
        finally
        {
            ScratchArray.Return(edges);
        }
    }

    // An edge wherever a segment would otherwise hold more than its share of the values or of the range.
    private static int SpreadEdges(ReadOnlySpan<double> values, int wanted, int[] edges)
    {
        int most = values.Length / (wanted / 2), count = 0, begin = 0;
        double widest = (values[values.Length - 1] - values[0]) / (wanted / 2);
        while (begin < values.Length)
        {
            edges[count++] = begin;
            int low = begin + 1, high = Math.Min(begin + most, values.Length);
            double last = values[begin] + widest;
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = values[middle] > last ? (low, middle) : (middle + 1, high);
            }

            begin = low;
        }

        edges[count++] = values.Length;
        return count;
    }
}
