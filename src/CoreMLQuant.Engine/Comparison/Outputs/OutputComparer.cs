using System;
using System.Collections.Generic;
using System.Collections.Specialized;
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
        var outputs = new Meters();
        var layers = new Meters();
        int count = 0;
        bool isRandom = false;
        foreach (RunSample sample in samples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(sample);
            ModelRun before = reference(sample), after = difference.Run(sample, cancellationToken);
            outputs.Add(sample, before.Outputs, after.Outputs);
            layers.Add(sample, before.IntermediateValues, after.IntermediateValues);
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
        };
    }

    /// <summary>One meter for each name, in the order in which names come up.</summary>
    private sealed class Meters
    {
        private readonly OrderedDictionary _meters = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _refused = new(StringComparer.Ordinal);

        public void Add(RunSample sample, OrderedDictionary reference, OrderedDictionary difference)
        {
            string[] names = reference.Keys.Cast<string>().ToArray(), others = difference.Keys.Cast<string>().ToArray();
            foreach (string name in names)
            {
                // Conversions between the formats rename outputs: where both have only one, it is the same.
                string? counterpart = difference.Contains(name) ? name : names.Length == 1 && others.Length == 1 ? others[0] : null;
                if (counterpart is null)
                {
                    _refused[name] = $"'{name}' is in the reference only.";
                    continue;
                }

                if (_meters[name] is not OutputMeter meter)
                {
                    _meters.Add(name, meter = new OutputMeter(name, Describe(reference[name]!)));
                }

                if (meter.Add(sample, reference[name]!, difference[counterpart]!) is { } problem)
                {
                    _refused[name] = problem;
                }
            }

            foreach (string name in others.Where(name => !reference.Contains(name) && (names.Length != 1 || others.Length != 1)))
            {
                _refused[name] = $"'{name}' is not in the reference.";
            }
        }

        public IReadOnlyList<OutputComparison> Results() => _meters.Keys.Cast<string>()
            .Where(name => !_refused.ContainsKey(name))
            .Select(name => ((OutputMeter)_meters[name]!).Result())
            .ToArray();

        public IReadOnlyList<string> NotCompared() => _refused.Values.ToArray();

        private static string Describe(object value) => value switch
        {
            MultiArray array => array.ToString(),
            ClassProbabilities classes => $"probabilities of {classes.Count} classes",
            string => "label",
            _ => value.GetType().Name,
        };
    }
}
