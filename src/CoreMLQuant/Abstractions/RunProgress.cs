using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using CoreMLQuant.Files;

namespace CoreMLQuant.Abstractions;

/// <summary>
/// How far a run over several models is, with a bar below for each model that is being converted. How many there are is known when they
/// were named, and not when they come through the pipeline. All of it is called on the pipeline thread.
/// </summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="activity">What is done.</param>
internal sealed class RunProgress(PSCmdlet cmdlet, string activity)
{
    private readonly List<ProgressReporter> _active = [];
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private long _totalBytes;
    private long _doneBytes;
    private int _begun;
    private bool _isShown;

    /// <summary>Number of models, where it is known.</summary>
    public int? Total { get; private set; }

    /// <summary>Number of a cmdlet's own bar; it stays clear of the bars below.</summary>
    public static int ActivityId(Cmdlet cmdlet) => RuntimeHelpers.GetHashCode(cmdlet) & int.MaxValue;

    /// <summary>Tells which models there will be.</summary>
    /// <param name="models">Full paths.</param>
    public void Expect(IEnumerable<string> models)
    {
        int count = 0;
        foreach (string model in models)
        {
            count++;
            _totalBytes += ModelFiles.Length(model);
        }

        Total = count;
    }

    /// <summary>Takes in the next model.</summary>
    /// <returns>Its number, from 1; 0 when it is the only one.</returns>
    public int Next() => Total == 1 ? 0 : ++_begun;

    /// <summary>Shows that a model is being converted.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="post">Hands an action to the pipeline thread.</param>
    public ProgressReporter Begin(int number, Action<Action> post)
    {
        var reporter = new ProgressReporter(cmdlet, activity, post, number) { Reporting = () => Show(number) };
        _active.Add(reporter);
        return reporter;
    }

    /// <summary>Takes a model's bar away.</summary>
    /// <param name="reporter">Its bar; <see langword="null"/> for a model that nothing was done for.</param>
    /// <param name="model">Full path of the model.</param>
    public void End(ProgressReporter? reporter, string model)
    {
        if (reporter is null)
        {
            // What took no time says nothing about the rest.
            _totalBytes -= _totalBytes > 0 ? Math.Min(ModelFiles.Length(model), _totalBytes) : 0;
            return;
        }

        reporter.Complete();
        _active.Remove(reporter);
        _doneBytes += reporter.BytesDone;
    }

    /// <summary>Takes the bar away.</summary>
    public void Complete()
    {
        if (_isShown)
        {
            cmdlet.WriteProgress(new ProgressRecord(ActivityId(cmdlet), Name, "done") { RecordType = ProgressRecordType.Completed });
        }
    }

    private string Name => cmdlet.MyInvocation.MyCommand.Name;

    private void Show(int number)
    {
        if (number == 0)
        {
            return;
        }

        _isShown = true;
        string status = Total is { } total
            ? string.Format(CultureInfo.InvariantCulture, "model {0} of {1}", number, total)
            : string.Format(CultureInfo.InvariantCulture, "model {0}", number);
        var record = new ProgressRecord(ActivityId(cmdlet), Name, status);
        long done = _doneBytes + _active.Sum(reporter => reporter.BytesDone);
        if (_totalBytes > 0)
        {
            record.PercentComplete = (int)Math.Min(100, done * 100.0 / _totalBytes);
            record.SecondsRemaining = RemainingTime.Seconds(_time.Elapsed, done, _totalBytes);
        }

        cmdlet.WriteProgress(record);
    }
}
