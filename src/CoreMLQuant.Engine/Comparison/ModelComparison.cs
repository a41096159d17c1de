using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Comparison;

/// <summary>The differences between two models, and the errors of the weights; contains data, no open files.</summary>
public sealed record ModelComparison
{
    /// <summary>The model that is taken for right.</summary>
    public required string ReferencePath { get; init; }

    /// <summary>The model that is measured against it.</summary>
    public required string DifferencePath { get; init; }

    /// <summary>Format of the reference: the name of a <see cref="ModelFormat"/>.</summary>
    public required string ReferenceFormat { get; init; }

    /// <summary>Format of the other.</summary>
    public required string DifferenceFormat { get; init; }

    /// <summary>Specification version of the reference.</summary>
    public required int ReferenceSpecificationVersion { get; init; }

    /// <summary>Specification version of the other.</summary>
    public required int DifferenceSpecificationVersion { get; init; }

    /// <summary>Highest specification version of the reference, its stages and functions.</summary>
    public required int ReferenceRequiredVersion { get; init; }

    /// <summary>Highest specification version of the other, its stages and functions.</summary>
    public required int DifferenceRequiredVersion { get; init; }

    /// <summary>Highest opset of the reference, e.g. <c>CoreML5</c>; empty if it is not an ML Program.</summary>
    public required string ReferenceOpset { get; init; }

    /// <summary>Highest opset of the other.</summary>
    public required string DifferenceOpset { get; init; }

    /// <summary>Oldest systems that load the reference.</summary>
    public string ReferenceRequiredOS => Platform.RequiredOS(ReferenceRequiredVersion);

    /// <summary>Oldest systems that load the other.</summary>
    public string DifferenceRequiredOS => Platform.RequiredOS(DifferenceRequiredVersion);

    /// <summary>Bytes on disk of the reference.</summary>
    public required long ReferenceSize { get; init; }

    /// <summary>Bytes on disk of the other.</summary>
    public required long DifferenceSize { get; init; }

    /// <summary>The reference's bytes over the other's: 4 means a quarter of the bytes.</summary>
    public double Ratio => DifferenceSize == 0 ? 1 : (double)ReferenceSize / DifferenceSize;

    /// <summary>Bytes of weights of each encoding, in both models, the most bytes first.</summary>
    public required IReadOnlyList<EncodingSize> Encodings { get; init => field = DescribedList<EncodingSize>.Of(value); }

    /// <summary>Inputs, outputs, states, functions, stages and metadata that are not the same.</summary>
    public required IReadOnlyList<PropertyDifference> Differences { get; init => field = DescribedList<PropertyDifference>.Of(value, "differences"); }

    /// <summary>Operations or layers that are in one model only, or are of another type; constants and compressed constants are weights, not listed here.</summary>
    public required IReadOnlyList<OperationDifference> Operations { get; init => field = DescribedList<OperationDifference>.Of(value, "operations"); }

    /// <summary>Every weight that has a counterpart, in the reference's order of execution.</summary>
    public required IReadOnlyList<WeightComparison> Weights { get; init => field = DescribedList<WeightComparison>.Of(value, "weights"); }

    /// <summary>Weights of the reference without a counterpart.</summary>
    public required IReadOnlyList<UnpairedWeight> OnlyInReference { get; init => field = DescribedList<UnpairedWeight>.Of(value, "weights"); }

    /// <summary>Weights of the other without a counterpart.</summary>
    public required IReadOnlyList<UnpairedWeight> OnlyInDifference { get; init => field = DescribedList<UnpairedWeight>.Of(value, "weights"); }

    /// <summary>Signal-to-noise ratio over the values of all paired weights, dB; +infinity when all are the same, <see langword="null"/> when none is paired.</summary>
    public double? Snr => Weights.Count == 0 ? null : ErrorFigures.Decibel(Weights.Sum(weight => weight.SignalEnergy), Weights.Sum(weight => weight.NoiseEnergy));

    /// <summary>Lowest signal-to-noise ratio of a weight, dB; <see langword="null"/> when none is paired.</summary>
    public double? MinSnr => Weights.Count == 0 ? null : Weights.Min(weight => weight.Snr);

    /// <summary>The weight with the lowest signal-to-noise ratio; <see langword="null"/> when all are the same.</summary>
    public string? WorstWeight => Weights.Where(weight => weight.NoiseEnergy > 0).OrderBy(weight => weight.Snr).FirstOrDefault()?.Name;

    /// <summary>Largest error of a value; <see langword="null"/> when no weight is paired.</summary>
    public double? MaxError => Weights.Count == 0 ? null : Weights.Max(weight => weight.MaxError);

    /// <summary>What the two models made of the same inputs; <see langword="null"/> unless inputs were given.</summary>
    public ComparedOutputs? ComparedOutputs { get; init; }

    /// <summary>How far each output is from that of the reference; empty unless inputs were given.</summary>
    public IReadOnlyList<OutputComparison> Outputs => ComparedOutputs?.Outputs ?? DescribedList<OutputComparison>.Of([]);

    /// <summary>How far intermediate values are from those of the reference, in order of execution; empty unless they were asked for.</summary>
    public IReadOnlyList<OutputComparison> Layers => ComparedOutputs?.Layers ?? DescribedList<OutputComparison>.Of([]);

    /// <summary>Time that the comparison took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Both paths.</summary>
    public override string ToString() => $"{ReferencePath} -> {DifferencePath}";
}
