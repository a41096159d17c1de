using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Running;

namespace CoreMLQuant.Comparison.Outputs;

/// <summary>Runs samples through two models and compares what comes out.</summary>
public static class OutputComparer
{
    /// <summary>Compares.</summary>
    /// <param name="reference">Gives what is taken for right of each sample: a model, or outputs that something else recorded.</param>
    /// <param name="difference">The model that is measured against it.</param>
    /// <param name="samples">The samples, read one by one.</param>
    /// <param name="progress">Told each sample before it is run.</param>
    /// <param name="cancellationToken">Stops comparing.</param>
    public static ComparedOutputs Compare(
        Func<RunSample, ModelRun> reference,
        IRunnableModel difference,
        IEnumerable<RunSample> samples,
        IProgress<RunSample>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var outputs = new OutputMeters();
        var layers = new OutputMeters();
        var warnings = new List<string>();
        int count = 0;
        bool isRandom = false;
        foreach (RunSample sample in samples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(sample);
            ModelRun before = reference(sample), after = difference.Run(sample, cancellationToken);
            outputs.Add(sample, before.Outputs, after.Outputs);
            layers.Add(sample, before.IntermediateValues, after.IntermediateValues);
            warnings.AddRange(before.Warnings.Union(after.Warnings, StringComparer.Ordinal).Select(warning => $"'{sample.Name}': {warning}"));
            isRandom |= sample.IsRandom;
            count++;
        }

        return new ComparedOutputs
        {
            SampleCount = count,
            IsRandomInput = isRandom,
            Outputs = outputs.Results(),
            Layers = layers.Results(),
            NotCompared = outputs.NotCompared(),
            Warnings = warnings,
        };
    }
}
