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

/// <summary>Writes an HTML report on a model, a comparison or a conversion.</summary>
[Cmdlet(VerbsData.Export, "CoreMLReport", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportCoreMLReportCommand : ModelPathCommand
{
    private const string ComparisonSet = "Comparison";
    private const string ConversionSet = "Conversion";
    private const string FileSuffix = "_report" + ModelReport.FileExtension;

    private readonly RunOutputs _outputs = new(PathComparer);
    private Destination _destination = Destination.BesideSource;

    /// <summary>A comparison, as returned by Compare-CoreMLModel.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ComparisonSet)]
    public ModelComparison? Comparison { get; set; }

    /// <summary>The result of a conversion. It is compared with its source, and the report also lists what was skipped.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ConversionSet)]
    public ConversionResult? Conversion { get; set; }

    /// <summary>A folder, which is created if it does not exist, or a path ending in .html for a single report. By default, the report is written next to its model.</summary>
    [Parameter]
    [Alias("OutputPath", "Destination")]
    [ValidateNotNullOrEmpty]
    public string? DestinationPath { get; set; }

    /// <summary>Replaces an existing report at the destination.</summary>
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
            target = _outputs.Claim(_destination.For(model, FileSuffix), model, Force);
        }
        catch (PathException e)
        {
            WriteError(e.Error);
            return;
        }

        if (!ShouldProcess(target, $"Write the report for '{model}'"))
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
