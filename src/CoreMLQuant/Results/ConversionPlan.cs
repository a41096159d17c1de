using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Results;

/// <summary>What a conversion would do, as -WhatIf shows it and -PlanOnly returns it; nothing of it is done.</summary>
public sealed record ConversionPlan
{
    internal ConversionPlan(CompressionPlan plan, string destinationPath)
    {
        SourcePath = plan.SourcePath;
        DestinationPath = destinationPath;
        Format = plan.Format.ToString();
        Recipe = plan.Description;
        HasChanges = plan.HasChanges;
        Before = plan.SizeBefore;
        After = plan.SizeAfter;
        Converted = plan.ConvertedCount;
        Skipped = plan.Weights.Count - plan.ConvertedCount;
        SpecificationVersionBefore = plan.SpecificationVersionBefore;
        SpecificationVersionAfter = plan.SpecificationVersionAfter;
        RequiredOSBefore = Platform.RequiredOS(plan.RequiredVersionBefore);
        RequiredOS = Platform.RequiredOS(plan.RequiredVersionAfter);
        Weights = DescribedList<PlannedWeight>.Of([.. plan.Weights.Select(weight => new PlannedWeight(weight))], "weights");
        Activations = DescribedList<ActivationPlan>.Of(plan.Activations, "activations");
        UnmatchedPatterns = DescribedList<string>.Of(plan.UnmatchedPatterns);
        SourceErrors = DescribedList<string>.Of(plan.SourceErrors);
        Warnings = DescribedList<string>.Of(plan.Warnings);
        Notes = DescribedList<string>.Of(plan.Notes);
        Calibration = plan.Calibration;
        OutputSnr = plan.Outputs?.Snr;
        OutputSnrLowerLimit = plan.Outputs?.SnrLowerLimit;
        OutputAgreement = plan.Outputs?.Agreement;
        OutputAgreementLowerLimit = plan.Outputs?.AgreementLowerLimit;
        HeldOutSamples = plan.Outputs?.SampleCount;
    }

    /// <summary>The model that would be read.</summary>
    public string SourcePath { get; }

    /// <summary>The model that would be written; the source when nothing would change.</summary>
    public string DestinationPath { get; }

    /// <summary>File name of the source, with its extension.</summary>
    public string Name => System.IO.Path.GetFileName(SourcePath);

    /// <summary>The format: the name of a <see cref="ModelFormat"/>.</summary>
    public string Format { get; }

    /// <summary>What would be done, e.g. <c>FP16</c>.</summary>
    public string Recipe { get; }

    /// <summary>Whether anything would change.</summary>
    public bool HasChanges { get; }

    /// <summary>Bytes on disk now.</summary>
    public long Before { get; }

    /// <summary>Bytes on disk afterwards, exactly.</summary>
    public long After { get; }

    /// <summary>Size before over size after.</summary>
    public double Ratio => After == 0 ? 1 : (double)Before / After;

    /// <summary>Weights that would be converted.</summary>
    public int Converted { get; }

    /// <summary>Weights that would stay as they are, each with its reason in <see cref="Weights"/>.</summary>
    public int Skipped { get; }

    /// <summary>Specification version now.</summary>
    public int SpecificationVersionBefore { get; }

    /// <summary>Specification version afterwards.</summary>
    public int SpecificationVersionAfter { get; }

    /// <summary>Oldest systems that load the source.</summary>
    public string RequiredOSBefore { get; }

    /// <summary>Oldest systems that would load the result.</summary>
    public string RequiredOS { get; }

    /// <summary>Every weight with what would become of it.</summary>
    public IReadOnlyList<PlannedWeight> Weights { get; }

    /// <summary>Every activation that would be quantized, with its range, scale and zero point.</summary>
    public IReadOnlyList<ActivationPlan> Activations { get; }

    /// <summary>Patterns that match no operation and no weight.</summary>
    public IReadOnlyList<string> UnmatchedPatterns { get; }

    /// <summary>Rules of the format that the source breaks.</summary>
    public IReadOnlyList<string> SourceErrors { get; }

    /// <summary>What may not be wanted.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Number of samples and digest of the statistics that it goes by; <see langword="null"/> without calibration.</summary>
    public CalibrationSummary? Calibration { get; }

    /// <summary>Signal-to-noise ratio of the outputs on samples that were held out, dB; <see langword="null"/> where no budget measured them.</summary>
    public double? OutputSnr { get; }

    /// <summary>What it is at least on further samples of the kind, with a confidence of 95 %, dB; <see langword="null"/> where fewer than two samples were held out, or all of their outputs are exact.</summary>
    public double? OutputSnrLowerLimit { get; }

    /// <summary>Share of the held-out samples with the same most probable class, 0 to 1; <see langword="null"/> for what is no classifier.</summary>
    public double? OutputAgreement { get; }

    /// <summary>What it is at least on further samples of the kind, with a confidence of 95 %, 0 to 1; <see langword="null"/> where none were held out.</summary>
    public double? OutputAgreementLowerLimit { get; }

    /// <summary>Number of samples that were held out; <see langword="null"/> where no budget measured outputs.</summary>
    public int? HeldOutSamples { get; }

    /// <summary>Other information.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Both paths.</summary>
    public override string ToString() => $"{SourcePath} -> {DestinationPath}";
}
