using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Coding;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Planning;

/// <summary>What a calibration found out about the layer of a weight, or why nothing is known.</summary>
/// <param name="Layer">The layer; <see langword="null"/> when nothing is known of its inputs.</param>
/// <param name="Reason">Why not; empty without calibration.</param>
internal sealed record LayerKnowledge(WeightLayer? Layer, string Reason)
{
    /// <summary>There is no calibration.</summary>
    public static readonly LayerKnowledge None = new(null, string.Empty);

    /// <summary>Nothing that is known of one layer holds for another one with the same data.</summary>
    public static readonly LayerKnowledge Shared = new(null, "shares its data with another weight, whose inputs are others");

    /// <summary>Looks a weight up.</summary>
    /// <param name="statistics">What calibration found out; <see langword="null"/> without calibration.</param>
    /// <param name="site">The weight.</param>
    /// <param name="shape">Its dimensions as it is compressed.</param>
    public static LayerKnowledge Of(CalibrationStatistics? statistics, WeightSite site, IReadOnlyList<long> shape) =>
        statistics is null ? None
        : statistics.Of(WeightKey.Of(site)) is not { } layer ? new LayerKnowledge(null, "calibration tells nothing of its inputs")
        : !layer.Shape.SequenceEqual(shape) ? new LayerKnowledge(null, "calibration saw it with other dimensions")
        : site.ElementCount > int.MaxValue / sizeof(double) ? new LayerKnowledge(null, "is too large to be held in memory as a whole")
        : new LayerKnowledge(new WeightLayer(layer), string.Empty);

    /// <summary>Whether a step compensates the errors that it makes.</summary>
    /// <param name="step">The step.</param>
    /// <param name="remark">Why it does not although that is asked for; empty otherwise.</param>
    public bool Compensates(WeightRecipe step, out string remark)
    {
        bool isWanted = step.Method == CompressionMethod.Calibrated;
        remark = !isWanted ? string.Empty
            : Layer is null ? Remark(Reason)
            : !Layer.HasGram ? Remark(Layer.GramReason)
            : string.Empty;
        return isWanted && Layer is { HasGram: true };
    }

    /// <summary>The coder of lookup tables: one to which values count by their inputs where those are known, unless the other one errs less.</summary>
    /// <param name="importance">How much each value counts; <see langword="null"/> when all count the same.</param>
    /// <param name="create">Makes a coder to which values count as told.</param>
    public TensorCoder Choose(InputImportance? importance, Func<InputImportance?, TensorCoder> create) =>
        importance is not null && Layer is { HasGram: true } ? new ChosenCoder(create(importance), create(null), Layer) : create(importance);

    /// <summary>How much each value counts when a step looks for lookup tables; <see langword="null"/> when all count the same.</summary>
    /// <param name="step">The step.</param>
    /// <param name="remark">What the reader should know of it; empty when all count the same.</param>
    public InputImportance? Importance(PalettizationRecipe step, out string remark)
    {
        InputImportance? importance = step is { Method: CompressionMethod.Calibrated, Mode: PalettizationMode.KMeans } ? Layer?.Importance : null;
        remark = importance is null ? string.Empty : "its values are weighted by the second moments of their inputs" + (Layer!.HasGram ? " where that makes the error at the output smaller" : string.Empty);
        return importance;
    }

    /// <summary>How the ranges of a step's blocks are found: with the inputs in mind, where they are known.</summary>
    /// <param name="step">The step.</param>
    public RangeSearch Ranges(LinearQuantizationRecipe step) =>
        new(step.RangeEstimator, step.Percentile, step.Method == CompressionMethod.Calibrated ? Layer?.Importance : null);

    /// <summary>
    /// Whether a bias makes good what errors change in the output on the mean. Compensation leaves next to no mean in the error, and what a bias took of it
    /// was measured to do as much harm as good (docs/BENCHMARKS.md).
    /// </summary>
    /// <param name="steps">What is done to the weight.</param>
    /// <param name="weight">The weight as it is written.</param>
    /// <param name="hasBias">Whether there is a bias. One is added only where it will be needed: where inputs are steady.</param>
    public bool CorrectsBias(WeightSteps steps, EncodedWeight weight, bool hasBias) =>
        !weight.Compensates && Layer is { HasRowForEachChannel: true } && (hasBias || Layer.HasSteadyInputs)
        && steps.All.All(step => step.BiasCorrection && step.Method == CompressionMethod.Calibrated) && !steps.All.All(step => step.IsLossless);

    private static string Remark(string reason) => reason.Length == 0 ? string.Empty : $"{reason}; its errors are not compensated";
}
