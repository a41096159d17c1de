using System;
using System.Management.Automation;
using CoreMLQuant.Calibration.Collecting;

namespace CoreMLQuant.Abstractions;

/// <summary>How far the runs of calibration, or those after it, are, with the time that is left.</summary>
internal sealed class CalibrationReporter(Cmdlet cmdlet, string activity, Action<Action> post) : IProgress<CalibrationProgress>
{
    private readonly RunReporter _runs = new(cmdlet, activity, post);

    /// <summary>Reports the runs of a calibration.</summary>
    public CalibrationReporter(Cmdlet cmdlet, Action<Action> post)
        : this(cmdlet, "Calibrating", post)
    {
    }

    /// <inheritdoc/>
    public void Report(CalibrationProgress value) => _runs.Report(value.RunsDone, value.RunsTotal, value.Sample);

    /// <summary>Takes the bar away. Called on the pipeline thread.</summary>
    public void Complete() => _runs.Complete();
}
