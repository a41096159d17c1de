using System;
using System.Collections.Generic;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>What is known about shapes without running anything.</summary>
internal static class ShapeArithmetic
{
    /// <summary>The shape of an elementwise result, by numpy's broadcasting; -1 where it depends on what is not known.</summary>
    public static IReadOnlyList<long>? Broadcast(IReadOnlyList<long>? first, IReadOnlyList<long>? second)
    {
        if (first is null || second is null)
        {
            return null;
        }

        var shape = new long[Math.Max(first.Count, second.Count)];
        for (int i = 1; i <= shape.Length; i++)
        {
            long a = i <= first.Count ? first[first.Count - i] : 1, b = i <= second.Count ? second[second.Count - i] : 1;
            shape[shape.Length - i] = a == 1 ? b : b == 1 || a == b || b < 0 ? a : a < 0 ? b : -1;
        }

        return shape;
    }

    /// <summary>An axis counted from the front.</summary>
    /// <exception cref="NotTranslatableException">There is no such axis.</exception>
    public static int Axis(long axis, int rank)
    {
        long counted = axis < 0 ? axis + rank : axis;
        return counted >= 0 && counted < rank
            ? (int)counted
            : throw new NotTranslatableException($"there is no axis {axis} in a tensor of {rank} dimensions.");
    }

    /// <summary>Number of elements; -1 when unknown.</summary>
    /// <exception cref="NotTranslatableException">The number does not fit 63 bits.</exception>
    public static long ElementCount(IReadOnlyList<long>? shape)
    {
        if (shape is null)
        {
            return -1;
        }

        long count = 1;
        bool isKnown = true;
        foreach (long dimension in shape)
        {
            if (dimension < 0)
            {
                isKnown = false;
            }
            else if (dimension > 0 && count > long.MaxValue / dimension)
            {
                throw new NotTranslatableException($"a tensor of the shape [{string.Join(", ", shape)}] has more elements than can be counted.");
            }
            else
            {
                count *= dimension;
            }
        }

        return isKnown ? count : count == 0 ? 0 : -1;
    }
}
