using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Completers;
using CoreMLQuant.Conversion;
using CoreMLQuant.Recipes;
using CoreMLQuant.Results;

namespace CoreMLQuant.Commands;

/// <summary>Prunes weights: small values become zero, and only the others are stored.</summary>
[Cmdlet(VerbsData.ConvertTo, "PrunedModel", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ConversionResult), typeof(ConversionPlan))]
public sealed class ConvertToPrunedModelCommand : WeightRecipeCommand
{
    /// <summary>Share of values to set to zero, smallest magnitudes first: 0 to 1.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double? TargetSparsity { get; set; }

    /// <summary>Sets values with a magnitude up to this value to zero.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double? Threshold { get; set; }

    /// <summary>With -Threshold: skips weights that would have a smaller share of zeros. 0 to 1.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double MinimumSparsity { get; set; } = 0.5;

    /// <summary>Number of values to keep in every group of values: <c>2:4</c> keeps two of every four.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public NonZeroRatio? NonZeroRatio { get; set; }

    /// <summary>With -TargetSparsity: values along the axis that are kept or pruned together.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public int BlockSize { get; set; } = 1;

    /// <summary>Axis of blocks and ratios: 0 for output channels (the default for blocks), 1 for input channels (the default for ratios).</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public int? Axis { get; set; }

    /// <inheritdoc/>
    private protected override CompressionRecipe CreateRecipe()
    {
        if (IsGiven(nameof(MinimumSparsity)) && Threshold is null)
        {
            throw new RecipeException("A minimum sparsity requires a threshold.", "Specify -Threshold, or omit -MinimumSparsity.");
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
