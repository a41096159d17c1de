using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Comparison.Outputs;

/// <summary>What figures of some samples say about all others of the kind: one-sided lower confidence limits.</summary>
internal static class ConfidenceLimits
{
    /// <summary>Share of the times that a limit holds, for samples that are drawn independently.</summary>
    public const double Level = 0.95;

    private const int Bisections = 60;

    /// <summary>Lower limit of the signal-to-noise ratio, dB. The noise over the signal is a ratio of sums, whose logarithm is about normally distributed: Cochran, Sampling Techniques (1977), 6.4.</summary>
    /// <param name="samples">Signal and noise of each sample.</param>
    /// <returns>
    /// <see langword="null"/> of fewer than two samples, which say nothing of how samples differ, and of samples without any noise: that others have none either, no number of samples shows.
    /// </returns>
    public static double? OfRatio(IReadOnlyCollection<(double Signal, double Noise)> samples)
    {
        int count = samples.Count;
        if (count < 2 || samples.All(sample => sample.Noise == 0))
        {
            return null;
        }

        double signal = samples.Sum(sample => sample.Signal), ratio = samples.Sum(sample => sample.Noise) / signal;
        if (double.IsNaN(ratio) || double.IsInfinity(ratio))
        {
            return double.NegativeInfinity;
        }

        double squares = samples.Sum(sample => Square(sample.Noise - (ratio * sample.Signal)));
        double relativeError = Math.Sqrt(squares / (count - 1) * count) / (signal * ratio);
        return -10 * (Math.Log10(ratio) + (StudentT.Quantile(Level, count - 1) * relativeError / Math.Log(10)));
    }

    /// <summary>Lower limit of a share, exact for a binomial distribution: Clopper and Pearson, Biometrika 26 (1934).</summary>
    /// <param name="count">Samples that count.</param>
    /// <param name="total">All samples.</param>
    public static double OfShare(int count, int total)
    {
        double low = 0, high = 1;
        for (int i = 0; i < Bisections; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = ProbabilityOfAsMany(count, total, middle) < 1 - Level ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Samples that have to agree, all of them, for a lower limit of a share.</summary>
    /// <param name="share">The share, 0 to 1.</param>
    public static double SamplesFor(double share) => Math.Ceiling(Math.Log(1 - Level) / Math.Log(share));

    // From all samples down; logarithms, since the first terms may be too small for FP64.
    private static double ProbabilityOfAsMany(int count, int total, double share)
    {
        double odds = Math.Log(1 - share) - Math.Log(share), term = total * Math.Log(share), sum = 0;
        for (int others = 0; others <= total - count; others++)
        {
            sum += Math.Exp(term);
            term += Math.Log((total - others) / (others + 1.0)) + odds;
        }

        return sum;
    }

    private static double Square(double value) => value * value;
}
