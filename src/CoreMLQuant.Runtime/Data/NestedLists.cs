using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Data;

/// <summary>Lists of lists as arrays with a shape.</summary>
internal static class NestedLists
{
    /// <summary>Makes an array: of text where an element is text, of integers where all are, else of floats.</summary>
    /// <param name="list">Elements and lists; lists at one depth have to be equally long.</param>
    /// <param name="toError">Makes the error from what is wrong.</param>
    public static MultiArray ToArray(IEnumerable list, Func<string, Exception> toError)
    {
        var shape = new List<long>();
        var leaves = new List<object>();
        Gather(list, 0, shape, leaves, toError);
        try
        {
            Array values = leaves.Any(leaf => leaf is string)
                ? leaves.Select(leaf => Convert.ToString(leaf, CultureInfo.InvariantCulture)).ToArray()
                : leaves.TrueForAll(leaf => leaf is sbyte or byte or short or ushort or int or uint or long or bool)
                    ? leaves.Select(leaf => Convert.ToInt64(leaf, CultureInfo.InvariantCulture)).ToArray()
                    : leaves.Select(leaf => leaf is Half half ? (double)half : Convert.ToDouble(leaf, CultureInfo.InvariantCulture)).ToArray();
            return new MultiArray(values, shape);
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException)
        {
            throw toError($"A list holds something that is no number and no text: {e.Message}");
        }
    }

    private static void Gather(IEnumerable list, int depth, List<long> shape, List<object> leaves, Func<string, Exception> toError)
    {
        if (depth >= DataLimits.MaximumRank)
        {
            throw toError($"Lists are nested more than {DataLimits.MaximumRank} deep.");
        }

        int slot = depth;
        if (shape.Count == depth)
        {
            shape.Add(-1);
        }

        long count = 0;
        bool hasLists = false, hasValues = false;
        foreach (object? item in list)
        {
            count++;
            if (item is IEnumerable inner and not string)
            {
                hasLists = true;
                Gather(inner, depth + 1, shape, leaves, toError);
            }
            else
            {
                hasValues = true;
                leaves.Add(item ?? throw toError("A list holds an empty value."));
            }
        }

        if ((hasLists && hasValues) || (hasValues && shape.Count > depth + 1) || (shape[slot] >= 0 && shape[slot] != count))
        {
            throw toError("Its lists are not equally long, so they have no shape.");
        }

        shape[slot] = count;
    }
}
