using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Recipes;

/// <summary>Pruning: small values become zero, and only the others are stored. Exactly one of threshold, target sparsity and ratio is set.</summary>
public sealed record PruningRecipe : WeightRecipe
{
    /// <summary>Magnitudes up to this become zero.</summary>
    public double? Threshold { get; init; }

    /// <summary>With a threshold: weights that would have a smaller share of zeros are skipped. 0 to 1.</summary>
    public double MinimumSparsity { get; init; } = 0.5;

    /// <summary>Share of values that become zero, smallest magnitudes first. 0 to 1.</summary>
    public double? TargetSparsity { get; init; }

    /// <summary>Keeps a number of values in every group.</summary>
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
            throw new RecipeException("Pruning requires exactly one of a threshold, a target sparsity and a ratio of non-zero values.", "Specify one of them.");
        }

        if (Threshold is { } threshold && !(threshold >= 0 && threshold <= double.MaxValue))
        {
            throw new RecipeException("A threshold must be finite and not negative.", "Use 0 to store only the non-zero values.");
        }

        if (TargetSparsity is { } target && !(target is >= 0 and <= 1))
        {
            throw new RecipeException("A target sparsity must be between 0 and 1.", "Use 0.5 for half of the values.");
        }

        if (MinimumSparsity is not (>= 0 and <= 1))
        {
            throw new RecipeException("A minimum sparsity must be between 0 and 1.", "Use 0 to prune every weight.");
        }

        if (NonZeroRatio is { } ratio && (ratio.NonZero < 0 || ratio.Of < 1 || ratio.NonZero > ratio.Of))
        {
            throw new RecipeException($"{ratio} is not a valid ratio: it keeps more values than there are.", "Use 2:4 to keep two of every four.");
        }

        if (BlockSize < 1 || (BlockSize > 1 && TargetSparsity is null))
        {
            throw new RecipeException("A block size must be at least 1 and requires a target sparsity.", "Omit it, or specify a target sparsity.");
        }

        if (Axis is not (null or 0 or 1) || (Axis is not null && NonZeroRatio is null && BlockSize == 1))
        {
            throw new RecipeException("An axis must be 0 or 1 and requires a block size or a ratio.", "Omit it.");
        }
    }
}
