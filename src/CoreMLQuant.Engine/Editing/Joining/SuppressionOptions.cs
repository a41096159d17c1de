using System.Collections.Generic;

namespace CoreMLQuant.Editing.Joining;

/// <summary>How a stage of non-maximum suppression chooses boxes.</summary>
public sealed record SuppressionOptions
{
    /// <summary>Share of overlap (intersection over union) above which the box with the lower confidence is left out, 0 to 1.</summary>
    public double IouThreshold { get; init; } = 0.45;

    /// <summary>Confidence below which a box is left out.</summary>
    public double ConfidenceThreshold { get; init; } = 0.25;

    /// <summary>Whether boxes of different classes never suppress each other.</summary>
    public bool PerClass { get; init; } = true;

    /// <summary>Output of the detector with the confidences, [boxes, classes]; <see langword="null"/> to find it.</summary>
    public string? ConfidenceOutput { get; init; }

    /// <summary>Output of the detector with the boxes, [boxes, 4]: centre, width and height; <see langword="null"/> to find it.</summary>
    public string? CoordinatesOutput { get; init; }

    /// <summary>Names of the classes, in the order of the confidences; empty for none.</summary>
    public IReadOnlyList<string> ClassLabels { get; init; } = [];
}
