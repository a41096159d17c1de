using System;
using System.Collections.Generic;
using CoreMLQuant.Calibration;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Conversion;

/// <summary>The result of a conversion and its errors; contains data, no open files.</summary>
public sealed record ConversionResult
{
    /// <summary>The model to go on with: the new one, or the source when nothing was converted.</summary>
    public required string Path { get; init; }

    /// <summary>The model that was read.</summary>
    public required string SourcePath { get; init; }

    /// <summary>Name of the file or folder at <see cref="Path"/>, with its extension.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The folder that it is in.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path) ?? Path;

    /// <summary>What was written, if anything: the name of a <see cref="ConversionStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Why no new model was written; empty when one was.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>Whether the new model took the place of its source.</summary>
    public bool IsSourceReplaced { get; init; }

    /// <summary>
    /// Whether no value of a weight has changed, so that the weights of the source can be recovered from the result; <see langword="null"/> for a model that
    /// was skipped.
    /// </summary>
    public bool? IsLossless => Status == nameof(ConversionStatus.Skipped) ? null : MaxError is null or 0;

    /// <summary>The format: the name of a <see cref="ModelFormat"/>; empty for a model that was skipped, which is not opened.</summary>
    public required string Format { get; init; }

    /// <summary>What was done, e.g. <c>FP16</c>.</summary>
    public required string Recipe { get; init; }

    /// <summary>Bytes on disk before.</summary>
    public required long Before { get; init; }

    /// <summary>Bytes on disk now.</summary>
    public required long After { get; init; }

    /// <summary>Size before over size now: 2 means half the bytes.</summary>
    public double Ratio => After == 0 ? 1 : (double)Before / After;

    /// <summary>Specification version before.</summary>
    public required int SpecificationVersionBefore { get; init; }

    /// <summary>Specification version now.</summary>
    public required int SpecificationVersionAfter { get; init; }

    /// <summary>Highest specification version of the source, its stages and functions.</summary>
    public required int RequiredVersionBefore { get; init; }

    /// <summary>Highest specification version of the result, its stages and functions.</summary>
    public required int RequiredVersionAfter { get; init; }

    /// <summary>Oldest systems that loaded the source.</summary>
    public string RequiredOSBefore => OldestSystems(RequiredVersionBefore);

    /// <summary>Oldest systems that load the result.</summary>
    public string RequiredOS => OldestSystems(RequiredVersionAfter);

    /// <summary>Weights that were converted.</summary>
    public required int Converted { get; init; }

    /// <summary>Weights that were left as they are, each with its reason in <see cref="Weights"/>.</summary>
    public required int Skipped { get; init; }

    /// <summary>Lowest signal-to-noise ratio of a converted weight, dB; <see langword="null"/> when none was converted.</summary>
    public double? MinSnr { get; init; }

    /// <summary>Largest error of a value over all converted weights; <see langword="null"/> when none was converted.</summary>
    public double? MaxError { get; init; }

    /// <summary>Every weight with what became of it.</summary>
    public required IReadOnlyList<WeightResult> Weights { get; init => field = DescribedList<WeightResult>.Of(value, "weights"); }

    /// <summary>Every activation that is quantized, with its range, scale and zero point.</summary>
    public IReadOnlyList<ActivationPlan> Activations { get; init => field = DescribedList<ActivationPlan>.Of(value, "activations"); } = [];

    /// <summary>Number of samples and digest of the statistics that it went by; <see langword="null"/> without calibration.</summary>
    public CalibrationSummary? Calibration { get; init; }

    /// <summary>
    /// Signal-to-noise ratio of the outputs to those of the source, dB, the lowest of several outputs; <see langword="null"/> where no samples were run. On samples that
    /// were held out where <see cref="HeldOutSamples"/> tells so; otherwise on those of the calibration, which is the best case.
    /// </summary>
    public double? OutputSnr { get; init; }

    /// <summary>
    /// What <see cref="OutputSnr"/> is at least on further samples of the kind, with a confidence of 95 %, dB; <see langword="null"/> where fewer than two samples were held out, or all of their outputs are exact. A minimum that was specified is one of this figure.
    /// </summary>
    public double? OutputSnrLowerLimit { get; init; }

    /// <summary>Share of the samples with the same most probable class, 0 to 1; <see langword="null"/> for what is no classifier.</summary>
    public double? OutputAgreement { get; init; }

    /// <summary>What <see cref="OutputAgreement"/> is at least on further samples of the kind, with a confidence of 95 %, 0 to 1; <see langword="null"/> where no samples were held out.</summary>
    public double? OutputAgreementLowerLimit { get; init; }

    /// <summary>Number of samples that the outputs were compared on; <see langword="null"/> where they were not.</summary>
    public int? OutputSamples { get; init; }

    /// <summary>Number of samples that a budget held out, and the outputs were compared on; <see langword="null"/> where none were.</summary>
    public int? HeldOutSamples { get; init; }

    /// <summary>What the reader should know: a raised opset, a pattern that matched nothing, why nothing was converted.</summary>
    public required IReadOnlyList<string> Notes { get; init => field = DescribedList<string>.Of(value); }

    /// <summary>What the source breaks of the rules of its format, values of weights not looked at; the result breaks it as well.</summary>
    public required IReadOnlyList<string> SourceErrors { get; init => field = DescribedList<string>.Of(value); }

    /// <summary>Time from opening the model to the finished output: calibrating, planning, writing, and comparing outputs.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;

    /// <summary>The result for a model whose output exists already. The model is not opened.</summary>
    /// <param name="sourcePath">Full path of the model.</param>
    /// <param name="output">Its output.</param>
    /// <param name="recipe">What the output is taken for.</param>
    public static ConversionResult ForExisting(string sourcePath, ExistingOutput output, string recipe)
    {
        string reason = output.Reason;
        return new ConversionResult
        {
            Path = output.Path,
            SourcePath = sourcePath,
            Status = nameof(ConversionStatus.Skipped),
            Reason = reason,
            Format = string.Empty,
            Recipe = recipe,
            Before = output.SourceSize,
            After = output.Size,
            SpecificationVersionBefore = 0,
            SpecificationVersionAfter = 0,
            RequiredVersionBefore = 0,
            RequiredVersionAfter = 0,
            Converted = 0,
            Skipped = 0,
            Weights = [],
            Notes = [reason],
            SourceErrors = [],
            Elapsed = TimeSpan.Zero,
        };
    }

    /// <summary>The same with what comes out of the model.</summary>
    internal ConversionResult WithOutputs(OutputFidelity outputs) => this with
    {
        OutputSnr = outputs.Snr,
        OutputSnrLowerLimit = outputs.SnrLowerLimit,
        OutputAgreement = outputs.Agreement,
        OutputAgreementLowerLimit = outputs.AgreementLowerLimit,
        OutputSamples = outputs.SampleCount,
        HeldOutSamples = outputs.IsHeldOut ? outputs.SampleCount : null,
    };

    /// <summary>The same with a note on what became of the source.</summary>
    internal ConversionResult WithReplacementNote() => this with
    {
        IsSourceReplaced = true,
        Notes = [.. Notes, IsLossless == true
            ? "the source was replaced; its weights can be recovered from the result, because no value has changed"
            : "the source was replaced and cannot be recovered from the result"],
    };

    // Of a model that was not opened nothing is known.
    private static string OldestSystems(int version) => version == 0 ? string.Empty : Platform.RequiredOS(version);
}
