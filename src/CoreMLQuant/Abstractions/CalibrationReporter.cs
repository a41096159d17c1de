using System;
using System.Management.Automation;
using CoreMLQuant.Calibration.Collecting;

namespace CoreMLQuant.Abstractions;

/// <summary>How far calibration is, with the time that is left.</summary>
internal sealed class CalibrationReporter(Cmdlet cmdlet, Action<Action> post) : IProgress<CalibrationProgress>
{
    private readonly RunReporter _runs = new(cmdlet, "Calibrating", post);

    /// <inheritdoc/>
    public void Report(CalibrationProgress value) => _runs.Report(value.RunsDone, value.RunsTotal, value.Sample);

    /// <summary>Takes the bar away. Called on the pipeline thread.</summary>
    public void Complete() => _runs.Complete();
}
