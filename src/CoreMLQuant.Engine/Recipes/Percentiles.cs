using System.Globalization;
using CoreMLQuant.Tensors.Statistics;

namespace CoreMLQuant.Recipes;

/// <summary>The percentiles that <see cref="RangeEstimator.Percentile"/> takes.</summary>
public static class Percentiles
{
    /// <summary>The one where none is given.</summary>
    public const double Default = PercentileRange.Usual;

    /// <summary>What is wrong with one; <see langword="null"/> when it leaves a range.</summary>
    internal static RecipeException? ProblemOf(double percentile) => percentile > 50 && percentile <= 100 ? null : new RecipeException(
        string.Format(CultureInfo.InvariantCulture, "{0} is not a percentile that a range can end at: it must be more than 50 and at most 100.", percentile),
        "Use 99.99 to leave out one value in 10,000 on both ends, or 99.9 for one in 1,000.");

    /// <summary>Checks one.</summary>
    /// <exception cref="RecipeException">It does not leave a range.</exception>
    internal static void Validate(double percentile)
    {
        if (ProblemOf(percentile) is { } problem)
        {
            throw problem;
        }
    }
}
