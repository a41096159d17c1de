using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Interfaces;
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

    /// <summary>
    /// Holds the interface of a sound source to the rules of the version that a conversion raises it to: systems before version 3 do not
    /// look at flexible shapes, so what is wrong with them only counts from then on.
    /// </summary>
    /// <param name="model">The source, without errors.</param>
    /// <param name="version">Version of the output.</param>
    /// <exception cref="RecipeException">The output would be invalid.</exception>
    public static void CheckRaised(ModelFile model, int version)
    {
        if (version < FeatureRules.FlexibleVersion || model.Specification.SpecificationVersion >= FeatureRules.FlexibleVersion)
        {
            return;
        }

        var findings = new FindingList(model.Path, model.Container.SpecificationPath);
        var reader = new DetailReader(model.Payloads, model.Container.SpecificationPath);
        foreach (PipelineStage stage in PipelineStages.All(model.Specification.Clone()))
        {
            stage.Model.SpecificationVersion = version;
            DescriptionRules.Check(stage, reader, findings);
        }

        if (findings.Findings.FirstOrDefault(finding => finding.Severity == nameof(FindingSeverity.Error)) is { } error)
        {
            throw new RecipeException(
                FormattableString.Invariant($"The output needs specification version {version}, whose systems look at flexible shapes, and in {error.Location} {error.Message}"),
                FormattableString.Invariant($"Correct the model, or choose a conversion that keeps specification version {model.Specification.SpecificationVersion}."));
        }
    }
}
