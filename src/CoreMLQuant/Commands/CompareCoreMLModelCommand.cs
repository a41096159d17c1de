using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Comparison;
using CoreMLQuant.Errors;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;

namespace CoreMLQuant.Commands;

/// <summary>Compares two models: versions, interface, operations, bytes, and the error of each weight.</summary>
[Cmdlet(VerbsData.Compare, "CoreMLModel", DefaultParameterSetName = PathSet)]
[OutputType(typeof(ModelComparison))]
public sealed class CompareCoreMLModelCommand : EngineCommand
{
    private const string PathSet = "Path";
    private const string ModelSet = "Model";

    /// <summary>The reference model: a path, or a wildcard that matches one. The result of a conversion provides its source.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [Alias("SourcePath")]
    [ValidateNotNullOrEmpty]
    public string ReferencePath { get; set; } = string.Empty;

    /// <summary>The model to compare with the reference. The result of a conversion, a model and a file provide their path.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
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
    public double? FailBelowSnr { get; set; }

    /// <summary>
    /// Follows links that lead out of a model. Without it, links to files in the same package or Hugging Face cache are followed, and others
    /// are an error. Links to folders never are.
    /// </summary>
    [Parameter]
    public SwitchParameter FollowLinks { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isModel = ParameterSetName == ModelSet;
        string? reference = isModel ? ReferenceModel!.Path : Resolve(ReferencePath), difference = isModel ? DifferenceModel!.Path : Resolve(DifferencePath);
        if (reference is not null && difference is not null && Compare(reference, difference) is { } comparison)
        {
            WriteObject(comparison);
            Judge(comparison);
        }
    }

    private ModelComparison? Compare(string referencePath, string differencePath)
    {
        using ModelFile? reference = Run((_, _) => ModelFile.Open(referencePath, FollowLinks), e => e.ToReadError(referencePath));
        using ModelFile? difference = reference is null ? null : Run((_, _) => ModelFile.Open(differencePath, FollowLinks), e => e.ToReadError(differencePath));
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

    // What stands there is taken as it stands, brackets and all; what does not may be a wildcard for one model.
    private string? Resolve(string text)
    {
        try
        {
            string literal = SessionState.Path.Literal(text);
            if (!WildcardPattern.ContainsWildcardCharacters(text) || File.Exists(literal) || Directory.Exists(literal))
            {
                return ModelPaths.ContainingPackage(literal) ?? literal;
            }

            IReadOnlyCollection<string> found = SessionState.Path.Expand(text);
            if (found.Count == 1)
            {
                return found.First();
            }

            WriteError(ErrorRecords.Create(
                ErrorIds.InvalidPath,
                ErrorCategory.InvalidArgument,
                text,
                $"'{text}' matches {found.Count.ToString(CultureInfo.InvariantCulture)} items. Specify one model on each side."));
        }
        catch (PathException e)
        {
            WriteError(e.Error);
        }

        return null;
    }
}
