using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Comparison;

namespace CoreMLQuant.Reporting;

/// <summary>The weights of a comparison whose values are not the same, the worst first.</summary>
internal sealed class WeightErrors
{
    private WeightErrors(IReadOnlyList<Entry> changed, int count, double? medianSnr)
    {
        Changed = changed;
        Count = count;
        MedianSnr = medianSnr;
    }

    /// <summary>Weights that changed, ascending by signal-to-noise ratio, and in order of execution where that is the same.</summary>
    public IReadOnlyList<Entry> Changed { get; }

    /// <summary>All weights that have a counterpart.</summary>
    public int Count { get; }

    /// <summary>Median of the signal-to-noise ratios of the weights that changed, dB; <see langword="null"/> when none did.</summary>
    public double? MedianSnr { get; }

    /// <summary>Sorts the weights of a comparison.</summary>
    public static WeightErrors Of(ModelComparison comparison)
    {
        Entry[] changed = comparison.Weights
            .Select((weight, index) => new Entry(weight, index + 1))
            .Where(entry => !double.IsPositiveInfinity(entry.Snr))
            .OrderBy(entry => entry.Snr)
            .ThenBy(entry => entry.Place)
            .ToArray();
        int middle = changed.Length / 2;
        double? median = changed.Length == 0 ? null
            : changed.Length % 2 == 1 || changed[middle - 1].Snr == changed[middle].Snr ? changed[middle].Snr
            : (changed[middle - 1].Snr + changed[middle].Snr) / 2;
        return new WeightErrors(changed, comparison.Weights.Count, median);
    }

    /// <summary>A weight that changed.</summary>
    /// <param name="Weight">The weight with its counterpart.</param>
    /// <param name="Place">Its number in the order of execution.</param>
    public sealed record Entry(WeightComparison Weight, int Place)
    {
        /// <summary>Its signal-to-noise ratio, dB; -infinity where an error is infinite.</summary>
        public double Snr { get; } = double.IsNaN(Weight.Snr) ? double.NegativeInfinity : Weight.Snr;
    }
}
