#if NET
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>The end of a vectorised search for the least: one value and index of four.</summary>
internal static class VectorLeast
{
    /// <summary>The least value and the lowest index that has it. No NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (double Value, int Index) Of(Vector256<double> values, Vector256<double> indices)
    {
        Vector256<double> least = Spread(values);
        Vector256<double> index = Spread(Vector256.ConditionalSelect(Vector256.Equals(values, least), indices, Vector256.Create(double.PositiveInfinity)));
        return (least.ToScalar(), (int)index.ToScalar());
    }

    /// <summary>The least of four values. No NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Of(Vector256<double> values) => Spread(values).ToScalar();

    /// <summary>The least of eight values and its place, 0 to 7, the lowest among equals. No NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (double Value, int Index) OfEight(Vector256<double> low, Vector256<double> high)
    {
        Vector256<double> least = Spread(Vector256.ConditionalSelect(Vector256.LessThan(low, high), low, high));
        uint places = Vector256.Equals(low, least).ExtractMostSignificantBits() | (Vector256.Equals(high, least).ExtractMostSignificantBits() << 4);
        return (least.ToScalar(), BitOperations.TrailingZeroCount(places));
    }

    // The least in every place. (Vector256.Min also sees to NaN and -0, in more instructions.)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Spread(Vector256<double> values)
    {
        Vector256<double> other = Vector256.Shuffle(values, Vector256.Create(2L, 3, 0, 1));
        values = Vector256.ConditionalSelect(Vector256.LessThan(values, other), values, other);
        other = Vector256.Shuffle(values, Vector256.Create(1L, 0, 3, 2));
        return Vector256.ConditionalSelect(Vector256.LessThan(values, other), values, other);
    }
}
#endif
