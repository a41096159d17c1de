using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Comparison.Outputs;

/// <summary>Whether the outputs of a model differ from one sample to another. Where they do not, errors of weights may not show, and figures of the outputs say nothing of other samples.</summary>
internal sealed class OutputVariety
{
    private readonly HashSet<string> _samples = new(StringComparer.Ordinal);
    private OrderedDictionary? _first;
    private bool _differs;

    /// <summary>What the user should know, a sentence without a full stop; <see langword="null"/> when outputs differ, or there is only one sample.</summary>
    public string? Remark => _differs || _samples.Count < 2 ? null
        : FormattableString.Invariant($"the outputs are the same for all {_samples.Count} samples, so that figures of the outputs say nothing of others: use samples that differ, and see whether the outputs depend on the inputs at all");

    /// <summary>Takes in a run of the model.</summary>
    /// <param name="run">The run; the same sample may come again.</param>
    /// <returns>The run.</returns>
    public ModelRun Add(ModelRun run)
    {
        if (!_differs && _samples.Add(run.Sample))
        {
            _first ??= run.Outputs;
            _differs = !_first.Keys.Cast<string>().All(name => AreSame(_first[name], run.Outputs[name]));
        }

        return run;
    }

    private static bool AreSame(object? one, object? other) => (one, other) switch
    {
        (MultiArray { Values: float[] values }, MultiArray { Values: float[] others }) => values.AsSpan().SequenceEqual(others),
        (MultiArray values, MultiArray others) => values.Values.Cast<object>().SequenceEqual(others.Values.Cast<object>()),
        (ClassProbabilities classes, ClassProbabilities others) => classes.Values.SequenceEqual(others.Values),
        (IReadOnlyDictionary<string, double> map, IReadOnlyDictionary<string, double> others) => map.SequenceEqual(others),
        _ => Equals(one, other),
    };
}
