using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Comparison;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Reporting;
using CoreMLQuant.Sensitivity;

namespace CoreMLQuant.Commands;

/// <summary>Writes an HTML report on a model, a comparison or a conversion.</summary>
[Cmdlet(VerbsData.Export, "CoreMLReport", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportCoreMLReportCommand : OutputCommand
{
    private const string ComparisonSet = "Comparison";
    private const string ConversionSet = "Conversion";
    private const string SensitivitySet = "Sensitivity";
    private const string FileSuffix = "_report" + ModelReport.FileExtension;

    private readonly List<WeightSensitivity> _rows = [];
    private bool _isSensitivityArgument;

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

    /// <summary>
    /// Rows of Measure-CoreMLSensitivity, which are drawn in order of execution, a line for each recipe. Piped, they give a report on each of their models. As an argument, those of the model, or
    /// of the source of a comparison or a conversion, are part of its report.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = SensitivitySet)]
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = ComparisonSet)]
    [Parameter(ParameterSetName = ConversionSet)]
    [SensitivityArgument]
    [ValidateNotNullOrEmpty]
    public WeightSensitivity[] Sensitivity { get; set; } = [];

    private protected override IReadOnlyList<string> Extensions => [ModelReport.FileExtension];

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _isSensitivityArgument = Sensitivity.Length > 0;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // A row has a path as well, but what is meant is the row.
        if (!_isSensitivityArgument && Sensitivity.Length > 0)
        {
            _rows.AddRange(Sensitivity);
            return;
        }

        switch (ParameterSetName)
        {
            case ComparisonSet:
                WeightSensitivity[] ofReference = RowsOf(Comparison!.ReferencePath, Sensitivity);
                Export(Comparison.DifferencePath, (_, token) => ModelReport.Of(Comparison, token, FollowLinks, ofReference));
                break;
            case ConversionSet:
                ProgressReporter? progress = null;
                WeightSensitivity[] ofSource = RowsOf(Conversion!.SourcePath, Sensitivity);
                Export(
                    Conversion.Path,
                    (post, token) => ModelReport.Of(Conversion, progress = new ProgressReporter(this, "Comparing with the source", post), token, FollowLinks, ofSource));
                progress?.Complete();
                break;
            default:
                base.ProcessRecord();
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (string model in _rows.Select(row => row.Path).Distinct(PathComparer))
        {
            ProcessNamed(model);
        }

        base.EndProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessModel(string path)
    {
        WeightSensitivity[] rows = RowsOf(path, _rows.Count > 0 ? _rows : Sensitivity);
        Export(path, (_, token) => ModelReport.Of(path, token, FollowLinks, rows));
    }

    private WeightSensitivity[] RowsOf(string path, IReadOnlyCollection<WeightSensitivity> rows)
    {
        WeightSensitivity[] found = rows.Where(row => PathComparer.Equals(row.Path, path)).ToArray();
        if (rows.Count > 0 && found.Length == 0)
        {
            WriteWarning($"-Sensitivity has no row of '{path}'.");
        }

        return found;
    }

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
