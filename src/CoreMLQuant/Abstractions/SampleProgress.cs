using System;
using System.Globalization;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using CoreMLQuant.Running;

namespace CoreMLQuant.Abstractions;

/// <summary>Tells which sample is being run. How many there will be is not known: files are read one by one.</summary>
internal sealed class SampleProgress(Cmdlet cmdlet, string activity, Action<Action> post) : IProgress<RunSample>
{
    private int _count;
    private bool _shown;

    /// <inheritdoc/>
    public void Report(RunSample value)
    {
        int number = ++_count;
        post(() =>
        {
            _shown = true;
            cmdlet.WriteProgress(Record(string.Format(CultureInfo.InvariantCulture, "sample {0}: {1}", number, value.Name), ProgressRecordType.Processing));
        });
    }

    /// <summary>Takes the bar away. Called on the pipeline thread.</summary>
    public void Complete()
    {
        if (_shown)
        {
            cmdlet.WriteProgress(Record("done", ProgressRecordType.Completed));
        }
    }

    private ProgressRecord Record(string status, ProgressRecordType type) =>
        new(RuntimeHelpers.GetHashCode(cmdlet), activity, status) { RecordType = type };
}
