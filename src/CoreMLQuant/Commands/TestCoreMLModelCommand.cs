using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Errors;
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
        ValidationReport? report = Run((_, token) => ModelValidator.Validate(path, token, FollowLinks), e => e.ToReadError(path));
        if (report is null)
        {
            return;
        }

        WriteVerbose($"'{path}': {Count(FindingSeverity.Error)} errors, {Count(FindingSeverity.Warning)} warnings, {Count(FindingSeverity.Information)} information.");
        WriteObject(Detailed ? report.Findings : report.IsValid, enumerateCollection: true);

        int Count(FindingSeverity severity) => report.Findings.Count(finding => finding.Severity == severity);
    }
}
