using System.Runtime.CompilerServices;
#if NET
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif

namespace CoreMLQuant.Tensors;

/// <summary>
/// The inner loop of optimal clustering: the least <c>reach[i] - (first[j] - first[i])^2 / (weight[j] - weight[i])</c>
/// over a range of <c>i</c>, the lowest <c>i</c> among equals.
/// </summary>
internal static class CandidateScan
{
    /// <summary>Elements beyond the last candidate that the arrays must have.</summary>
    public const int Padding = 3;

    /// <summary>Finds the least.</summary>
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
            return LeastOfVectors(
                ref MemoryMarshal.GetArrayDataReference(reach),
                ref MemoryMarshal.GetArrayDataReference(first),
                ref MemoryMarshal.GetArrayDataReference(weight),
                first[edge],
                weight[edge],
                from,
                to);
        }
#endif
        return LeastScalar(reach, first, weight, edge, from, to);
    }

    /// <summary>The reference: one candidate after the other.</summary>
    [MethodImpl(HotLoop.Optimized)]
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
    private static (double Value, int Index) LeastOfVectors(
        ref double reach,
        ref double first,
        ref double weight,
        double firstAtEdge,
        double weightAtEdge,
        int from,
        int to)
    {
        Vector256<double> infinity = Vector256.Create(double.PositiveInfinity);
        Vector256<double> edgeFirst = Vector256.Create(firstAtEdge), edgeWeight = Vector256.Create(weightAtEdge);
        Vector256<double> indices = Vector256.Create((double)from) + Vector256.Create(0d, 1, 2, 3), last = Vector256.Create((double)to);
        Vector256<double> least = infinity, leastIndex = indices;
        for (int i = from; i <= to; i += 4)
        {
            Vector256<double> sum = edgeFirst - Vector256.LoadUnsafe(ref first, (nuint)i);
            Vector256<double> value = Vector256.LoadUnsafe(ref reach, (nuint)i) - (sum * sum / (edgeWeight - Vector256.LoadUnsafe(ref weight, (nuint)i)));
            Vector256<double> isLess = Vector256.LessThan(value, least) & Vector256.LessThanOrEqual(indices, last);
            least = Vector256.ConditionalSelect(isLess, value, least);
            leastIndex = Vector256.ConditionalSelect(isLess, indices, leastIndex);
            indices += Vector256.Create(4d);
        }

        return VectorLeast.Of(least, leastIndex);
    }
#endif
}
