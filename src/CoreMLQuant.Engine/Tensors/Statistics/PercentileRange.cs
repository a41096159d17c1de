using System;

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>
/// Ranges that leave out the outermost values: from the (100 - p)th percentile to the pth. Between two values, percentiles are interpolated linearly, as numpy does by default, so
/// that they mean something for a few values as well.
/// </summary>
internal static class PercentileRange
{
    /// <summary>The percentile where none is given: one value in 10,000 lies beyond each end.</summary>
    public const double Usual = 99.99;

    /// <summary>Places of both ends among values in ascending order, counted from 0, with a fraction.</summary>
    /// <param name="count">Number of values.</param>
    /// <param name="percentile">More than 50, at most 100.</param>
    public static (double Low, double High) Ranks(double count, double percentile) => ((count - 1) * (100 - percentile) / 100, (count - 1) * percentile / 100);

    /// <summary>The range of values; all of it where it would be empty otherwise, as for values that are nearly all zero.</summary>
    /// <param name="sorted">The values in ascending order, at least one.</param>
    /// <param name="percentile">More than 50, at most 100.</param>
    public static (float Minimum, float Maximum) Of(ReadOnlySpan<float> sorted, double percentile)
    {
        (double low, double high) = Ranks(sorted.Length, percentile);
        (float minimum, float maximum) = (At(sorted, low), At(sorted, high));
        return minimum < maximum ? (minimum, maximum) : (sorted[0], sorted[sorted.Length - 1]);
    }

    private static float At(ReadOnlySpan<float> sorted, double rank)
    {
        int below = (int)rank;
        return below + 1 < sorted.Length ? (float)Between(sorted[below], sorted[below + 1], rank - below) : sorted[sorted.Length - 1];
    }

    /// <summary>A value at a part of the way from one to another.</summary>
    public static double Between(double one, double other, double part) => one + ((other - one) * part);
}
