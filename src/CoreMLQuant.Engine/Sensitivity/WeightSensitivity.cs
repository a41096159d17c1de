using System.Collections.Generic;
using CoreMLQuant.Formatting;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Sensitivity;

/// <summary>What compressing one weight, or one group of weights, and nothing else costs at the outputs of a model.</summary>
/// <param name="Path">The model.</param>
/// <param name="Name">The weight's name, or the pattern of a group.</param>
public sealed record WeightSensitivity(string Path, string Name)
{
    /// <summary>Stage of a pipeline; empty outside pipelines.</summary>
    public string Stage { get; init; } = string.Empty;

    /// <summary>Function of an ML Program; empty for a NeuralNetwork.</summary>
    public string Function { get; init; } = string.Empty;

    /// <summary>Type of the operation or layer that uses the weight; of a group, that of the first.</summary>
    public required string OpType { get; init; }

    /// <summary>Name of the operation or layer that uses the weight; of a group, that of the first.</summary>
    public required string OpName { get; init; }

    /// <summary>Place in the order of execution, from 0.</summary>
    public required int Order { get; init; }

    /// <summary>Number of weights: 1, or those of the group.</summary>
    public required int WeightCount { get; init; }

    /// <summary>Names of the weights.</summary>
    public required IReadOnlyList<string> WeightNames { get; init => field = DescribedList<string>.Of(value); }

    /// <summary>Number of values.</summary>
    public required long ElementCount { get; init; }

    /// <summary>What it was compressed with.</summary>
    public required string Recipe { get; init; }

    /// <summary>The same as a recipe for these weights and no others, which Optimize-CoreMLModel takes from here; <see langword="null"/> when a budget chose the encoding.</summary>
    public OptimizationRecipe? CompressionRecipe { get; init; }

    /// <summary>Bytes before.</summary>
    public required long Before { get; init; }

    /// <summary>Bytes afterwards.</summary>
    public required long After { get; init; }

    /// <summary>Signal-to-noise ratio of the values, dB; of a group, the lowest.</summary>
    public double? WeightSnr { get; init; }

    /// <summary>Signal-to-noise ratio at the output of the layer, dB; of a group, the lowest. <see langword="null"/> where the inputs are not known.</summary>
    public double? LayerSnr { get; init; }

    /// <summary>Signal-to-noise ratio of the model's outputs, dB, the lowest of several; +infinity when nothing changes, <see langword="null"/> where the weights meet zeros alone, so that no error would show.</summary>
    public double? Snr { get; init; }

    /// <summary>Cosine of the angle between the outputs before and after, the lowest of several; <see langword="null"/> where they have no direction.</summary>
    public double? Cosine { get; init; }

    /// <summary>Share of the samples with the same most probable class, 0 to 1; <see langword="null"/> for what is no classifier.</summary>
    public double? Top1Agreement { get; init; }

    /// <summary>Whether it was measured on all samples; otherwise it is an estimate from some of them.</summary>
    public required bool IsExact { get; init; }

    /// <summary>Samples that ran.</summary>
    public required int SampleCount { get; init; }

    /// <summary>
    /// Recipes that ran instead of this one: <see cref="Snr"/>, <see cref="Cosine"/> and <see cref="Top1Agreement"/> are estimated from theirs and from the errors at the output of the layer. Empty when this
    /// recipe ran itself.
    /// </summary>
    public string EstimatedFrom { get; init; } = string.Empty;

    /// <summary>Name, recipe and ratio.</summary>
    public override string ToString() => $"{Name}, {Recipe}: {Figures.Decibels(Snr)}";
}
