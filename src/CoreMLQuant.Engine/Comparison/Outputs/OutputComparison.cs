using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Comparison.Outputs;

/// <summary>
/// How far an output, or an intermediate value, is from that of the reference, over all samples. Figures of values are computed in FP64; what is
/// not finite in the reference is left out, and what is finite there and not in the other is an infinite error.
/// </summary>
public sealed record OutputComparison
{
    /// <summary>The output's name in the reference.</summary>
    public required string Name { get; init; }

    /// <summary>What it holds, e.g. <c>Float32 [1, 1000]</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Number of values in all samples together.</summary>
    public required long ElementCount { get; init; }

    /// <summary>Signal-to-noise ratio over all samples, dB; +infinity when all values are the same, <see langword="null"/> for a label.</summary>
    public double? Snr { get; init; }

    /// <summary>
    /// The ratio that further samples of the kind reach with a confidence of 95 %, dB, if those that were compared took no part in making the model; <see langword="null"/> for a label, for a single sample, and where all values are the same.
    /// </summary>
    public double? SnrLowerLimit { get; init; }

    /// <summary>Peak signal-to-noise ratio, dB, with the reference's largest magnitude for peak.</summary>
    public double? Psnr { get; init; }

    /// <summary>Norm of the differences over the norm of the reference.</summary>
    public double? RelativeL2 { get; init; }

    /// <summary>Largest absolute difference of a value.</summary>
    public double? MaxError { get; init; }

    /// <summary>Cosine of the angle between the two, -1 to 1; <see langword="null"/> when one of them has no direction.</summary>
    public double? Cosine { get; init; }

    /// <summary>Median of the samples' signal-to-noise ratios, dB.</summary>
    public double? MedianSnr { get; init; }

    /// <summary>Lowest signal-to-noise ratio of a sample, dB.</summary>
    public double? WorstSnr { get; init; }

    /// <summary>The sample with the lowest signal-to-noise ratio; empty when all are the same.</summary>
    public string WorstSample { get; init; } = string.Empty;

    /// <summary>Share of the samples with the same most probable class, or the same label, 0 to 1; <see langword="null"/> for what is neither.</summary>
    public double? Top1Agreement { get; init; }

    /// <summary>The share that agrees of further samples of the kind with a confidence of 95 %, 0 to 1, under the same condition; <see langword="null"/> for what has no classes and is no label.</summary>
    public double? Top1AgreementLowerLimit { get; init; }

    /// <summary>Share of the samples whose best class is among the reference's five best, 0 to 1; <see langword="null"/> for what are no probabilities.</summary>
    public double? Top5Agreement { get; init; }

    /// <summary>Mean Kullback-Leibler divergence of the probabilities from the reference's, nats; <see langword="null"/> for what are no probabilities.</summary>
    public double? KullbackLeibler { get; init; }

    /// <summary>The figures of each sample, in the samples' order.</summary>
    public required IReadOnlyList<SampleComparison> Samples { get; init => field = DescribedList<SampleComparison>.Of(value, "samples"); }

    /// <summary>The figures in one line, e.g. <c>probabilities: 28.7 dB, worst sample 28.4 dB, same class in 100 %</c>.</summary>
    public override string ToString() => string.Join(", ", new[]
    {
        $"{Name}: {(Snr is null ? "label" : Figures.Decibels(Snr))}",
        WorstSnr is null || Snr == WorstSnr ? string.Empty : $"worst sample {Figures.Decibels(WorstSnr)}",
        Top1Agreement is null ? string.Empty : $"same class in {Figures.Percent(Top1Agreement)}",
    }.Where(part => part.Length > 0));
}

/// <summary>How far an output of one sample is from that of the reference.</summary>
public sealed record SampleComparison
{
    /// <summary>The sample's name.</summary>
    public required string Sample { get; init; }

    /// <summary>The image that it is, where it is one; empty otherwise.</summary>
    public string ImagePath { get; init; } = string.Empty;

    /// <summary>Signal-to-noise ratio, dB; <see langword="null"/> for a label.</summary>
    public double? Snr { get; init; }

    /// <summary>Largest absolute difference of a value.</summary>
    public double? MaxError { get; init; }

    /// <summary>The reference's label, or its most probable class; empty for what is neither.</summary>
    public string ReferenceLabel { get; init; } = string.Empty;

    /// <summary>The other's.</summary>
    public string DifferenceLabel { get; init; } = string.Empty;

    /// <summary>Whether the labels are the same; <see langword="null"/> where there are none.</summary>
    public bool? IsSameLabel => ReferenceLabel.Length == 0 ? null : ReferenceLabel == DifferenceLabel;

    /// <summary>The sample's name.</summary>
    public override string ToString() => Sample;
}
