using System;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Threading;

namespace CoreMLQuant.Abstractions;

/// <summary>How far runs of a model are, with the time that is left; ten records a second at most.</summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="activity">What is done.</param>
/// <param name="post">Hands an action to the pipeline thread.</param>
internal sealed class RunReporter(Cmdlet cmdlet, string activity, Action<Action> post)
{
    private static readonly long Interval = Stopwatch.Frequency / 10;

    private readonly Stopwatch _time = Stopwatch.StartNew();
    private long _next;
    private int _firstRun = -1;
    private bool _isShown;
    private volatile bool _isComplete;

    /// <summary>Tells a run before it begins.</summary>
    /// <param name="done">Runs so far.</param>
    /// <param name="total">Runs in all.</param>
    /// <param name="name">What is run.</param>
    public void Report(int done, int total, string name)
    {
        // What had been done before took no time.
        _firstRun = _firstRun < 0 ? done : _firstRun;
        long now = Stopwatch.GetTimestamp();
        if (now >= Interlocked.Read(ref _next))
        {
            Interlocked.Exchange(ref _next, now + Interval);
            post(() => Show(done, total, name));
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

    private void Show(int done, int total, string name)
    {
        // A report may be shown late.
        if (_isComplete)
        {
            return;
        }

        _isShown = true;
        ProgressRecord record = Record(
            string.Format(CultureInfo.InvariantCulture, "run {0} of {1}: {2}", done + 1, total, name), ProgressRecordType.Processing);
        record.PercentComplete = (int)(100L * done / total);
        record.SecondsRemaining = RemainingTime.Seconds(_time.Elapsed, done - _firstRun, total - _firstRun);
        cmdlet.WriteProgress(record);
    }

    private ProgressRecord Record(string status, ProgressRecordType type) => new(RunProgress.ActivityId(cmdlet) ^ activity.Length, activity, status) { RecordType = type };
}
