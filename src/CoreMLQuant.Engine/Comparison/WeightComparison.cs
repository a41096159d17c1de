using System;
using System.Collections.Generic;
using CoreMLQuant.Formatting;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Comparison;

/// <summary>
/// How far a weight's values are from those of its counterpart, computed in FP64 on the values as the operations see them. What is
/// not finite in the reference is left out; what is finite there and not in the other is an infinite error.
/// </summary>
public sealed record WeightComparison
{
    /// <summary>The weight's name in the reference.</summary>
    public required string Name { get; init; }

    /// <summary>Its name in the other model.</summary>
    public required string DifferenceName { get; init; }

    /// <summary>Stage of a pipeline; empty outside pipelines.</summary>
    public required string Stage { get; init; }

    /// <summary>Function of an ML Program; empty for a NeuralNetwork.</summary>
    public required string Function { get; init; }

    /// <summary>Type of the operation or layer that uses it, in the reference.</summary>
    public required string OpType { get; init; }

    /// <summary>Name of the operation or layer that uses it, in the reference.</summary>
    public required string OpName { get; init; }

    /// <summary>How the two were found to be the same weight: the name of a <see cref="WeightPairing"/>.</summary>
    public required string PairedBy { get; init; }

    /// <summary>Dimensions, as the reference has them.</summary>
    public required IReadOnlyList<long> Shape { get; init => field = DescribedList<long>.Of(value); }

    /// <summary>Number of values.</summary>
    public required long ElementCount { get; init; }

    /// <summary>Encoding in the reference, e.g. <c>Float32</c>.</summary>
    public required string ReferenceEncoding { get; init; }

    /// <summary>Encoding in the other, e.g. <c>Palettized 4-bit</c>.</summary>
    public required string DifferenceEncoding { get; init; }

    /// <summary>Bytes of its data in the reference.</summary>
    public required long ReferenceSize { get; init; }

    /// <summary>Bytes of its data in the other, scales, tables and masks included.</summary>
    public required long DifferenceSize { get; init; }

    /// <summary>Sum of the squares of the reference's values.</summary>
    public required double SignalEnergy { get; init; }

    /// <summary>Sum of the squares of the differences.</summary>
    public required double NoiseEnergy { get; init; }

    /// <summary>Signal-to-noise ratio, <c>10 log10(signal / noise)</c> dB; +infinity when the values are the same.</summary>
    public double Snr => ErrorFigures.Decibel(SignalEnergy, NoiseEnergy);

    /// <summary>Peak signal-to-noise ratio, <c>10 log10(peak^2 / mean squared error)</c> dB with the reference's largest magnitude for peak; +infinity when the values are the same.</summary>
    public required double Psnr { get; init; }

    /// <summary>Norm of the differences over the norm of the reference: 0 when the values are the same.</summary>
    public double RelativeL2 => NoiseEnergy == 0 ? 0 : Math.Sqrt(NoiseEnergy / SignalEnergy);

    /// <summary>Largest absolute difference of a value.</summary>
    public required double MaxError { get; init; }

    /// <summary>Cosine of the angle between the two, -1 to 1; <see langword="null"/> when one of them has no direction: all zeros, or values that are not finite.</summary>
    public required double? Cosine { get; init; }

    /// <summary>Share of zeros in the reference, 0 to 1.</summary>
    public required double ReferenceSparsity { get; init; }

    /// <summary>Share of zeros in the other, 0 to 1.</summary>
    public required double DifferenceSparsity { get; init; }

    /// <summary>Axis of <see cref="Shape"/> along which output channels are counted; <see langword="null"/> for vectors and scalars.</summary>
    public required int? ChannelAxis { get; init; }

    /// <summary>Index of the output channel with the lowest signal-to-noise ratio; <see langword="null"/> when all are the same, or there are no channels.</summary>
    public required int? WorstChannel { get; init; }

    /// <summary>That channel's signal-to-noise ratio, dB.</summary>
    public required double? WorstChannelSnr { get; init; }

    /// <summary>Finite values of the reference that are too large for FP16, where the other is stored in it: saturated or made infinite.</summary>
    public required long Float16OverflowCount { get; init; }

    /// <summary>Values of the reference other than zero that are too small for FP16, where the other is stored in it: made zero.</summary>
    public required long Float16UnderflowCount { get; init; }

    /// <summary>Whether storing in FP16 lost values that are too large for it.</summary>
    public bool Float16Overflow => Float16OverflowCount > 0;

    /// <summary>Whether storing in FP16 lost values that are too small for it.</summary>
    public bool Float16Underflow => Float16UnderflowCount > 0;

    /// <summary>Infinities and NaN in the reference.</summary>
    public required long ReferenceNonFiniteCount { get; init; }

    /// <summary>Infinities and NaN in the other.</summary>
    public required long DifferenceNonFiniteCount { get; init; }

    /// <summary>Name and encodings.</summary>
    public override string ToString() => $"{Name}: {ReferenceEncoding} -> {DifferenceEncoding}";
}
