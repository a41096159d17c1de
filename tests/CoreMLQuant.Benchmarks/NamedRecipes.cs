using System;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Benchmarks;

/// <summary>The recipes that are measured, by the names that the command line takes.</summary>
internal static class NamedRecipes
{
    /// <summary>The recipe of a name.</summary>
    public static CompressionRecipe Of(string name) => name switch
    {
        "fp16" => new Float16Recipe(),
        "weights" => new Float16Recipe { WeightsOnly = true },
        "int8" => new LinearQuantizationRecipe { AllowOpsetUpgrade = true },
        "int4" => new LinearQuantizationRecipe { BitWidth = 4, Granularity = Granularity.PerBlock, Fallback = BlockFallback.PerChannel, AllowOpsetUpgrade = true },
        "prune" => new PruningRecipe { TargetSparsity = 0.5, AllowOpsetUpgrade = true },
        "pal4" => new PalettizationRecipe { AllowOpsetUpgrade = true },
        "pal6" => new PalettizationRecipe { BitWidth = 6, AllowOpsetUpgrade = true },
        "expand" => new ExpansionRecipe(),
        _ => throw new ArgumentException($"'{name}' is not one of fp16, weights, int8, int4, prune, pal4, pal6, expand.", nameof(name)),
    };
}
