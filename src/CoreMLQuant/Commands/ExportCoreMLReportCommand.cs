using System;
using System.IO;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Comparison;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Reporting;

namespace CoreMLQuant.Commands;

/// <summary>Writes a report that people can look at: one HTML file of a model, of a comparison or of a conversion.</summary>
[Cmdlet(VerbsData.Export, "CoreMLReport", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportCoreMLReportCommand : ModelPathCommand
{
    private const string ComparisonSet = "Comparison";
    private const string ConversionSet = "Conversion";
    private const string FileSuffix = "_report" + ModelReport.FileExtension;

    private readonly RunOutputs _outputs = new(PathComparer);
    private Destination _destination = Destination.BesideSource;

    /// <summary>What Compare-CoreMLModel returned.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ComparisonSet)]
    public ModelComparison? Comparison { get; set; }

    /// <summary>What a conversion returned: its result is compared with its source, and the report tells what was skipped, too.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ConversionSet)]
    public ConversionResult? Conversion { get; set; }

    /// <summary>A folder (made when missing), or a path ending in .html for a single report. Without it, the report stands beside its model.</summary>
    [Parameter]
    [Alias("OutputPath", "Destination")]
    [ValidateNotNullOrEmpty]
    public string? DestinationPath { get; set; }

    /// <summary>Replaces a report that stands at the destination.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            if (DestinationPath is not null)
            {
                _destination = Destination.Parse(SessionState.Path, DestinationPath, [ModelReport.FileExtension]);
            }
        }
        catch (PathException e)
        {
            ThrowTerminatingError(e.Error);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case ComparisonSet:
                Export(Comparison!.DifferencePath, (_, token) => ModelReport.Of(Comparison, token, FollowLinks));
                break;
            case ConversionSet:
                ProgressReporter? progress = null;
                Export(
                    Conversion!.Path,
                    (post, token) => ModelReport.Of(Conversion, progress = new ProgressReporter(this, "Comparing with the source", post), token, FollowLinks));
                progress?.Complete();
                break;
            default:
                base.ProcessRecord();
                break;
        }
    }

    /// <inheritdoc/>
    protected override void ProcessModel(string path) => Export(path, (_, token) => ModelReport.Of(path, token, FollowLinks));

    private void Export(string model, Func<Action<Action>, CancellationToken, ModelReport> create)
    {
        if (_outputs.Admit(_destination, model) is { } error)
        {
            WriteError(error);
            return;
        }

        string target;
        try
        {
            target = _destination.For(model, FileSuffix);
            _outputs.Claim(target, model, Force);
        }
        catch (PathException e)
        {
            WriteError(e.Error);
            return;
        }

        if (!ShouldProcess(target, $"Write the report of '{model}'"))
        {
            return;
        }

        ModelReport? report = Run(create, e => e.ToReadError(model));
        if (report is not null && Run((_, _) => Write(report, target), e => e.ToWriteError(target)) is { } file)
        {
            WriteObject(file);
        }
    }

    private FileInfo Write(ModelReport report, string target)
    {
        report.Save(target, Force);
        return new FileInfo(target);
    }
}
