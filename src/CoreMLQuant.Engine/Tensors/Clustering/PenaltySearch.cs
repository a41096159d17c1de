using System;
using System.Threading;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// The partition into a given number of segments with the least cost, exactly, by way of a penalty for each segment.
/// </summary>
/// <remarks>
/// The least cost C(k) of k segments is convex in k, because segment costs are Monge (Aggarwal, Schieber and Tokuyama, Finding
/// a minimum-weight k-link path in graphs with the concave Monge property, 1994). So a penalty between C(k) - C(k+1) and C(k-1) - C(k)
/// makes a partition into k segments the best of all, and the one found is optimal for its own number of segments whatever that is.
/// Two partitions, one with too few and one with too many, always bracket the penalty; the slope of the chord between them either leads
/// to a partition below the chord, so the bracket shrinks, or the chord is a straight edge of C. Then all in between are equally
/// good for that penalty, and one with k segments is spliced from the two: where a segment of the coarser one contains a segment of the
/// finer one, with the right count before it, crossing over there costs no more than both together (the quadrangle inequality), hence nothing.
/// </remarks>
internal static class PenaltySearch
{
    // Before chords are tried, which converge always, steps that are right when C falls like 1 / k^2, as it does for smooth densities.
    private const int ScaledSteps = 8;

    /// <summary>Finds the partition.</summary>
    /// <param name="sums">Costs; at least <paramref name="count"/> segments.</param>
    /// <param name="count">Number of segments, at least 1.</param>
    /// <param name="penalty">A first guess; takes the penalty that led to the result.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <returns>Edges, <paramref name="count"/> + 1 of them.</returns>
    public static int[] Solve(SegmentSums sums, int count, ref double penalty, CancellationToken cancellation)
    {
        using var partition = new PenalizedPartition(sums);
        return Solve(sums, partition, count, ref penalty, cancellation);
    }

    /// <summary>
    /// A penalty in the middle of those that give a number of segments, judged by one more that gives fewer; a good
    /// first guess for the same values with more edges, because these lower C(k) about equally for all k.
    /// </summary>
    public static double Centre(SegmentSums sums, int count, double penalty, CancellationToken cancellation)
    {
        using var partition = new PenalizedPartition(sums);
        double cost = sums.Cost(Solve(sums, partition, count, ref penalty, cancellation));
        double higher = penalty * (1 + (2.0 / count));
        int[] path = partition.Solve(higher, cancellation);
        double between = (count + path.Length - 1) / (2.0 * count);
        return between >= 1 ? (penalty + higher) / 2 : (sums.Cost(path) - cost) / (count - path.Length + 1) * between * between * between;
    }

    private static int[] Solve(SegmentSums sums, PenalizedPartition partition, int count, ref double penalty, CancellationToken cancellation)
    {
        // The bracket; none found yet on the fine side stands for all smallest segments.
        int[] coarse = [0, sums.Segments];
        int[]? fine = null;
        int most = sums.Segments;
        for (int step = 0; coarse.Length - 1 < count && count < most; step++)
        {
            bool isBracketed = fine is not null && coarse.Length > 2, isScaled = step < ScaledSteps && !isBracketed;
            if (!isScaled)
            {
                fine ??= AllEdges(sums.Segments);
                penalty = Math.Max((sums.Cost(coarse) - sums.Cost(fine)) / (most - coarse.Length + 1), 0);
            }

            int[] path = partition.Solve(penalty, cancellation);
            int found = path.Length - 1;
            if (found == count)
            {
                return path;
            }

            if (found > count && found < most)
            {
                (fine, most) = (path, found);
            }
            else if (found < count && found > coarse.Length - 1)
            {
                coarse = path;
            }
            else if (!isScaled)
            {
                return Splice(coarse, fine!, count);
            }

            // Taken to be near the end of its range that is nearer to the one wanted.
            double ratio = (found + (found > count ? -0.5 : 0.5)) / count;
            penalty *= ratio * ratio * ratio;
        }

        return coarse.Length - 1 == count ? coarse : fine ?? AllEdges(sums.Segments);
    }

    private static int[] AllEdges(int segments)
    {
        int[] edges = new int[segments + 1];
        for (int i = 0; i < edges.Length; i++)
        {
            edges[i] = i;
        }

        return edges;
    }

    /// <summary>
    /// Crosses over from the finer partition to the coarser one such that <paramref name="count"/> segments result. With
    /// <c>shift = count - coarse segments</c>, finer edge <c>j + shift</c> begins beyond coarser edge <c>j</c> or on it at
    /// <c>j = 0</c>, and there is a first <c>j</c> whose segment ends beyond the finer one's: there the containment holds.
    /// </summary>
    private static int[] Splice(int[] coarse, int[] fine, int count)
    {
        int shift = count - (coarse.Length - 1), at = 0;
        while (fine[at + shift + 1] > coarse[at + 1])
        {
            at++;
        }

        int[] path = new int[count + 1];
        Array.Copy(fine, path, at + shift + 1);
        Array.Copy(coarse, at + 1, path, at + shift + 1, coarse.Length - at - 1);
        return path;
    }
}
