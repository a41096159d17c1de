using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Errors;
using CoreMLQuant.Running;
using CoreMLQuant.Validation;

namespace CoreMLQuant.Commands;

/// <summary>Checks models against the rules of their format: returns true for a model without errors.</summary>
[Cmdlet(VerbsDiagnostic.Test, "CoreMLModel", DefaultParameterSetName = PathSet)]
[OutputType(typeof(bool), typeof(ValidationReport))]
public sealed class TestCoreMLModelCommand : ModelPathCommand
{
    /// <summary>Returns a report instead, one for each model: errors, warnings and information, each with rule, location and remedy.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override void ProcessModel(string path)
    {
        ValidationReport? report = Run((_, token) => Validate(path, token), e => e.ToReadError(path));
        if (report is null)
        {
            return;
        }

        WriteVerbose($"'{path}': {report.Errors} errors, {report.Warnings} warnings, {report.Findings.Count - report.Errors - report.Warnings} information.");
        WriteObject(Detailed ? report : Verdict(report));
    }

    // A Boolean, so that it can be a condition, and of which model it is. Files and tables take only the properties of an object.
    private static PSObject Verdict(ValidationReport report)
    {
        var verdict = new PSObject(report.IsValid);
        verdict.Properties.Add(new PSNoteProperty(nameof(report.Path), report.Path));
        verdict.Properties.Add(new PSNoteProperty(nameof(report.IsValid), report.IsValid));
        return verdict;
    }

    // Whether a model runs here is no rule of its format: looked at for those who read the findings, where nothing worse was found.
    private ValidationReport Validate(string path, CancellationToken cancellationToken)
    {
        ValidationReport report = ModelValidator.Validate(path, cancellationToken, FollowLinks);
        return Detailed && report.IsValid
            ? report with { Findings = [.. report.Findings, .. Runnability.Findings(path, FollowLinks, cancellationToken)] }
            : report;
    }
}
