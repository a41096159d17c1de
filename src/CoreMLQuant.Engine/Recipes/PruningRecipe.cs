using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Recipes;

/// <summary>Pruning: small values become zero, and only the others are stored. Exactly one of threshold, target sparsity and ratio is set.</summary>
public sealed record PruningRecipe : WeightRecipe
{
    /// <summary>Magnitudes up to this become zero.</summary>
    public double? Threshold { get; init; }

    /// <summary>With a threshold: weights that would have a smaller share of zeros are left alone. 0 to 1.</summary>
    public double MinimumSparsity { get; init; } = 0.5;

    /// <summary>Share of values that become zero, smallest magnitudes first. 0 to 1.</summary>
    public double? TargetSparsity { get; init; }

    /// <summary>So many values of every so many may stay.</summary>
    public NonZeroRatio? NonZeroRatio { get; init; }

    /// <summary>With a target sparsity: values along <see cref="Axis"/> that are kept or pruned together, by their L2 norm; 1 means single values.</summary>
    public int BlockSize { get; init; } = 1;

    /// <summary>Axis of blocks and ratios, 0 (output channels) or 1; <see langword="null"/> means 0 for blocks and 1 for ratios.</summary>
    public int? Axis { get; init; }

    /// <summary>
    /// Blocks and ratios for the weights of any operation, along their axes as they are stored; otherwise only for those of
    /// <c>conv</c> and <c>linear</c>. Set for weights that a configuration names.
    /// </summary>
    public bool AnyOperation { get; init; }

    /// <inheritdoc/>
    public override string Description => Threshold is { } threshold
        ? $"pruned up to {threshold.ToString("G6", CultureInfo.InvariantCulture)}"
        : NonZeroRatio is { } ratio ? $"pruned {ratio}"
        : $"pruned to {((TargetSparsity ?? 0) * 100).ToString("0.##", CultureInfo.InvariantCulture)} % zeros"
            + (BlockSize > 1 ? $" in blocks of {BlockSize.ToString(CultureInfo.InvariantCulture)}" : string.Empty);

    /// <inheritdoc/>
    public override string FileSuffix => "_pruned";

    /// <inheritdoc/>
    public override void Validate()
    {
        if (new object?[] { Threshold, TargetSparsity, NonZeroRatio }.Count(way => way is not null) != 1)
        {
            throw new RecipeException("Pruning takes exactly one of a threshold, a target sparsity and a ratio of non-zero values.", "Give one of them.");
        }

        if (Threshold is { } threshold && !(threshold >= 0 && threshold <= double.MaxValue))
        {
            throw new RecipeException("A threshold is a magnitude: finite and not negative.", "Give 0 to store only the non-zero values.");
        }

        if (TargetSparsity is { } target && !(target is >= 0 and <= 1))
        {
            throw new RecipeException("A target sparsity is a share between 0 and 1.", "Give 0.5 for half of the values.");
        }

        if (MinimumSparsity is not (>= 0 and <= 1))
        {
            throw new RecipeException("A minimum sparsity is a share between 0 and 1.", "Give 0 to prune every weight.");
        }

        if (NonZeroRatio is { } ratio && (ratio.NonZero < 0 || ratio.Of < 1 || ratio.NonZero > ratio.Of))
        {
            throw new RecipeException($"{ratio} is no ratio: no more values can stay than there are.", "Give 2:4 to keep two of every four.");
        }

        if (BlockSize < 1 || (BlockSize > 1 && TargetSparsity is null))
        {
            throw new RecipeException("A block size goes with a target sparsity and is at least 1.", "Leave it out, or give a target sparsity.");
        }

        if (Axis is not (null or 0 or 1) || (Axis is not null && NonZeroRatio is null && BlockSize == 1))
        {
            throw new RecipeException("An axis, 0 or 1, goes with a block size or a ratio.", "Leave it out.");
        }
    }
}
