using System.Linq;
using CoreMLQuant.Tensors.Statistics;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Statistics;

/// <summary>Percentiles of few values: the figures are numpy's, <c>np.percentile(values, [100 - p, p])</c>.</summary>
public class PercentileRangeTests
{
    [Theory]
    [InlineData(new[] { 1f, 2, 3, 4, 100 }, 90, 1.4, 61.6)]
    [InlineData(new[] { 1f, 2, 3, 4, 100 }, 99.99, 1.0004, 99.9616)]
    [InlineData(new[] { 1f, 2, 3, 4, 100 }, 100, 1, 100)]
    [InlineData(new[] { -8f, -1, 0, 5 }, 75, -2.75, 1.25)]
    [InlineData(new[] { -3f, 7 }, 99, -2.9, 6.9)]
    [InlineData(new[] { 4f }, 99, 4, 4)]
    public void Of_FewValues_InterpolatesAsNumpyDoes(float[] values, double percentile, double minimum, double maximum)
    {
        (float low, float high) = PercentileRange.Of(values, percentile);
        Assert.Equal(minimum, low, 1e-5);
        Assert.Equal(maximum, high, 1e-5);
    }

    [Fact]
    public void Of_MostlyZeros_KeepsTheWholeRange()
    {
        float[] values = [-2, .. new float[1000], 3];
        Assert.Equal((-2f, 3f), PercentileRange.Of(values, 99));
    }

    [Theory]
    [InlineData(99.99)]
    [InlineData(99)]
    [InlineData(80)]
    public void Histogram_SameValues_EndsWithinABinOfTheSortedOnes(double percentile)
    {
        float[] sorted = Enumerable.Range(0, 40).Select(i => (float)((i * i) - 300)).Order().ToArray();
        var sums = new ValueSums();
        sums.Add(sorted);
        var histogram = new HistogramRange(sums.Histogram.Low, sums.Histogram.Width, sums.Histogram.Counts, sums.Minimum, sums.Maximum);
        (float minimum, float maximum) = PercentileRange.Of(sorted, percentile);
        (double low, double high) = histogram.Percentile(percentile);
        Assert.Equal(minimum, low, sums.Histogram.Width);
        Assert.Equal(maximum, high, sums.Histogram.Width);
        Assert.True(high < sorted[^1]);
    }
}
