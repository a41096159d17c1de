using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Arithmetic with dimensions of which some are not known; what is computed from an unknown one is unknown.</summary>
internal static class ShapeArithmetic
{
    private const long Unknown = InferredType.UnknownSize;

    /// <summary>Whether a dimension is known.</summary>
    public static bool IsKnown(long size) => size >= 0;

    /// <summary>Whether two dimensions can be the same.</summary>
    public static bool MayBeEqual(long one, long other) => one == other || !IsKnown(one) || !IsKnown(other);

    /// <summary>Whether two shapes can be the same.</summary>
    public static bool MayBeEqual(IReadOnlyList<long> one, IReadOnlyList<long> other)
    {
        if (one.Count != other.Count)
        {
            return false;
        }

        for (int i = 0; i < one.Count; i++)
        {
            if (!MayBeEqual(one[i], other[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A dimension computed from one; unknown stays unknown, and what does not fit becomes so.</summary>
    public static long Map(long size, Func<long, long> compute)
    {
        if (!IsKnown(size))
        {
            return Unknown;
        }

        try
        {
            return compute(size);
        }
        catch (OverflowException)
        {
            return Unknown;
        }
    }

    /// <summary>The sum of dimensions.</summary>
    public static long Sum(IEnumerable<long> sizes) => Fold(sizes, 0, (sum, size) => checked(sum + size)) ?? Unknown;

    /// <summary>The product of dimensions; <see langword="null"/> when it is not known or does not fit 63 bits.</summary>
    public static long? Product(IEnumerable<long> sizes) => Fold(sizes, 1, (product, size) => checked(product * size));

    /// <summary>A shape of which only the rank is known.</summary>
    public static long[] UnknownSizes(int rank) => Enumerable.Repeat(Unknown, rank).ToArray();

    /// <summary>An axis counted from the front.</summary>
    /// <param name="axis">The axis, counted from the end when negative.</param>
    /// <param name="rank">Number of axes.</param>
    /// <exception cref="ShapeContradictionException">There is no such axis.</exception>
    public static int Axis(long axis, int rank) => axis >= -rank && axis < rank
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw new ShapeContradictionException($"it has the axis {axis.ToString(CultureInfo.InvariantCulture)} of a tensor of rank {rank.ToString(CultureInfo.InvariantCulture)}.");

    /// <summary>The shape of elementwise results: shapes are aligned at their last axes, and a size of 1 fits every other.</summary>
    /// <returns><see langword="null"/> when the rank of one is not known.</returns>
    /// <exception cref="ShapeContradictionException">Two sizes differ and neither is 1.</exception>
    public static IReadOnlyList<long>? Broadcast(IReadOnlyList<long>? one, IReadOnlyList<long>? other)
    {
        if (one is null || other is null)
        {
            return null;
        }

        var result = new long[Math.Max(one.Count, other.Count)];
        for (int i = 1; i <= result.Length; i++)
        {
            long a = i <= one.Count ? one[one.Count - i] : 1, b = i <= other.Count ? other[other.Count - i] : 1;
            result[result.Length - i] =
                a == 1 ? b
                : b == 1 ? a
                : MayBeEqual(a, b) ? Math.Max(a, b)
                : throw new ShapeContradictionException($"the shapes {Text(one)} and {Text(other)} do not broadcast.");
        }

        return result;
    }

    /// <summary>What is known of a dimension from two accounts of it.</summary>
    /// <exception cref="ShapeContradictionException">They contradict each other.</exception>
    public static long Same(long one, long other, string what) => MayBeEqual(one, other)
        ? Math.Max(one, other)
        : throw new ShapeContradictionException($"{what} are {one.ToString(CultureInfo.InvariantCulture)} and {other.ToString(CultureInfo.InvariantCulture)}; they must be the same.");

    /// <summary>A shape with one dimension replaced.</summary>
    public static long[] Replace(IReadOnlyList<long> sizes, int axis, long size)
    {
        long[] result = sizes.ToArray();
        result[axis] = size;
        return result;
    }

    /// <summary>E.g. <c>[1, 3, ?]</c>.</summary>
    public static string Text(IEnumerable<long> sizes) => $"[{string.Join(", ", sizes.Select(size => IsKnown(size) ? size.ToString(CultureInfo.InvariantCulture) : "?"))}]";

    private static long? Fold(IEnumerable<long> sizes, long seed, Func<long, long, long> combine)
    {
        long result = seed;
        foreach (long size in sizes)
        {
            if (!IsKnown(size))
            {
                return null;
            }

            try
            {
                result = combine(result, size);
            }
            catch (OverflowException)
            {
                return null;
            }
        }

        return result;
    }
}
