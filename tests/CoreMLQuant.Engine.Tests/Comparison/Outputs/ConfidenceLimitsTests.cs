using System;
using System.Linq;
using CoreMLQuant.Comparison.Outputs;
using Xunit;

namespace CoreMLQuant.Tests.Comparison.Outputs;

/// <summary>Lower confidence limits, against printed tables and by drawing samples.</summary>
public class ConfidenceLimitsTests
{
    [Theory]
    [InlineData(1, 6.314)]
    [InlineData(2, 2.920)]
    [InlineData(3, 2.353)]
    [InlineData(4, 2.132)]
    [InlineData(7, 1.895)]
    [InlineData(30, 1.697)]
    [InlineData(120, 1.658)]
    public void Quantile_OfStudentsT_IsThatOfTheTables(int degreesOfFreedom, double expected) =>
        Assert.Equal(expected, StudentT.Quantile(0.95, degreesOfFreedom), 5e-4);

    [Theory]
    [InlineData(10, 10, 0.7411)]
    [InlineData(9, 10, 0.6058)]
    [InlineData(1, 1, 0.05)]
    [InlineData(0, 5, 0)]
    [InlineData(299, 299, 0.9900)]
    [InlineData(19900, 20000, 0.99410)]
    public void OfShare_IsTheExactLimitOfABinomial(int count, int total, double expected) => Assert.Equal(expected, ConfidenceLimits.OfShare(count, total), 1e-4);

    [Theory]
    [InlineData(0.99, 299)]
    [InlineData(0.95, 59)]
    [InlineData(0.5, 5)]
    public void SamplesFor_AShare_AreJustEnough(double share, int expected)
    {
        Assert.Equal(expected, ConfidenceLimits.SamplesFor(share));
        Assert.True(ConfidenceLimits.OfShare(expected, expected) >= share);
        Assert.True(ConfidenceLimits.OfShare(expected - 1, expected - 1) < share);
    }

    [Fact]
    public void OfRatio_SamplesThatAreAlike_HaveTheirOwnRatio() => Assert.Equal(20, ConfidenceLimits.OfRatio([(100, 1), (200, 2), (50, 0.5)])!.Value, 1e-9);

    [Fact]
    public void OfRatio_TwoSamples_IsFarBelowTheRatio()
    {
        // The ratio is 0.02, its standard error half the difference: 0.01, and the quantile of one degree of freedom 6.314.
        Assert.Equal(10 * Math.Log10(1 / 0.02) - (10 / Math.Log(10) * 6.3138 * 0.5), ConfidenceLimits.OfRatio([(1, 0.01), (1, 0.03)])!.Value, 1e-3);
    }

    [Fact]
    public void OfRatio_WithoutNoiseOrWithNothingElse_IsInfinite()
    {
        Assert.Null(ConfidenceLimits.OfRatio([(1, 0), (2, 0)]));
        Assert.Equal(double.NegativeInfinity, ConfidenceLimits.OfRatio([(1, double.PositiveInfinity), (2, 0)]));
        Assert.Equal(double.NegativeInfinity, ConfidenceLimits.OfRatio([(0, 1), (0, 1)]));
    }

    [Fact]
    public void OfRatio_OneSample_IsNotKnown() => Assert.Null(ConfidenceLimits.OfRatio([(1, 0.1)]));

    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    public void OfRatio_SamplesAtRandom_HoldsAboutAsOftenAsItSays(int count)
    {
        // Noises that differ by a factor of 1.3 to either side, as a rule; their mean is known. The more skewed they are, the less often it holds.
        var random = new Random(1);
        double truth = -10 * Math.Log10(Math.Exp(0.3 * 0.3 / 2)), held = 0;
        for (int trial = 0; trial < 2000; trial++)
        {
            double? limit = ConfidenceLimits.OfRatio(Enumerable.Range(0, count).Select(_ => (1.0, Math.Exp(0.3 * Normal(random)))).ToArray());
            held += limit <= truth ? 1 : 0;
        }

        Assert.InRange(held / 2000, 0.92, 0.97);
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
