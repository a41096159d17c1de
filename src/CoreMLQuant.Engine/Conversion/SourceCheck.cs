using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Interfaces;
using CoreMLQuant.Validation.Structure;

namespace CoreMLQuant.Conversion;

/// <summary>
/// Holds a source to the rules of its format while its conversion is planned: what is wrong with it will be wrong with the result. The values
/// of weights are not read. The check takes as long as the decisions of a plan, so it runs beside them, on the same messages; planners wait for it before they edit these.
/// </summary>
internal sealed class SourceCheck : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly Task<IReadOnlyList<string>> _errors;

    private SourceCheck(ModelFile model, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        CancellationToken stop = _stop.Token;
        Model specification = model.Specification;
        _errors = Task.Run(() => Errors(model, specification, stop), CancellationToken.None);
        model.Lend(_errors);
    }

    /// <summary>Starts the check of a source, which stays open until the check is joined or disposed.</summary>
    public static SourceCheck Start(ModelFile model, CancellationToken cancellationToken) => new(model, cancellationToken);

    /// <summary>Waits for the check and gives the errors of the source, in words.</summary>
    public IReadOnlyList<string> Join() => _errors.GetAwaiter().GetResult();

    /// <summary>Stops a check that nobody waits for any more, so that it does not outlive the files.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        Task.WaitAny(_errors);
        _stop.Dispose();
    }

    private static IReadOnlyList<string> Errors(ModelFile model, Model specification, CancellationToken cancellationToken)
    {
        var findings = new FindingList(model.Path, model.Container.SpecificationPath);
        StructureRules.Check(model, specification, findings, StoredFloats.Unread, cancellationToken);
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
    /// <param name="before">Version of the source.</param>
    /// <param name="version">Version of the output.</param>
    /// <exception cref="RecipeException">The output would be invalid.</exception>
    public static void CheckRaised(ModelFile model, int before, int version)
    {
        if (version < FeatureRules.FlexibleVersion || before >= FeatureRules.FlexibleVersion)
        {
            return;
        }

        var findings = new FindingList(model.Path, model.Container.SpecificationPath);
        var reader = new DetailReader(model.Payloads, model.Container.SpecificationPath);
        foreach (PipelineStage stage in PipelineStages.All(model.ParseSpecification()))
        {
            stage.Model.SpecificationVersion = version;
            DescriptionRules.Check(stage, reader, findings);
        }

        if (findings.Findings.FirstOrDefault(finding => finding.Severity == nameof(FindingSeverity.Error)) is { } error)
        {
            throw new RecipeException(
                FormattableString.Invariant($"The output needs specification version {version}, whose systems look at flexible shapes, and in {error.Location} {error.Message}"),
                FormattableString.Invariant($"Correct the model, or choose a conversion that keeps specification version {before}."));
        }
    }
}
