using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Completers;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Recipes;
using CoreMLQuant.Results;

namespace CoreMLQuant.Commands;

/// <summary>Converts models to FP16: half the bytes, about three significant digits.</summary>
[Cmdlet(VerbsData.ConvertTo, "Fp16Model", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ConversionResult), typeof(ConversionPlan))]
public sealed class ConvertToFp16ModelCommand : WeightConversionCommand
{
    /// <summary>Stores weights in FP16 and still computes in FP32 (ML Programs; for a NeuralNetwork, FP16 always affects only storage).</summary>
    [Parameter]
    public SwitchParameter WeightsOnly { get; set; }

    /// <summary>Operations and weights that stay FP32. Uses the same patterns as -Include.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(OperationCompleter))]
    public string[] KeepFloat32 { get; set; } = [];

    /// <summary>Element type of the FP32 multi-array inputs and outputs after the conversion. Float16 cannot be combined with -WeightsOnly.</summary>
    [Parameter]
    public FeaturePrecision InputOutputPrecision { get; set; } = FeaturePrecision.Float32;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // One keeps the whole interface, the other changes it: whichever were obeyed, the caller would get what was not asked for.
        if (WeightsOnly && InputOutputPrecision == FeaturePrecision.Float16)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorIds.IncompatibleParameters,
                ErrorCategory.InvalidArgument,
                null,
                "-WeightsOnly keeps computation, inputs and outputs in FP32 and cannot be combined with -InputOutputPrecision Float16. "
                + "Omit -WeightsOnly to compute in FP16 with FP16 inputs and outputs, or omit -InputOutputPrecision to keep both in FP32."));
        }

        base.BeginProcessing();
    }

    /// <inheritdoc/>
    private protected override CompressionRecipe CreateRecipe() => new Float16Recipe
    {
        WeightsOnly = WeightsOnly,
        KeepFloat32 = NamePatterns.Parse(KeepFloat32),
        InputOutputPrecision = InputOutputPrecision,
    };
}
