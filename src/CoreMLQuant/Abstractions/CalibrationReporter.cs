using System;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Calibration.Collecting;

namespace CoreMLQuant.Abstractions;

/// <summary>How far calibration is, with the time that is left; ten records a second at most.</summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="post">Hands an action to the pipeline thread.</param>
internal sealed class CalibrationReporter(Cmdlet cmdlet, Action<Action> post) : IProgress<CalibrationProgress>
{
    private static readonly long Interval = Stopwatch.Frequency / 10;

    private readonly Stopwatch _time = Stopwatch.StartNew();
    private long _next;
    private int _firstRun = -1;
    private bool _isShown;
    private volatile bool _isComplete;

    /// <inheritdoc/>
    public void Report(CalibrationProgress value)
    {
        // What a statistics file had already took no time.
        _firstRun = _firstRun < 0 ? value.RunsDone : _firstRun;
        long now = Stopwatch.GetTimestamp();
        if (now >= Interlocked.Read(ref _next))
        {
            Interlocked.Exchange(ref _next, now + Interval);
            post(() => Show(value));
        }
    }

    /// <summary>Takes the bar away. Called on the pipeline thread.</summary>
    public void Complete()
    {
        _isComplete = true;
        if (_isShown)
        {
            cmdlet.WriteProgress(Record("done", ProgressRecordType.Completed));
        }
    }

    private void Show(CalibrationProgress value)
    {
        // A report may be shown late.
        if (_isComplete)
        {
            return;
        }

        _isShown = true;
        ProgressRecord record = Record(
            string.Format(CultureInfo.InvariantCulture, "run {0} of {1}: {2}", value.RunsDone + 1, value.RunsTotal, value.Sample), ProgressRecordType.Processing);
        record.PercentComplete = (int)(100L * value.RunsDone / value.RunsTotal);
        record.SecondsRemaining = RemainingTime.Seconds(_time.Elapsed, value.RunsDone - _firstRun, value.RunsTotal - _firstRun);
        cmdlet.WriteProgress(record);
    }

    private ProgressRecord Record(string status, ProgressRecordType type) => new(RunProgress.ActivityId(cmdlet) ^ 1, "Calibrating", status) { RecordType = type };
}
