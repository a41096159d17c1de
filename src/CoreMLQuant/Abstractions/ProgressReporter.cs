using System;
using System.Diagnostics;
using System.Management.Automation;
using System.Runtime.CompilerServices;
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
    private long _next = Stopwatch.GetTimestamp() + Interval;
    private bool _shown;

    /// <summary>Reports for a cmdlet through a queue that its pipeline thread empties.</summary>
    public ProgressReporter(Cmdlet cmdlet, string activity, Action<Action> post)
    {
        _cmdlet = cmdlet;
        _activity = activity;
        _post = post;
    }

    /// <inheritdoc/>
    public void Report(ConversionProgress value)
    {
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
        if (_shown)
        {
            _cmdlet.WriteProgress(Record("done", ProgressRecordType.Completed));
        }
    }

    private void Show(ConversionProgress value)
    {
        _shown = true;
        string done = $"{DisplayText.Size(value.BytesDone)} of {DisplayText.Size(value.BytesTotal)}";
        ProgressRecord record = Record($"{DisplayText.FileName(value.Path)}: {done}", ProgressRecordType.Processing);
        if (value.BytesTotal > 0)
        {
            record.PercentComplete = (int)Math.Min(100, value.BytesDone * 100.0 / value.BytesTotal);
        }

        _cmdlet.WriteProgress(record);
    }

    // Cmdlets of one pipeline work at the same time: each has a bar of its own.
    private ProgressRecord Record(string status, ProgressRecordType type) =>
        new(RuntimeHelpers.GetHashCode(_cmdlet), _activity, status) { RecordType = type };
}
