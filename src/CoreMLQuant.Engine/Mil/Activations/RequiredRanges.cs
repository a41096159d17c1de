using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors.Statistics;

namespace CoreMLQuant.Mil.Activations;

/// <summary>The ranges of activations: given, or estimated from what calibration saw; and which of those that are needed are missing.</summary>
/// <param name="quantization">What is asked for, with the ranges that are given.</param>
/// <param name="statistics">What calibration found out; <see langword="null"/> without calibration.</param>
/// <param name="shared">Which values share their range where it is estimated.</param>
internal sealed class RequiredRanges(ActivationQuantization quantization, CalibrationStatistics? statistics, SharedRanges shared)
{
    // Stands where a range is missing until all are told; a plan is never made with it.
    private static readonly ActivationRange Placeholder = new(-1, 1);

    private readonly HashSet<string> _needed = new(StringComparer.Ordinal);
    private readonly List<(string Value, OperationNode Operation)> _missing = [];
    private readonly Dictionary<string, ActivationRange> _used = new(StringComparer.Ordinal);
    private bool _isRun = true;
    private readonly HashSet<string> _unseen = new(statistics?.UnseenValues ?? [], StringComparer.Ordinal);

    /// <summary>Names of values whose range is needed, with those that share it.</summary>
    public IEnumerable<string> Needed => _needed.SelectMany(shared.Of).Distinct(StringComparer.Ordinal);

    /// <summary>Values whose range is needed and not known, in the order in which they were asked for, and the operations that need them.</summary>
    public IReadOnlyList<(string Value, OperationNode Operation)> Missing => _missing;

    /// <summary>The range that a value has been quantized for.</summary>
    public ActivationRange Used(string name) => _used[name];

    /// <summary>Goes on to another function.</summary>
    /// <param name="isRun">Whether it is the one that samples run through. Names of others may be the same and do not mean the same values.</param>
    public void Enter(bool isRun) => _isRun = isRun;

    /// <summary>Whether no sample can show a value.</summary>
    public bool IsUnseen(string name) => statistics is not null && (!_isRun || _unseen.Contains(name));

    /// <summary>Forgets what is missing since there were so many, before it is asked for again.</summary>
    public void ForgetMissing(int count) => _missing.RemoveRange(count, _missing.Count - count);

    /// <summary>The parameters of a value that gets a pair.</summary>
    /// <param name="value">The value.</param>
    /// <param name="kind">The kind of its integers.</param>
    /// <param name="operation">The operation that the pair is for.</param>
    public PairParameters Required(ActivationValue value, LinearQuantizationRecipe kind, ActivationNode operation)
    {
        _needed.Add(value.Source!.Name);
        if (Known(value, kind) is { } known)
        {
            return known;
        }

        _missing.Add((value.Source.Name, operation.Source!));
        _used[value.Source.Name] = Placeholder;
        return PairParameters.Of(Placeholder, kind, value.Source.ElementType);
    }

    /// <summary>The parameters of a value, if its range is known.</summary>
    public PairParameters? Known(ActivationValue value, LinearQuantizationRecipe kind)
    {
        string name = value.Source!.Name;
        if ((Given(name) ?? Estimated(name, kind)) is not { } range)
        {
            return null;
        }

        _used[name] = range;
        return PairParameters.Of(range, kind, value.Source.ElementType);
    }

    private ActivationRange? Given(string name) => quantization.Ranges?.ByName.TryGetValue(name, out ActivationRange range) == true ? range : null;

    private ActivationRange? Estimated(string name, LinearQuantizationRecipe kind) => Seen(name) is null ? null : shared.Of(name)
        .Select(Seen)
        .OfType<ActivationStatistics>()
        .Select(found => Estimated(found, kind))
        .Aggregate((ActivationRange?)null, (all, range) => all?.With(range) ?? range);

    private ActivationStatistics? Seen(string name) => _isRun && statistics?.Of(name) is { Count: > 0 } found ? found : null;

    private ActivationRange Estimated(ActivationStatistics found, LinearQuantizationRecipe kind)
    {
        if (quantization.RangeEstimator == RangeEstimator.MinMax || found.IsConstant)
        {
            return new ActivationRange(found.Minimum, found.Maximum);
        }

        var histogram = new HistogramRange(found.Histogram.Low, found.Histogram.Width, found.Histogram.Counts, found.Minimum, found.Maximum);
        (double minimum, double maximum) = quantization.RangeEstimator == RangeEstimator.Percentile
            ? histogram.Percentile(quantization.Percentile)
            : histogram.LeastError(PairParameters.IntegersOf(kind));
        return new ActivationRange(minimum, maximum);
    }
}
