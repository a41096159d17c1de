using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Conversion;
using CoreMLQuant.Recipes;
using CoreMLQuant.Results;

namespace CoreMLQuant.Commands;

/// <summary>Writes compiled models and .mlmodel files as .mlpackage folders; nothing in the model changes.</summary>
[Cmdlet(VerbsData.ConvertTo, "CoreMLPackage", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ConversionResult), typeof(ConversionPlan))]
public sealed class ConvertToCoreMLPackageCommand : ConversionCommand
{
    /// <inheritdoc/>
    private protected override CompressionRecipe CreateRecipe() => new PackagingRecipe();
}
