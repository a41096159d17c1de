using System;
using System.Runtime.CompilerServices;
#if NET
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// The inner loop of optimal clustering: for an edge <c>j</c> the least <c>reach[i] - (first[j] - first[i])^2 / (weight[j] - weight[i])</c>
/// over a range of candidates <c>i</c>, the lowest <c>i</c> among equals.
/// </summary>
internal static class CandidateScan
{
    /// <summary>Elements beyond the last candidate that the arrays must have.</summary>
    public const int Padding = 7;

    /// <summary>Finds the least for one edge.</summary>
    /// <param name="reach">What it costs to come to a candidate.</param>
    /// <param name="first">Running sums of weight times value.</param>
    /// <param name="weight">Running sums of weight.</param>
    /// <param name="edge">The edge <c>j</c>, beyond all candidates.</param>
    /// <param name="from">First candidate.</param>
    /// <param name="to">Last candidate.</param>
    [MethodImpl(HotLoop.Optimized)]
    public static (double Value, int Index) Least(double[] reach, double[] first, double[] weight, int edge, int from, int to)
    {
#if NET
        if (Vector256.IsHardwareAccelerated)
        {
            return LeastOfVectors(reach, first, weight, edge, from, to);
        }
#endif
        return LeastScalar(reach, first, weight, edge, from, to);
    }

    /// <summary>
    /// Does the edges between <paramref name="begin"/> and <paramref name="end"/>, each halfway between two that are done, with
    /// candidates from the one's to the other's, up to <paramref name="begin"/>.
    /// </summary>
    /// <param name="reach">What it costs to come to an edge; takes the least and the penalty.</param>
    /// <param name="first">Running sums of weight times value.</param>
    /// <param name="weight">Running sums of weight.</param>
    /// <param name="previous">Takes the candidate that has the least.</param>
    /// <param name="begin">An edge that is done.</param>
    /// <param name="end">Another one.</param>
    /// <param name="penalty">Added to each.</param>
    [MethodImpl(HotLoop.Optimized)]
    public static void LeastBetween(double[] reach, double[] first, double[] weight, int[] previous, int begin, int end, double penalty)
    {
        int stride = 1;
        while (stride < end - begin)
        {
            stride *= 2;
        }

        for (stride /= 2; stride > 0; stride /= 2)
        {
            for (int edge = begin + stride; edge < end; edge += 2 * stride)
            {
                int from = previous[edge - stride], to = Math.Min(previous[Math.Min(edge + stride, end)], begin);
#if NET
                (double least, int index) = Vector256.IsHardwareAccelerated
                    ? LeastOfVectors(reach, first, weight, edge, from, to)
                    : LeastScalar(reach, first, weight, edge, from, to);
#else
                (double least, int index) = LeastScalar(reach, first, weight, edge, from, to);
#endif
                reach[edge] = least + penalty;
                previous[edge] = index;
            }
        }
    }

    /// <summary>The reference: one candidate after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (double Value, int Index) LeastScalar(double[] reach, double[] first, double[] weight, int edge, int from, int to)
    {
        double firstAtEdge = first[edge], weightAtEdge = weight[edge], least = double.PositiveInfinity;
        int index = from;
        for (int i = from; i <= to; i++)
        {
            double sum = firstAtEdge - first[i];
            double value = reach[i] - (sum * sum / (weightAtEdge - weight[i]));
            if (value < least)
            {
                least = value;
                index = i;
            }
        }

        return (least, index);
    }

#if NET
    // Four candidates at a time. Those read beyond the last one are whatever is in the array, and are put out of the race.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (double Value, int Index) LeastOfVectors(double[] reach, double[] first, double[] weight, int edge, int from, int to)
    {
        ref double reachAt = ref MemoryMarshal.GetArrayDataReference(reach);
        ref double firstAt = ref MemoryMarshal.GetArrayDataReference(first);
        ref double weightAt = ref MemoryMarshal.GetArrayDataReference(weight);
        Vector256<double> edgeFirst = Vector256.Create(Unsafe.Add(ref firstAt, edge)), edgeWeight = Vector256.Create(Unsafe.Add(ref weightAt, edge));
        Vector256<double> least = Vector256.Create(double.PositiveInfinity), last = Vector256.Create((double)(to - from));
        Vector256<double> indices = Vector256.Create(0d, 1, 2, 3), leastIndex = indices;
        int i = from;
        if (to - from < 8)
        {
            // Most edges. Always both vectors: guessing wrong whether the second is needed costs more.
            Vector256<double> low = Costs(ref reachAt, ref firstAt, ref weightAt, i, edgeFirst, edgeWeight);
            Vector256<double> high = Costs(ref reachAt, ref firstAt, ref weightAt, i + 4, edgeFirst, edgeWeight);
            low = Vector256.ConditionalSelect(Vector256.LessThanOrEqual(indices, last), low, least);
            high = Vector256.ConditionalSelect(Vector256.LessThanOrEqual(indices + Vector256.Create(4d), last), high, least);
            (double value, int place) = VectorLeast.OfEight(low, high);
            return (value, from + place);
        }

        for (; i + 3 <= to; i += 4)
        {
            Vector256<double> value = Costs(ref reachAt, ref firstAt, ref weightAt, i, edgeFirst, edgeWeight);
            Vector256<double> isLess = Vector256.LessThan(value, least);
            least = Vector256.ConditionalSelect(isLess, value, least);
            leastIndex = Vector256.ConditionalSelect(isLess, indices, leastIndex);
            indices += Vector256.Create(4d);
        }

        if (i <= to)
        {
            Vector256<double> value = Costs(ref reachAt, ref firstAt, ref weightAt, i, edgeFirst, edgeWeight);
            Vector256<double> isLess = Vector256.LessThan(value, least) & Vector256.LessThanOrEqual(indices, last);
            least = Vector256.ConditionalSelect(isLess, value, least);
            leastIndex = Vector256.ConditionalSelect(isLess, indices, leastIndex);
        }

        (double smallest, int index) = VectorLeast.Of(least, leastIndex);
        return (smallest, from + index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Costs(ref double reach, ref double first, ref double weight, int at, Vector256<double> edgeFirst, Vector256<double> edgeWeight)
    {
        Vector256<double> sum = edgeFirst - Vector256.LoadUnsafe(ref first, (nuint)at);
        return Vector256.LoadUnsafe(ref reach, (nuint)at) - (sum * sum / (edgeWeight - Vector256.LoadUnsafe(ref weight, (nuint)at)));
    }
#endif
}
