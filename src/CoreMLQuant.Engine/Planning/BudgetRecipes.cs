using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Planning;

/// <summary>What a budget chooses among when the recipe lists nothing: from nearly free to small.</summary>
internal static class BudgetRecipes
{
    /// <summary>From nearly free to small.</summary>
    public static readonly IReadOnlyList<WeightRecipe> Usual =
    [
        new LinearQuantizationRecipe(),
        new PalettizationRecipe { BitWidth = 8 },
        new PalettizationRecipe { BitWidth = 6 },
        new LinearQuantizationRecipe { BitWidth = 4, Granularity = Granularity.PerBlock, BlockSize = [32] },
        new PalettizationRecipe { BitWidth = 4 },
        new PalettizationRecipe { BitWidth = 4, GroupSize = 16 },
        new PalettizationRecipe { BitWidth = 3 },
        new PalettizationRecipe { BitWidth = 2 },
        new PalettizationRecipe { BitWidth = 1 },
    ];

    /// <summary>The encodings that a budget chooses among for a weight; those that its model does not have are left out by others.</summary>
    /// <param name="recipe">The budget, with the encodings as its steps; without steps, the usual ones.</param>
    /// <param name="rules">Notes which patterns are of any use.</param>
    /// <param name="isCalibrated">Whether the inputs of weights are known.</param>
    /// <param name="weight">Name of the weight.</param>
    /// <param name="consumers">Type and name of each operation or layer that uses it.</param>
    public static IEnumerable<WeightRecipe> For(
        OptimizationRecipe recipe, SelectionRules rules, bool isCalibrated, string weight, IReadOnlyList<(string Type, string Name)> consumers) =>
        Given(recipe, rules, weight, consumers).SelectMany(given => recipe.MinimumSnr is not null && isCalibrated ? WithAndWithoutInputs(given) : [given]);

    // What is best for the output of a layer moves its weights farther away, and a bound on the weights may not allow that.
    private static WeightRecipe[] WithAndWithoutInputs(WeightRecipe given) =>
        given.Method == CompressionMethod.Calibrated ? [given, given with { Method = CompressionMethod.RoundToNearest }] : [given];

    private static IEnumerable<WeightRecipe> Given(
        OptimizationRecipe recipe, SelectionRules rules, string weight, IReadOnlyList<(string Type, string Name)> consumers) => recipe.IsEmpty
        ? Usual.Select(usual => usual with
        {
            MinimumElementCount = recipe.MinimumElementCount,
            AllowOpsetUpgrade = recipe.AllowOpsetUpgrade,
            Method = recipe.Method,
            BiasCorrection = recipe.BiasCorrection,
        })
        : recipe.Steps.SelectMany(step => new RecipeSelection(recipe with { Steps = [step] }, rules).For(weight, consumers, out _));
}
