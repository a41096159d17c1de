using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Validation;

/// <summary>All that was found in a model.</summary>
/// <param name="Path">Path of the model.</param>
/// <param name="Findings">The findings, in the order of the model.</param>
public sealed record ValidationReport(string Path, IReadOnlyList<Finding> Findings)
{
    /// <summary>Whether no finding is an error.</summary>
    public bool IsValid => Findings.All(finding => finding.Severity != FindingSeverity.Error);
}
