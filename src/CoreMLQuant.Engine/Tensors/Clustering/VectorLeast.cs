#if NET
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreMLQuant.Tensors;

/// <summary>The end of a vectorised search for the least: one value and index of four.</summary>
internal static class VectorLeast
{
    /// <summary>The least value and the lowest index that has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (double Value, int Index) Of(Vector256<double> values, Vector256<double> indices)
    {
        Vector256<double> least = Vector256.Min(values, Vector256.Shuffle(values, Vector256.Create(2L, 3, 0, 1)));
        least = Vector256.Min(least, Vector256.Shuffle(least, Vector256.Create(1L, 0, 3, 2)));
        Vector256<double> index = Vector256.ConditionalSelect(Vector256.Equals(values, least), indices, Vector256.Create(double.PositiveInfinity));
        index = Vector256.Min(index, Vector256.Shuffle(index, Vector256.Create(2L, 3, 0, 1)));
        index = Vector256.Min(index, Vector256.Shuffle(index, Vector256.Create(1L, 0, 3, 2)));
        return (least.ToScalar(), (int)index.ToScalar());
    }
}
#endif
