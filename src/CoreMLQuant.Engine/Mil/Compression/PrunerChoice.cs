using System.Linq;
using CoreMLQuant.Coding;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors.Pruning;

namespace CoreMLQuant.Mil.Compression;

/// <summary>The pruner for a weight, or why there is none.</summary>
/// <param name="Pruner">The pruner; <see langword="null"/> when the weight is left.</param>
/// <param name="Reason">Why it is left.</param>
internal readonly record struct PrunerChoice(Pruner? Pruner, string Reason)
{
    /// <summary>Chooses.</summary>
    public static PrunerChoice Of(PruningRecipe recipe, OperationNode node, System.Collections.Generic.IReadOnlyList<long> shape)
    {
        if (recipe.Threshold is { } threshold)
        {
            return new PrunerChoice(new ThresholdPruner((float)threshold), string.Empty);
        }

        bool isStructured = recipe.NonZeroRatio is not null || recipe.BlockSize > 1;
        if (isStructured && !recipe.AnyOperation && node.Outputs[0].Uses.FirstOrDefault(use => use is not { Consumer.Type: "conv" or "linear", Parameter: "weight" }) is { Consumer: { } other })
        {
            return new PrunerChoice(null, $"is used by {other.Type}; blocks and ratios apply only to the weights of conv and linear, and to weights that the configuration names");
        }

        int axis = recipe.Axis ?? (recipe.NonZeroRatio is null ? 0 : 1);
        int together = recipe.NonZeroRatio?.Of ?? recipe.BlockSize;
        if (isStructured && together * 2L > shape[axis])
        {
            return new PrunerChoice(null, $"has the size {shape[axis]} along axis {axis}, less than two groups of {together}");
        }

        long count = shape.Aggregate(1L, (product, dimension) => product * dimension);
        return new PrunerChoice(
            recipe.NonZeroRatio is { } ratio ? new RatioPruner(shape, axis, ratio.NonZero, ratio.Of)
            : isStructured ? new BlockPruner(shape, axis, together, recipe.TargetSparsity!.Value)
            : new MagnitudePruner(Share.Of(recipe.TargetSparsity!.Value, count)),
            string.Empty);
    }

    /// <summary>How compensated pruning chooses the values that become zero.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="layer">The layer of the weight.</param>
    /// <param name="zeroCount">Number of zeros that there will be.</param>
    public static MaskRule RuleOf(PruningRecipe recipe, WeightLayer layer, long zeroCount) =>
        recipe is { TargetSparsity: not null, BlockSize: 1 } ? new MaskRule.Cheapest(zeroCount)
        : recipe.NonZeroRatio is { } ratio && layer.Layout.IsInputAxis(recipe.Axis ?? 1, layer.OutputAxis) ? new MaskRule.Ratio(recipe.Axis ?? 1, ratio.NonZero, ratio.Of)
        : new MaskRule.AsPruned();
}
