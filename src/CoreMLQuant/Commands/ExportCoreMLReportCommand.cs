using System;
using System.Collections.Generic;
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
public sealed class ExportCoreMLReportCommand : OutputCommand
{
    private const string ComparisonSet = "Comparison";
    private const string ConversionSet = "Conversion";
    private const string FileSuffix = "_report" + ModelReport.FileExtension;

    /// <inheritdoc/>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [ModelPathArgument(Except = [typeof(ModelComparison)])]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public override string[] Path { get; set; } = [];

    /// <summary>A comparison, as returned by Compare-CoreMLModel.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ComparisonSet)]
    public ModelComparison? Comparison { get; set; }

    /// <summary>The result of a conversion. It is compared with its source, and the report also lists what was skipped.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ConversionSet)]
    public ConversionResult? Conversion { get; set; }

    private protected override IReadOnlyList<string> Extensions => [ModelReport.FileExtension];

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
        if (TakeTarget(model, FileSuffix) is not { } target)
        {
            return;
        }

        if (!ShouldProcess(target, $"Write the report for '{model}'"))
        {
            return;
        }

        ModelReport? report = Run(create, e => e.ToReadError(model));
        if (report is not null && Save(target, () => report.Save(target, OutputOptions)))
        {
            WriteObject(new FileInfo(target));
        }
    }
}
