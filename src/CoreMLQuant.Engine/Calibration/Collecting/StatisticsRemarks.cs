using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Models;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>What is remarkable about statistics.</summary>
/// <param name="statistics">The statistics.</param>
/// <param name="compensates">Whether errors are compensated by them; if not, nothing is said of Gram matrices.</param>
/// <param name="isMeant">Whether a weight is one to speak of.</param>
internal sealed class StatisticsRemarks(CalibrationStatistics statistics, bool compensates, Func<WeightKey, bool> isMeant)
{
    private const int ShownNames = 3;

    // With as many, errors that are compensated with a damped matrix were smaller on other samples than those of rounding to nearest, whatever the model; with four, not always
    // (docs/CALIBRATION.md).
    private const int EnoughSamples = 16;

    /// <summary>What may not be wanted: sentences without a full stop; none when there is nothing to say.</summary>
    public IReadOnlyList<string> Warnings()
    {
        LayerStatistics[] few = statistics.Samples.Count < EnoughSamples ? WithFewVectors() : [];
        LayerStatistics[] without = compensates ? Where(layer => layer.GramReason.Length > 0) : [];
        bool haveStates = SamplesDiffer();
        LayerStatistics[] constant = Where(layer => layer.RowCount > 1 && IsConstant(layer) && !(haveStates && IsZero(layer)));
        string[] values = statistics.Activations.Where(value => value.IsConstant).Select(value => value.Name).ToArray();
        return new[]
        {
            few.Length == 0 ? null
                : $"with {Counted(statistics.Samples.Count)}, {FewVectors(few)}, so that errors that are compensated can be larger for other data than those of rounding to nearest: use more samples, {EnoughSamples} at least, or -Method RoundToNearest",
            without.Length == 0 ? null : $"{Weights(without)} without error compensation: {without[0].GramReason}",
            constant.Length == 0 ? null : $"{Weights(constant)} met the same input in all samples, which says nothing of others: use samples that differ",
            values.Length == 0 ? null : $"{Names(values, "value", "values")} {(values.Length == 1 ? "has" : "have")} the same content in all samples, which says nothing of the range for others: use samples that differ",
        }.OfType<string>().ToArray();
    }

    /// <summary>What else is worth knowing, each a sentence.</summary>
    public IReadOnlyList<string> Notes()
    {
        LayerStatistics[] few = statistics.Samples.Count >= EnoughSamples ? WithFewVectors() : [];
        LayerStatistics[] zero = SamplesDiffer() ? Where(IsZero) : [];
        return new[]
        {
            few.Length == 0 ? null : $"Of {Counted(statistics.Samples.Count)}, {FewVectors(few)}; their errors are compensated with a damped Gram matrix.",
            zero.Length == 0 ? null
                : $"{Weights(zero)} met zeros alone in all samples, as that of a state does at the first step, and {(zero.Length == 1 ? "is" : "are")} compressed as without samples; samples with the states of later steps show more.",
        }.OfType<string>().ToArray();
    }

    private LayerStatistics[] WithFewVectors() => compensates ? Where(layer => layer.Gram is not null && layer.RowCount < layer.Columns && !IsZero(layer)) : [];

    private string FewVectors(LayerStatistics[] few)
    {
        LayerStatistics worst = few.OrderBy(layer => (double)layer.RowCount / layer.Columns).First();
        return string.Format(
            CultureInfo.InvariantCulture,
            "{0} of {1} weights met fewer vectors than they have inputs ('{2}' the fewest: {3} for {4} inputs)",
            few.Length,
            Where(_ => true).Length,
            worst.Weight.Name,
            worst.RowCount,
            worst.Columns);
    }

    private LayerStatistics[] Where(Func<LayerStatistics, bool> condition) => statistics.Layers.Where(layer => isMeant(layer.Weight) && condition(layer)).ToArray();

    // Zeros are what a state begins with, whatever the data. If it is the data, they are zeros already where the first weight of the model meets them.
    private bool SamplesDiffer() => statistics.Layers.FirstOrDefault() is { } first && !IsConstant(first);

    // Nothing is compensated where all inputs are zero.
    private static bool IsZero(LayerStatistics layer) => Array.TrueForAll(layer.SecondMoments, moment => moment == 0);

    private static bool IsConstant(LayerStatistics layer)
    {
        for (int i = 0; i < layer.Means.Length; i++)
        {
            // What is left of equal figures is the rounding of their sums.
            double square = layer.Means[i] * layer.Means[i];
            if (layer.SecondMoments[i] - square > 1e-6 * layer.SecondMoments[i])
            {
                return false;
            }
        }

        return true;
    }

    private static string Counted(int samples) => string.Format(CultureInfo.InvariantCulture, "{0} {1}", samples, samples == 1 ? "sample" : "samples");

    private static string Weights(LayerStatistics[] layers) => Names(layers.Select(layer => layer.Weight.Name).ToArray(), "weight", "weights");

    private static string Names(string[] names, string one, string several)
    {
        string shown = string.Join(", ", names.Take(ShownNames).Select(name => $"'{name}'")) + (names.Length > ShownNames ? ", ..." : string.Empty);
        return string.Format(CultureInfo.InvariantCulture, "{0} {1} ({2})", names.Length, names.Length == 1 ? one : several, shown);
    }
}
