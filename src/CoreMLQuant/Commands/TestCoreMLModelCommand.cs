using System.Linq;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Errors;
using CoreMLQuant.Running;
using CoreMLQuant.Validation;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Commands;

/// <summary>Checks models against the rules of their format: returns true for a model without errors.</summary>
[Cmdlet(VerbsDiagnostic.Test, "CoreMLModel", DefaultParameterSetName = PathSet)]
[OutputType(typeof(bool), typeof(Finding))]
public sealed class TestCoreMLModelCommand : ModelPathCommand
{
    /// <summary>Returns the findings instead: errors, warnings and information, each with rule, location and remedy.</summary>
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

        WriteVerbose($"'{path}': {Count(FindingSeverity.Error)} errors, {Count(FindingSeverity.Warning)} warnings, {Count(FindingSeverity.Information)} information.");
        WriteObject(Detailed ? report.Findings : report.IsValid, enumerateCollection: true);

        int Count(FindingSeverity severity) => report.Findings.Count(finding => finding.Severity == severity);
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
