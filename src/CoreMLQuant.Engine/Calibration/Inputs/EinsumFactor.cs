using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Calibration.Inputs;

/// <summary>A weight that is a factor of an einsum: a matrix product where one axis is summed over.</summary>
internal static class EinsumFactor
{
    private static readonly string[] Arrow = ["->"];

    /// <summary>How the weight is multiplied; <see langword="null"/> where more than one axis is summed over, or none.</summary>
    /// <param name="equation">E.g. <c>abc,cd->abd</c>.</param>
    /// <param name="index">Which of the two factors is the weight, 0 or 1.</param>
    /// <param name="shape">Its dimensions.</param>
    public static ConsumedWeight? Find(string equation, int index, IReadOnlyList<long> shape)
    {
        string[] sides = equation.Replace(" ", string.Empty).Split(Arrow, StringSplitOptions.None);
        string[] factors = sides[0].Split(',');
        if (sides.Length != 2 || factors.Length != 2 || factors[index].Length != shape.Count)
        {
            return null;
        }

        string own = factors[index], other = factors[1 - index], result = sides[1];
        char[] summed = own.Where(label => other.Contains(label) && !result.Contains(label)).ToArray();
        int[] outputs = Enumerable.Range(0, own.Length).Where(axis => result.Contains(own[axis]) && !other.Contains(own[axis])).ToArray();
        return summed.Length == 1 && outputs.Length > 0
            ? ConsumedWeight.Factors(shape, own.IndexOf(summed[0]), outputs[0], "values", own.Select(label => other.Contains(label) ? other.Length - other.IndexOf(label) : 0).ToArray())
            : null;
    }
}
