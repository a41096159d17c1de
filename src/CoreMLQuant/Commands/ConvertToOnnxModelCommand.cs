using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Completers;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Loading;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx;
using CoreMLQuant.Onnx.Files;
using CoreMLQuant.Running;
using IOPath = System.IO.Path;

namespace CoreMLQuant.Commands;

/// <summary>Converts Core ML models to ONNX: ML Programs and NeuralNetworks, compressed ones too.</summary>
[Cmdlet(VerbsData.ConvertTo, "OnnxModel", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType("CoreMLQuant.Onnx.Files.OnnxConversion")] // By its name: the type would load the translator with every import.
public sealed class ConvertToOnnxModelCommand : OutputCommand
{
    private IModelRuntime? _runtime;

    /// <summary>Version of ONNX's operators.</summary>
    [Parameter]
    [ValidateRange(TranslationOptions.OldestOpset, TranslationOptions.NewestOpset)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public int Opset { get; set; } = new TranslationOptions().Opset;

    /// <summary>Program rounds every FP16 value as the model says, with a cast to FP16 and back; Float32 computes in FP32 throughout.</summary>
    [Parameter]
    public RunArithmetic Arithmetic { get; set; }

    /// <summary>Function of an ML Program. Without it, the default one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Function { get; set; }

    /// <summary>
    /// Keeps weights compressed: linearly quantized ones as DequantizeLinear, palettized ones as Gather from their tables, FP16 ones as FP16. Others are
    /// decoded. Integers of 4 bits and blocks need opset 21, which is then used in place of an older one.
    /// </summary>
    [Parameter]
    public SwitchParameter KeepCompressed { get; set; }

    /// <summary>Runs both on the same random input and tells how far the outputs are apart; needs the module CoreMLQuant.Runtime.</summary>
    [Parameter]
    public SwitchParameter Verify { get; set; }

    private protected override IReadOnlyList<string> Extensions => [OnnxModelFile.Extension];

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        try
        {
            _runtime = Verify ? RuntimeLoader.Load() : null;
        }
        catch (RuntimeNotAvailableException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, ErrorIds.RuntimeNotAvailable, ErrorCategory.NotInstalled, null));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessModel(string path)
    {
        if (TakeTarget(path, OnnxModelFile.Extension) is not { } target)
        {
            return;
        }

        using ModelFile? file = Run((_, token) => ModelFile.Open(path, FollowLinks, token), e => e.ToReadError(path));
        var options = new TranslationOptions { Opset = Opset, Arithmetic = Arithmetic, Function = Function, KeepsCompressed = KeepCompressed };
        OnnxTranslation? translation = file is null ? null : Run((_, token) => OnnxTranslator.Translate(file, options, token), e => e.ToReadError(path));
        if (translation is null || !ShouldProcess(target, $"Convert '{path}' to ONNX, opset {translation.Opset.ToString(CultureInfo.InvariantCulture)}"))
        {
            return;
        }

        if (translation.Opset > Opset)
        {
            WriteWarning(string.Format(
                CultureInfo.InvariantCulture, "'{0}': its compressed weights need opset {1}, which is used in place of {2}. Without -KeepCompressed, {2} is enough.", path, translation.Opset, Opset));
        }

        OnnxConversion? conversion = Run(
            (_, token) => NewFolder.With(IOPath.GetDirectoryName(target)!, () => OnnxModelFile.Save(file!, translation, target, OutputOptions, token)),
            e => e.ToWriteError(path));
        if (conversion is not null)
        {
            foreach (string note in conversion.Notes)
            {
                WriteVerbose($"'{target}': {note}.");
            }

            WriteObject(_runtime is { } runtime ? Run((_, token) => Verified(runtime, conversion, token), e => e.ToReadError(target)) ?? conversion : conversion);
        }
    }

    private OnnxConversion Verified(IModelRuntime runtime, OnnxConversion conversion, CancellationToken cancellationToken)
    {
        var settings = new RunSettings { FollowLinks = FollowLinks, Function = Function, Arithmetic = Arithmetic };
        using IRunnableModel model = runtime.Open(conversion.SourcePath, settings, cancellationToken);
        using IRunnableModel onnx = runtime.OpenOnnx(conversion.Path, conversion.SourcePath, settings, cancellationToken);
        ComparedOutputs compared = OutputComparer.Compare(
            sample => model.Run(sample, cancellationToken), onnx, runtime.DrawSamples(model.Features, seed: 0, count: 1), cancellationToken: cancellationToken);
        return conversion with { Snr = compared.MinSnr };
    }
}
