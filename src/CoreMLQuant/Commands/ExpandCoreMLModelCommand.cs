using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Conversion;
using CoreMLQuant.Recipes;
using CoreMLQuant.Results;

namespace CoreMLQuant.Commands;

/// <summary>Turns compressed weights back into plain floats.</summary>
[Cmdlet(VerbsData.Expand, "CoreMLModel", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ConversionResult), typeof(ConversionPlan))]
public sealed class ExpandCoreMLModelCommand : WeightConversionCommand
{
    /// <summary>
    /// Type of the floats. Source is the type that the operation or layer has now. If the operations that use a weight do not
    /// accept another type, the weight keeps its type, and the result says so.
    /// </summary>
    [Parameter]
    public ExpansionPrecision Precision { get; set; } = ExpansionPrecision.Source;

    /// <inheritdoc/>
    private protected override CompressionRecipe CreateRecipe() => new ExpansionRecipe { Precision = Precision };
}
