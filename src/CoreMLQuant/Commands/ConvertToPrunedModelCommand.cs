using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Conversion;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Commands;

/// <summary>Prunes weights: small values become zero, and only the others are stored.</summary>
[Cmdlet(VerbsData.ConvertTo, "PrunedModel", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ConversionResult))]
public sealed class ConvertToPrunedModelCommand : WeightRecipeCommand
{
    /// <summary>Share of values that become zero, smallest magnitudes first: 0 to 1.</summary>
    [Parameter]
    public double? TargetSparsity { get; set; }

    /// <summary>Magnitudes up to this become zero.</summary>
    [Parameter]
    public double? Threshold { get; set; }

    /// <summary>With -Threshold: a weight that would have a smaller share of zeros is left alone. 0 to 1.</summary>
    [Parameter]
    public double MinimumSparsity { get; set; } = 0.5;

    /// <summary>So many values of every so many stay: <c>2:4</c>.</summary>
    [Parameter]
    public NonZeroRatio? NonZeroRatio { get; set; }

    /// <summary>With -TargetSparsity: values along the axis that are kept or pruned together.</summary>
    [Parameter]
    public int BlockSize { get; set; } = 1;

    /// <summary>Axis of blocks and ratios: 0 for output channels (what blocks take by default), 1 for input channels (what ratios take).</summary>
    [Parameter]
    public int? Axis { get; set; }

    /// <inheritdoc/>
    private protected override CompressionRecipe CreateRecipe()
    {
        if (IsGiven(nameof(MinimumSparsity)) && Threshold is null)
        {
            throw new RecipeException("A minimum sparsity goes with a threshold.", "Give -Threshold too, or leave out -MinimumSparsity.");
        }

        return Common(new PruningRecipe
        {
            Threshold = Threshold,
            MinimumSparsity = MinimumSparsity,
            TargetSparsity = TargetSparsity,
            NonZeroRatio = NonZeroRatio,
            BlockSize = BlockSize,
            Axis = Axis,
        });
    }
}
