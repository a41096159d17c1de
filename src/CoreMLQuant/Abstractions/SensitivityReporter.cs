using System;
using System.Management.Automation;
using CoreMLQuant.Sensitivity;

namespace CoreMLQuant.Abstractions;

/// <summary>How far the measurement of a model is, with the time that is left.</summary>
internal sealed class SensitivityReporter(Cmdlet cmdlet, Action<Action> post) : IProgress<SensitivityProgress>
{
    private readonly RunReporter _runs = new(cmdlet, "Measuring sensitivity", post);

    /// <inheritdoc/>
    public void Report(SensitivityProgress value) => _runs.Report(value.RunsDone, value.RunsTotal, value.Weight);

    /// <summary>Takes the bar away. Called on the pipeline thread.</summary>
    public void Complete() => _runs.Complete();
}
