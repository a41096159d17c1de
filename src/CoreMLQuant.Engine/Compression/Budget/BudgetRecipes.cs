using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Compression.Budget;

/// <summary>What a budget chooses among when the recipe lists nothing: from nearly free to small.</summary>
internal static class BudgetRecipes
{
    private static readonly WeightRecipe[] Usual =
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

    /// <summary>The encodings; those that a model's opset does not have are left out, unless the recipe lets it rise.</summary>
    public static IEnumerable<WeightRecipe> For(OptimizationRecipe recipe) => Usual.Select(usual => usual with
    {
        MinimumElementCount = recipe.MinimumElementCount,
        AllowOpsetUpgrade = recipe.AllowOpsetUpgrade,
    });
}
