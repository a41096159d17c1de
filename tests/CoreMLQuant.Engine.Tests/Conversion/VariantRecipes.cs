using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>What coremltools was asked for, by the name of a fixture's variant (see tests/fixtures/README.md), in our words.</summary>
internal static class VariantRecipes
{
    /// <summary>The steps of a variant; none for variants that are no compression by one rule for all weights.</summary>
    public static IReadOnlyList<WeightRecipe> Of(string variant)
    {
        string[] words = Path.GetFileNameWithoutExtension(variant).Split('_').Where(word => word is not ("merged" or "stages")).ToArray();
        return words[0] == "joint" ? words.Skip(1).Select(word => Of([word])).OfType<WeightRecipe>().ToArray()
            : Of(words) is { } recipe ? [recipe]
            : [];
    }

    /// <summary>One recipe for a variant.</summary>
    public static CompressionRecipe Recipe(string variant) => Of(variant) is [var only]
        ? only
        : new OptimizationRecipe { Steps = Of(variant).Select(recipe => new OptimizationStep { Global = recipe }).ToArray() };

    private static WeightRecipe? Of(string[] words) => words[0] switch
    {
        "q8lut" => new LinearQuantizationRecipe { Granularity = Granularity.PerTensor },
        ['q', var bits, .. var mode] when char.IsDigit(bits) => words.Skip(1).Aggregate(
            new LinearQuantizationRecipe
            {
                BitWidth = bits - '0',
                Mode = mode == "lin" ? QuantizationMode.Affine : QuantizationMode.Symmetric,
            },
            Quantization),
        "pal" => new PalettizationRecipe { Mode = PalettizationMode.Unique },
        ['p', 'a', 'l', var bits] => words.Skip(1).Aggregate(new PalettizationRecipe { BitWidth = bits - '0' }, Palettization),
        "prune50" => new PruningRecipe { TargetSparsity = 0.5 },
        "prune" => Pruning(string.Join("_", words.Skip(1))),
        _ => null,
    };

    private static LinearQuantizationRecipe Quantization(LinearQuantizationRecipe recipe, string word) => word switch
    {
        "tensor" => recipe with { Granularity = Granularity.PerTensor },
        "channel" => recipe,
        "uint8" or "uint4" => recipe with { Unsigned = true },
        ['t', 'h', 'r', .. var threshold] => recipe with { MinimumElementCount = long.Parse(threshold) },
        ['b', 'l', 'o', 'c', 'k', .. var size] => recipe with { Granularity = Granularity.PerBlock, BlockSize = [int.Parse(size)] },
        _ => throw new InvalidOperationException(word),
    };

    private static PalettizationRecipe Palettization(PalettizationRecipe recipe, string word) => word switch
    {
        "kmeans" => recipe,
        "uniform" => recipe with { Mode = PalettizationMode.Uniform },
        "pcs" => recipe with { PerChannelScale = true },
        "axis0" => recipe with { ChannelAxis = 0 },
        ['v', 'e', 'c', .. var size] => recipe with { VectorSize = int.Parse(size) },
        ['g', 'r', 'o', 'u', 'p', .. var size] => recipe with { GroupSize = int.Parse(size) },
        _ => throw new InvalidOperationException(word),
    };

    // The thresholds of prune_thr are not told.
    private static PruningRecipe? Pruning(string words) => words switch
    {
        "mag50" => new PruningRecipe { TargetSparsity = 0.5 },
        "mag75" => new PruningRecipe { TargetSparsity = 0.75 },
        "nm24" => new PruningRecipe { NonZeroRatio = new NonZeroRatio(2, 4) },
        "nm34_dim0" => new PruningRecipe { NonZeroRatio = new NonZeroRatio(1, 4), Axis = 0 },
        "block4" => new PruningRecipe { TargetSparsity = 0.5, BlockSize = 4 },
        "block2_dim1" => new PruningRecipe { TargetSparsity = 0.4, BlockSize = 2, Axis = 1 },
        "thr_default" => new PruningRecipe { Threshold = 1e-12 },
        _ => null,
    };
}
