using System.Collections.Generic;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Sensitivity;

/// <summary>What is measured, and how.</summary>
public sealed record SensitivityOptions
{
    /// <summary>The compressions that are measured; one at least.</summary>
    public required IReadOnlyList<CompressionRecipe> Recipes { get; init; }

    /// <summary>Whether every weight is measured with every recipe on every sample.</summary>
    public bool IsExact { get; init; }

    /// <summary>Weights that are compressed together: all that match a pattern by name, operation type or operation name. Empty: each weight by itself.</summary>
    public NamePatterns Groups { get; init; } = NamePatterns.None;

    /// <summary>Most samples; <see langword="null"/> for all.</summary>
    public int? Count { get; init; }

    /// <summary>Which samples are used where there are more.</summary>
    public int Seed { get; init; }

    /// <summary>File of the calibration's statistics; <see langword="null"/> for none.</summary>
    public string? StatisticsPath { get; init; }

    /// <summary>Folder for the compressed models, which are deleted afterwards.</summary>
    public string TemporaryFolder { get; init; } = System.IO.Path.GetTempPath();
}

/// <summary>How far a measurement is.</summary>
/// <param name="RunsDone">Runs of the model so far.</param>
/// <param name="RunsTotal">Runs in all.</param>
/// <param name="Weight">What is measured.</param>
public sealed record SensitivityProgress(int RunsDone, int RunsTotal, string Weight);
