using System.Collections.Generic;

namespace CoreMLQuant.Recipes.Files;

/// <summary>Reads coremltools' two pruner configurations, with their names and defaults.</summary>
internal static class PrunerConfigs
{
    /// <summary>What pruning up to a threshold is called in a recipe.</summary>
    public const string ThresholdName = "OpThresholdPrunerConfig";

    /// <summary>What pruning to a sparsity is called in a recipe.</summary>
    public const string MagnitudeName = "OpMagnitudePrunerConfig";

    // coremltools' default: what is zero but for rounding.
    private const double DefaultThreshold = 1e-12;
    private const double DefaultMinimumSparsity = 0.5;

    public static WeightRecipe ReadThreshold(MapReader config) => new PruningRecipe
    {
        Threshold = config.Number("threshold") ?? DefaultThreshold,
        MinimumSparsity = config.Number("minimum_sparsity_percentile") ?? DefaultMinimumSparsity,
    };

    public static WeightRecipe? ReadMagnitude(MapReader config)
    {
        double? targetSparsity = config.Number("target_sparsity");
        IReadOnlyList<int>? ratio = config.Integers("n_m_ratio");
        int? blockSize = config.Integer("block_size", minimum: 2);
        int? axis = config.Integer("dim");
        if (config.Has("target_sparsity") == config.Has("n_m_ratio"))
        {
            config.Refuse(
                config.Has("n_m_ratio") ? "n_m_ratio" : "target_sparsity",
                config.Has("n_m_ratio") ? "target_sparsity and n_m_ratio cannot be combined. Keep one of them." : "either it or n_m_ratio is required.");
            return null;
        }

        if (ratio is not null && !(ratio.Count == 2 && ratio[0] <= ratio[1] && ratio[1] > 0))
        {
            config.Refuse("n_m_ratio", "the value must be two whole numbers [n, m], n no larger than m: of every m values, n become zero.");
            return null;
        }

        if (ratio is not null && blockSize is not null)
        {
            config.Refuse("block_size", "it applies to target_sparsity, not to n_m_ratio. Omit it.");
            return null;
        }

        return targetSparsity is null && ratio is null ? null : new PruningRecipe
        {
            TargetSparsity = targetSparsity,

            // coremltools counts the values that become zero, NonZeroRatio those that stay.
            NonZeroRatio = ratio is null ? null : new NonZeroRatio(ratio[1] - ratio[0], ratio[1]),
            BlockSize = blockSize ?? 1,
            Axis = axis,
        };
    }
}
