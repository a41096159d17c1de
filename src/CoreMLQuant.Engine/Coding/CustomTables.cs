using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Coding;

/// <summary>Calls a lookup table function and holds it to its word: what it gives is written into a model, so nothing is taken on trust.</summary>
internal static class CustomTables
{
    /// <summary>The table and indices that a function finds for a weight.</summary>
    /// <param name="function">The function.</param>
    /// <param name="values">The weight's values, in C order.</param>
    /// <param name="bitWidth">Bits of an index.</param>
    /// <param name="weight">The weight's name, for the error.</param>
    /// <exception cref="RecipeException">The function failed, or gave no table for these values.</exception>
    public static CustomLookupTable Find(LookupTableFunction function, IReadOnlyList<float> values, int bitWidth, string weight)
    {
        CustomLookupTable found;
        try
        {
            found = function(values, bitWidth);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new RecipeException($"The lookup table function failed for weight '{weight}': {e.Message}", "Correct the function, or exclude the weight with -Exclude.", e);
        }

        if (Problem(found, values.Count, bitWidth) is { } problem)
        {
            throw new RecipeException(
                $"The lookup table function returned no valid table for weight '{weight}': {problem}.",
                "Correct the function. Nothing was written.");
        }

        return found;
    }

    private static string? Problem(CustomLookupTable found, int count, int bitWidth)
    {
        int entries = found.Table.Count;
        if (entries == 0 || entries > 1 << bitWidth)
        {
            return Invariant($"the table has {entries} entries, but {bitWidth} bits allow 1 to {1 << bitWidth}");
        }

        if (found.Indices.Count != count)
        {
            return Invariant($"there are {found.Indices.Count} indices for {count} values");
        }

        if (found.Table.Any(entry => float.IsNaN(entry) || float.IsInfinity(entry)))
        {
            return "the table contains an entry that is not finite";
        }

        for (int i = 0; i < count; i++)
        {
            if ((uint)found.Indices[i] >= (uint)entries)
            {
                return Invariant($"index {found.Indices[i]} of value {i} is outside the table of {entries} entries");
            }
        }

        return null;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
