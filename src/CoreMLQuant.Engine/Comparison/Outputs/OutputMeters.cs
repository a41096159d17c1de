using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Comparison.Outputs;

/// <summary>One meter for each name, in the order in which names come up.</summary>
internal sealed class OutputMeters
{
    private readonly OrderedDictionary _meters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _refused = new(StringComparer.Ordinal);

    /// <summary>Adds what two models gave for a sample.</summary>
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

    /// <summary>The figures of what both have.</summary>
    public IReadOnlyList<OutputComparison> Results() => _meters.Keys.Cast<string>()
        .Where(name => !_refused.ContainsKey(name))
        .Select(name => ((OutputMeter)_meters[name]!).Result())
        .ToArray();

    /// <summary>What was not compared, each with the reason.</summary>
    public IReadOnlyList<string> NotCompared() => _refused.Values.ToArray();

    private static string Describe(object value) => value switch
    {
        MultiArray array => array.ToString(),
        ClassProbabilities classes => $"probabilities of {classes.Count} classes",
        string => "label",
        _ => value.GetType().Name,
    };
}
