using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>How lookup tables are stored as integers.</summary>
/// <param name="Range">The integers.</param>
/// <param name="IsShared">Whether all tables of a weight have one scale; otherwise each has its own.</param>
internal sealed record TableQuantization(LinearRange Range, bool IsShared)
{
    // Below, a tensor stands in the specification, and a scale of its own takes what the integers save.
    private const long FewestValues = 10;

    /// <summary>Why tables are left as they are.</summary>
    public static readonly string TooSmall = $"its lookup tables have fewer than {FewestValues} values and are not quantized";

    /// <summary>Whether tables have enough values to be worth it.</summary>
    /// <param name="groups">Number of tables along each axis.</param>
    /// <param name="entries">Values of a table.</param>
    public static bool IsWorthwhile(IEnumerable<long> groups, long entries) => groups.Aggregate(entries, (product, count) => product * count) >= FewestValues;

    /// <summary>What a recipe makes of tables: one scale for all when it asks for one for the tensor, otherwise one for each.</summary>
    public static TableQuantization Of(LinearQuantizationRecipe recipe) =>
        new(new LinearRange(recipe.BitWidth, !recipe.Unsigned, recipe.Mode == QuantizationMode.Symmetric), recipe.Granularity == Granularity.PerTensor);
}
