using System;
using System.Diagnostics;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Conversion;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Abstractions;

/// <summary>The engine's progress as PowerShell's, ten records a second at most; the engine's workers may all report.</summary>
internal sealed class ProgressReporter : IProgress<ConversionProgress>
{
    private static readonly long Interval = Stopwatch.Frequency / 10;

    private readonly Cmdlet _cmdlet;
    private readonly string _activity;
    private readonly Action<Action> _post;
    private readonly int _number;
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private long _next = Stopwatch.GetTimestamp() + Interval;
    private long _bytesDone;
    private bool _isShown;
    private bool _isComplete;

    /// <summary>Reports for a cmdlet through a queue that its pipeline thread empties.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="activity">What is done.</param>
    /// <param name="post">The queue.</param>
    /// <param name="number">Number of the model in a run over several, from 1; 0 for the only one.</param>
    public ProgressReporter(Cmdlet cmdlet, string activity, Action<Action> post, int number = 0)
    {
        _cmdlet = cmdlet;
        _activity = activity;
        _post = post;
        _number = number;
    }

    /// <summary>Called before each record is shown, on the pipeline thread: shows the bar above.</summary>
    public Action Reporting { get; init; } = () => { };

    /// <summary>Source bytes done so far.</summary>
    public long BytesDone => Interlocked.Read(ref _bytesDone);

    /// <inheritdoc/>
    public void Report(ConversionProgress value)
    {
        Interlocked.Exchange(ref _bytesDone, value.BytesDone);
        long now = Stopwatch.GetTimestamp();
        long next = Interlocked.Read(ref _next);
        if (now >= next && Interlocked.CompareExchange(ref _next, now + Interval, next) == next)
        {
            _post(() => Show(value));
        }
    }

    /// <summary>Takes the bar away. Called on the pipeline thread.</summary>
    public void Complete()
    {
        _isComplete = true;
        if (_isShown)
        {
            _cmdlet.WriteProgress(Record("done", ProgressRecordType.Completed));
        }
    }

    private void Show(ConversionProgress value)
    {
        // A report may be shown late.
        if (_isComplete)
        {
            return;
        }

        _isShown = true;
        string done = $"{DisplayText.Size(value.BytesDone)} of {DisplayText.Size(value.BytesTotal)}";
        ProgressRecord record = Record($"{DisplayText.FileName(value.Path)}: {done}", ProgressRecordType.Processing);
        if (value.BytesTotal > 0)
        {
            record.PercentComplete = (int)Math.Min(100, value.BytesDone * 100.0 / value.BytesTotal);
            record.SecondsRemaining = RemainingTime.Seconds(_time.Elapsed, value.BytesDone, value.BytesTotal);
        }

        Reporting();
        _cmdlet.WriteProgress(record);
    }

    // Cmdlets of one pipeline work at the same time: each has a bar of its own, and below it one for each of its models.
    private ProgressRecord Record(string status, ProgressRecordType type)
    {
        int run = RunProgress.ActivityId(_cmdlet);
        return _number == 0
            ? new ProgressRecord(run, _activity, status) { RecordType = type }
            : new ProgressRecord(run ^ _number, _activity, status) { RecordType = type, ParentActivityId = run };
    }
}
