using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Features;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>A model that is ready: its stages one after the other, each taking what those before gave.</summary>
internal sealed class RunnableModel(string path, RunFeatures features, RunSettings settings, IReadOnlyList<IModelStage> stages) : IRunnableModel
{
    private const int ShownClasses = 5;

    private readonly SampleBinder _binder = new(features, path, settings.Resize);

    // What a stage computed can be kept where no other one changes what goes into it.
    private readonly NetworkStage? _repeatable = stages is [NetworkStage { IsRepeatable: true } only] ? only : null;
    private (IReadOnlyList<IReadOnlyCollection<string>> Runs, int SampleCount)? _expected;
    private RunSample? _kept;

    /// <summary>Number of parts of the network that run again for other weights.</summary>
    public int PartCount => _repeatable?.PartCount ?? 0;

    /// <inheritdoc/>
    public string Path => path;

    /// <inheritdoc/>
    public RunFeatures Features => features;

    /// <inheritdoc/>
    public IReadOnlyList<string> IntermediateValueNames => IntermediateValues.Where(value => value is { IsInput: false, IsInner: false }).Select(value => value.Name).ToArray();

    /// <inheritdoc/>
    public IReadOnlyList<IntermediateValue> IntermediateValues { get; } = stages.SelectMany(stage => stage.IntermediateValues)
        .GroupBy(value => value.Name, StringComparer.Ordinal).Select(group => group.First()).ToArray();

    /// <inheritdoc/>
    public IReadOnlyCollection<string> ReplaceableWeights { get; } = stages.SelectMany(stage => stage.ReplaceableWeights)
        .GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() == 1).Select(group => group.Key).ToArray();

    /// <inheritdoc/>
    public void ReplaceWeight(string name, float[]? values) => (stages.FirstOrDefault(stage => stage.ReplaceableWeights.Contains(name))
        ?? throw new ArgumentException($"'{path}' has no weight '{name}' that can be replaced.", nameof(name))).ReplaceWeight(name, values);

    /// <inheritdoc/>
    public void ExpectReplacements(IReadOnlyList<IReadOnlyCollection<string>> runs, int sampleCount) => _expected = (runs, sampleCount);

    /// <inheritdoc/>
    public void Check(RunSample sample, IReadOnlyCollection<string> finiteInputs) => _binder.Check(sample, finiteInputs);

    /// <inheritdoc/>
    public ModelRun Run(RunSample sample, CancellationToken cancellationToken = default)
    {
        ModelRun run = RunOnce(sample, cancellationToken);
        if (_repeatable is not { HasReplacements: false } stage || _expected is not { } expected)
        {
            return run;
        }

        // How long a run takes is known now.
        _expected = null;
        return stage.ChooseParts(expected.Runs, expected.SampleCount, run.Elapsed, cancellationToken) ? RunAndOpenParts(stage, sample, cancellationToken) : run;
    }

    private ModelRun RunAndOpenParts(NetworkStage stage, RunSample sample, CancellationToken cancellationToken)
    {
        _kept = null;
        try
        {
            ModelRun run = RunOnce(sample, cancellationToken);
            stage.OpenParts(cancellationToken);
            return run;
        }
        catch (ModelRunException)
        {
            // The whole network runs with less memory.
            stage.CloseParts();
            return RunOnce(sample, cancellationToken);
        }
    }

    private ModelRun RunOnce(RunSample sample, CancellationToken cancellationToken)
    {
        bool isAgain = ReferenceEquals(sample, _kept);
        Dictionary<string, object> inputs = isAgain ? [] : _binder.Bind(sample);
        var values = new Dictionary<string, object>(inputs, StringComparer.Ordinal);
        var intermediate = new Dictionary<string, MultiArray>(StringComparer.Ordinal);
        if (!settings.IsSequence)
        {
            foreach (IModelStage stage in stages)
            {
                stage.ResetStates();
            }
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (settings.Timeout is { } timeout)
        {
            limited.CancelAfter(timeout);
        }

        Stopwatch time = Stopwatch.StartNew();
        try
        {
            if (isAgain)
            {
                _repeatable!.RunAgain(values, intermediate, limited.Token);
            }
            else
            {
                foreach (IModelStage stage in stages)
                {
                    stage.Run(values, intermediate, limited.Token);
                }

                _kept = _repeatable is { HasReplacements: false } ? sample : _kept;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw OutOfTime(sample);
        }

        TimeSpan elapsed = time.Elapsed;
        return elapsed > settings.Timeout ? throw OutOfTime(sample) : Result(sample, inputs, values, intermediate, elapsed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IModelStage stage in stages)
        {
            stage.Dispose();
        }
    }

    private ModelRunException OutOfTime(RunSample sample) => new(string.Format(
        CultureInfo.InvariantCulture, "'{0}' did not finish '{1}' within {2:0.###} s. Allow it more with -TimeoutSeconds.", path, sample.Name, settings.Timeout!.Value.TotalSeconds));

    private ModelRun Result(RunSample sample, Dictionary<string, object> inputs, Dictionary<string, object> values, Dictionary<string, MultiArray> intermediate, TimeSpan elapsed)
    {
        var outputs = new OrderedDictionary(StringComparer.Ordinal);
        foreach (RunFeature output in features.Outputs)
        {
            if (values.TryGetValue(output.Name, out object? value))
            {
                outputs.Add(output.Name, OutputValues.Of(output, value));
            }
        }

        var taps = new OrderedDictionary(StringComparer.Ordinal);
        foreach (string name in IntermediateValues.Select(value => value.Name).Where(intermediate.ContainsKey))
        {
            taps.Add(name, intermediate[name]);
        }

        ClassProbabilities? classes = values.GetValueOrDefault(features.PredictedProbabilitiesName) as ClassProbabilities;
        return new ModelRun
        {
            ModelPath = path,
            Sample = sample.Name,
            IsRandom = sample.IsRandom,
            Outputs = outputs,
            IntermediateValues = taps,
            Label = Convert.ToString(values.GetValueOrDefault(features.PredictedFeatureName), CultureInfo.InvariantCulture) ?? string.Empty,
            TopClasses = classes?.Top(ShownClasses) ?? [],
            Warnings = [.. NotFinite.Inputs(inputs, []), .. NotFinite.HarmfulInputs(inputs, outputs)],
            Elapsed = elapsed,
        };
    }
}
