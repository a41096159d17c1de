using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Formatting;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Validation;

/// <summary>All that was found in a model.</summary>
/// <param name="Path">Path of the model.</param>
/// <param name="Findings">The findings, in the order of the model.</param>
public sealed record ValidationReport(string Path, IReadOnlyList<Finding> Findings)
{
    /// <summary>Name of the file or folder, with its extension.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Whether no finding is an error.</summary>
    public bool IsValid => Errors == 0;

    /// <summary>Number of errors.</summary>
    public int Errors => Count(FindingSeverity.Error);

    /// <summary>Number of warnings.</summary>
    public int Warnings => Count(FindingSeverity.Warning);

    /// <summary>The findings, in the order of the model.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = DescribedList<Finding>.Of(value); } = DescribedList<Finding>.Of(Findings);

    /// <summary>The path, and what was found.</summary>
    public override string ToString() => IsValid && Warnings == 0 ? $"{Path}: no errors or warnings" : $"{Path}: {Errors} errors, {Warnings} warnings";

    private int Count(FindingSeverity severity) => Findings.Count(finding => finding.Severity == severity.ToString());
}
