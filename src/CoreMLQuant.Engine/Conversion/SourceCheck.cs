using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Models;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Structure;

namespace CoreMLQuant.Conversion;

/// <summary>
/// Holds a source to the rules of its format before it is converted: what is wrong with it will be wrong with the result. The values of
/// weights are not read, so this takes the time of reading the structure.
/// </summary>
internal static class SourceCheck
{
    /// <summary>The errors of a source, in words.</summary>
    public static IReadOnlyList<string> Errors(ModelFile model, CancellationToken cancellationToken)
    {
        var findings = new FindingList(model.Path, model.Container.SpecificationPath);
        StructureRules.Check(model, findings, cancellationToken);
        return findings.Findings
            .Where(finding => finding.Severity == nameof(FindingSeverity.Error))
            .Select(finding => $"{finding.Rule}{(finding.Location.Length > 0 ? $" ({finding.Location})" : string.Empty)}: {finding.Message}")
            .ToArray();
    }
}
