using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Planning;

/// <summary>Everything that will happen to a model, decided and not yet done. What the runner does is written here.</summary>
public sealed record CompressionPlan : IDisposable
{
    /// <summary>What the note of a plan without changes begins with.</summary>
    public const string NothingToConvert = "nothing to convert";

    internal CompressionPlan()
    {
    }

    /// <summary>Path of the model.</summary>
    public required string SourcePath { get; init; }

    /// <summary>The recipe that was planned.</summary>
    public required CompressionRecipe Recipe { get; init; }

    /// <summary>What is done, for messages: the recipe, without activations where none is quantized.</summary>
    public required string Description { get; init; }

    /// <summary>Every weight with what is decided about it.</summary>
    public required IReadOnlyList<WeightPlan> Weights { get; init; }

    /// <summary>Every activation that is quantized.</summary>
    public IReadOnlyList<ActivationPlan> Activations { get; init; } = [];

    /// <summary>Which world the model lives in.</summary>
    public required ModelFormat Format { get; init; }

    /// <summary>Specification version now.</summary>
    public required int SpecificationVersionBefore { get; init; }

    /// <summary>Specification version afterwards.</summary>
    public required int SpecificationVersionAfter { get; init; }

    /// <summary>Highest specification version of the model, its stages and functions now; it decides which systems load the model.</summary>
    public required int RequiredVersionBefore { get; init; }

    /// <summary>Highest specification version of the model, its stages and functions afterwards.</summary>
    public required int RequiredVersionAfter { get; init; }

    /// <summary>Bytes on disk now, the whole package counted.</summary>
    public required long SizeBefore { get; init; }

    /// <summary>Bytes on disk afterwards.</summary>
    public required long SizeAfter { get; init; }

    /// <summary>What the source breaks of the rules of its format, values of weights not looked at; the result will break it as well.</summary>
    public IReadOnlyList<string> SourceErrors { get; init; } = [];

    /// <summary>What the reader should know.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What may not be what the reader wants.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Patterns of the recipe that match no operation and no weight.</summary>
    public required IReadOnlyList<string> UnmatchedPatterns { get; init; }

    /// <summary>Which statistics of calibration it goes by; <see langword="null"/> without calibration.</summary>
    public CalibrationSummary? Calibration { get; init; }

    /// <summary>What comes out on samples that were held out; <see langword="null"/> where no budget measured it.</summary>
    public OutputFidelity? Outputs { get; init; }

    /// <summary>Whether anything would change. A plan without changes is not run.</summary>
    public required bool HasChanges { get; init; }

    /// <summary>Why nothing would change: that there is nothing to convert, and what keeps all weights from it where it is the same.</summary>
    public string UnchangedReason { get; init; } = NothingToConvert;

    /// <summary>Whether the weights of the source can be recovered from the result: every value stays what it is, however it is stored.</summary>
    public bool IsLossless => Recipe.IsLossless || ConvertedCount == 0;

    /// <summary>The statistics that weights are compressed by, as long as they may be read; <see langword="null"/> without calibration.</summary>
    internal CalibrationStatistics? Statistics { get; init; }

    /// <summary>The files to be written; those of the source as they are when nothing changes.</summary>
    internal OutputModel Output { get; init; } = null!;

    /// <summary>Whether the result is an .mlpackage folder; otherwise it is an .mlmodel file.</summary>
    public bool WritesPackage => Form.IsPackage;

    /// <summary>Where they stand, and what they are made from.</summary>
    internal OutputForm Form { get; init; } = null!;

    /// <summary>Time that planning took, with what led up to it: calibrating, and measuring what comes out.</summary>
    public TimeSpan PlanningTime { get; init; }

    /// <summary>Number of weights that will be converted.</summary>
    public int ConvertedCount => Weights.Count(weight => weight.Action == WeightAction.Convert);

    /// <summary>Frees temporary files of the statistics: the plan cannot be run any more.</summary>
    public void Dispose() => Statistics?.Dispose();
}
