using CoreMLQuant.Models;

namespace CoreMLQuant.Recipes.Files;

/// <summary>Reads coremltools' OpLinearQuantizerConfig, with its names and defaults.</summary>
internal static class LinearQuantizerConfig
{
    /// <summary>What it is called in a recipe.</summary>
    public const string Name = "OpLinearQuantizerConfig";

    public static WeightRecipe Read(MapReader config)
    {
        var recipe = new LinearQuantizationRecipe
        {
            Mode = config.Choice("mode", ("linear_symmetric", QuantizationMode.Symmetric), ("linear", QuantizationMode.Affine)) ?? QuantizationMode.Symmetric,
            Granularity = config.Choice("granularity", ("per_tensor", Granularity.PerTensor), ("per_channel", Granularity.PerChannel), ("per_block", Granularity.PerBlock))
                ?? Granularity.PerChannel,
            Fallback = Fallbacks.Read(config),
        };
        (RangeEstimator estimator, double percentile) = RangeEstimators.Read(config, RangeEstimator.MinMax);
        (int BitWidth, bool Unsigned) type = config.Choice("dtype", ("int8", (8, false)), ("uint8", (8, true)), ("int4", (4, false)), ("uint4", (4, true))) ?? (8, false);
        return recipe with
        {
            BitWidth = config.Integer("bits", minimum: 1) ?? type.BitWidth,
            Unsigned = type.Unsigned,
            BlockSize = config.Integers("block_size") ?? recipe.BlockSize,
            RangeEstimator = estimator,
            Percentile = percentile,
            ActOrder = config.Flag("act_order") ?? true,
            Int8MatrixMultiply = config.Flag("int8_matrix_multiply") ?? false,
        };
    }
}
