using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Comparison;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Completers;
using CoreMLQuant.Errors;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;
using CoreMLQuant.Running;

namespace CoreMLQuant.Commands;

/// <summary>Compares two models: versions, interface, operations, bytes, and the error of each weight.</summary>
[Cmdlet(VerbsData.Compare, "CoreMLModel", DefaultParameterSetName = PathSet)]
[OutputType(typeof(ModelComparison))]
public sealed class CompareCoreMLModelCommand : ModelRunCommand
{
    private const string PathSet = "Path";
    private const string ModelSet = "Model";

    private bool _runsModels;
    private OutputRequest? _request;

    /// <summary>The reference model: a path, or a wildcard that matches one. The result of a conversion provides its source.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [ModelPathArgument]
    [Alias("SourcePath")]
    [ValidateNotNullOrEmpty]
    public string ReferencePath { get; set; } = string.Empty;

    /// <summary>The model to compare with the reference. The result of a conversion, a model and a file provide their path.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [ModelPathArgument]
    [Alias("Path", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string DifferencePath { get; set; } = string.Empty;

    /// <summary>The reference model, as returned by Get-CoreMLModel.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ModelSet)]
    [ValidateNotNull]
    public CoreMLModel? ReferenceModel { get; set; }

    /// <summary>The model to compare with the reference, as returned by Get-CoreMLModel.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ModelSet)]
    [ValidateNotNull]
    public CoreMLModel? DifferenceModel { get; set; }

    /// <summary>Writes an error for each weight with a signal-to-noise ratio below this value, in dB.</summary>
    [Parameter]
    [ValidateRange(-1000.0, 1000.0)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double? FailBelowSnr { get; set; }

    /// <summary>An .npz file with outputs that were recorded elsewhere, by output name: they are taken for right instead of what the reference computes.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ExpectedPath { get; set; }

    /// <summary>Compares intermediate values as well, where both models have one of the same name: shows where the error begins.</summary>
    [Parameter]
    public SwitchParameter Layer { get; set; }

    /// <summary>Writes an error for each output whose signal-to-noise ratio over all samples is lower than so many dB.</summary>
    [Parameter]
    [ValidateRange(-1000.0, 1000.0)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double? FailBelowOutputSnr { get; set; }

    /// <summary>Writes an error for each output whose label, or most probable class, is the reference's in a smaller share of the samples, 0 to 1.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double? FailBelowAgreement { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _runsModels = ReadInputParameters();
        string[] needInput = new[] { nameof(ExpectedPath), nameof(Layer), nameof(FailBelowOutputSnr), nameof(FailBelowAgreement) }
            .Where(MyInvocation.BoundParameters.ContainsKey).ToArray();
        if (!_runsModels && needInput.Length > 0)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorIds.IncompatibleParameters,
                ErrorCategory.InvalidArgument,
                null,
                $"-{needInput[0]} is about outputs, and there are no inputs to compute them from. Use -InputPath, -InputObject or -RandomInput."));
        }

        if (_runsModels)
        {
            RequireRuntime();
            string? expected = ExpectedPath is null ? null : ResolveOne(ExpectedPath);
            _request = new OutputRequest(Runtime, Settings, GivenSamples, expected, Layer);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isModel = ParameterSetName == ModelSet;
        string? reference = isModel ? ReferenceModel!.Path : ResolveOne(ReferencePath), difference = isModel ? DifferenceModel!.Path : ResolveOne(DifferencePath);
        if (reference is not null && difference is not null && Compare(reference, difference) is { } comparison)
        {
            comparison = comparison with { ComparedOutputs = CompareOutputs(reference, difference) };
            WriteObject(comparison);
            Judge(comparison);
            JudgeOutputs(comparison);
        }
    }

    private ModelComparison? Compare(string referencePath, string differencePath)
    {
        using ModelFile? reference = Run((_, token) => ModelFile.Open(referencePath, FollowLinks, token), e => e.ToReadError(referencePath));
        using ModelFile? difference = reference is null ? null : Run((_, token) => ModelFile.Open(differencePath, FollowLinks, token), e => e.ToReadError(differencePath));
        if (reference is null || difference is null)
        {
            return null;
        }

        ProgressReporter? progress = null;
        ModelComparison? comparison = Run(
            (post, token) => ModelComparer.Compare(reference, difference, progress = new ProgressReporter(this, "Comparing Core ML models", post), token),
            e => e.ToReadError((e as CoreMLFormatException)?.File ?? differencePath));
        progress?.Complete();
        return comparison;
    }

    private void Judge(ModelComparison comparison)
    {
        foreach (UnpairedWeight weight in comparison.OnlyInReference)
        {
            WriteVerbose($"Only in '{comparison.ReferencePath}': {weight}.");
        }

        foreach (UnpairedWeight weight in comparison.OnlyInDifference)
        {
            WriteVerbose($"Only in '{comparison.DifferencePath}': {weight}.");
        }

        if (FailBelowSnr is not { } least)
        {
            return;
        }

        int alone = comparison.OnlyInReference.Concat(comparison.OnlyInDifference).Count(weight => !weight.IsFolded);
        if (alone > 0)
        {
            WriteWarning($"'{comparison.DifferencePath}': {alone.ToString(CultureInfo.InvariantCulture)} weights have no counterpart and were not compared; "
                + "OnlyInReference and OnlyInDifference list them with the reasons.");
        }

        foreach (WeightComparison weight in comparison.Weights.Where(weight => weight.Snr < least))
        {
            WriteError(ErrorRecords.Create(
                ErrorIds.WeightBelowSnr,
                ErrorCategory.InvalidResult,
                weight,
                $"'{comparison.DifferencePath}': weight '{weight.DifferenceName}' ({weight.OpType} '{weight.OpName}', {weight.ReferenceEncoding} -> {weight.DifferenceEncoding}) "
                + $"has a signal-to-noise ratio of {DisplayText.Decibels(weight.Snr)}, below {DisplayText.Decibels(least)}. Use more bits or finer scales, or exclude it."));
        }
    }

    private ComparedOutputs? CompareOutputs(string referencePath, string differencePath)
    {
        if (_request is not { } request)
        {
            return null;
        }

        SampleProgress? progress = null;
        ComparedOutputs? outputs = Run(
            (post, token) => request.Run(referencePath, differencePath, progress = new SampleProgress(this, "Comparing outputs", post), token),
            e => e.ToReadError(differencePath));
        progress?.Complete();
        return outputs;
    }

    private void JudgeOutputs(ModelComparison comparison)
    {
        foreach (string problem in comparison.ComparedOutputs?.NotCompared ?? [])
        {
            WriteWarning($"'{comparison.DifferencePath}': output not compared: {problem}");
        }

        foreach (string warning in comparison.ComparedOutputs?.Warnings ?? [])
        {
            WriteWarning($"'{comparison.DifferencePath}': {warning}");
        }

        foreach (OutputComparison output in comparison.Outputs)
        {
            string what = $"'{comparison.DifferencePath}': output '{output.Name}'";
            if (output.Snr < FailBelowOutputSnr)
            {
                WriteError(ErrorRecords.Create(
                    ErrorIds.OutputBelowSnr,
                    ErrorCategory.InvalidResult,
                    output,
                    $"{what} has a signal-to-noise ratio of {DisplayText.Decibels(output.Snr)}, below {DisplayText.Decibels(FailBelowOutputSnr)}; the worst sample is '{output.WorstSample}'."));
            }

            if (output.Top1Agreement < FailBelowAgreement)
            {
                WriteError(ErrorRecords.Create(
                    ErrorIds.OutputBelowAgreement,
                    ErrorCategory.InvalidResult,
                    output,
                    $"{what} agrees with the reference in {DisplayText.Percent(output.Top1Agreement)} of {output.Samples.Count.ToString(CultureInfo.InvariantCulture)} samples, below {DisplayText.Percent(FailBelowAgreement)}."));
            }
        }
    }

    private string? ResolveOne(string text)
    {
        IReadOnlyCollection<string> found = ResolveModels(text);
        if (found.Count > 1)
        {
            WriteError(ErrorRecords.Create(
                ErrorIds.InvalidPath,
                ErrorCategory.InvalidArgument,
                text,
                $"'{text}' matches {found.Count.ToString(CultureInfo.InvariantCulture)} items. Specify one model on each side."));
            return null;
        }

        if (found.Count == 0 && WildcardPattern.ContainsWildcardCharacters(text))
        {
            WriteError(ErrorRecords.Create(ErrorIds.InvalidPath, ErrorCategory.InvalidArgument, text, $"'{text}' matches no model."));
        }

        return found.FirstOrDefault();
    }
}
