using CoreMLQuant.Models;

namespace CoreMLQuant.Results;

/// <summary>
/// A weight of a model with the statistics of its values. It does not derive from <see cref="CoreMLWeight"/>, because PowerShell would then
/// show it with the table of the weights before it, without the statistics.
/// </summary>
public sealed record CoreMLWeightStatistics : WeightDescription
{
    internal CoreMLWeightStatistics(WeightSite site)
        : base(site)
    {
        if (site.Statistics is not { } statistics)
        {
            return;
        }

        Min = statistics.Minimum;
        Max = statistics.Maximum;
        Mean = statistics.Mean;
        StdDev = statistics.StandardDeviation;
        Zeros = site.ElementCount == 0 ? 0 : (double)statistics.ZeroCount / site.ElementCount;
        ZeroCount = statistics.ZeroCount;
        Distinct = statistics.DistinctCount;
        FP16Over = statistics.Float16OverflowCount;
        FP16Under = statistics.Float16UnderflowCount;
        NonFinite = statistics.NonFiniteCount;
    }

    /// <summary>Smallest value; <see langword="null"/> when there is no finite one.</summary>
    public double? Min { get; }

    /// <summary>Largest value; <see langword="null"/> when there is no finite one.</summary>
    public double? Max { get; }

    /// <summary>Mean; <see langword="null"/> when there is no finite value.</summary>
    public double? Mean { get; }

    /// <summary>Standard deviation of the values as a population; <see langword="null"/> when there is no finite one.</summary>
    public double? StdDev { get; }

    /// <summary>Share of the values that are zero, of either sign, 0 to 1.</summary>
    public double? Zeros { get; }

    /// <summary>Number of values that are zero.</summary>
    public long? ZeroCount { get; }

    /// <summary>Different values, the zeros of both signs one of them; <see langword="null"/> when there are more than 65536.</summary>
    public int? Distinct { get; }

    /// <summary>Number of finite values that become infinite in FP16: magnitudes of 65520 or more.</summary>
    public long? FP16Over { get; }

    /// <summary>Number of values other than zero that become zero in FP16: magnitudes up to 2^-25.</summary>
    public long? FP16Under { get; }

    /// <summary>Infinities and NaN.</summary>
    public long? NonFinite { get; }
}
