using System;
using System.Linq;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Statistics;
using Xunit;

namespace CoreMLQuant.Tests.Tensors;

public class HistogramRangeTests
{
    private static readonly LinearRange Symmetric = new(8, IsSigned: true, IsSymmetric: true);
    private static readonly LinearRange Affine = new(8, IsSigned: true, IsSymmetric: false);

    [Fact]
    public void Percentile_CutsTheShareOnEachEnd()
    {
        float[] values = [.. Enumerable.Range(0, 100_000).Select(i => i / 100_000f), .. Enumerable.Repeat(50f, 5), .. Enumerable.Repeat(-50f, 5)];
        (double minimum, double maximum) = Of(values).Percentile(PercentileRange.Usual);

        // np.percentile(values, [0.01, 99.99]); bins are 1/64 wide.
        Assert.Equal(5.0009e-5, minimum, 1.0 / 64);
        Assert.Equal(0.999939991, maximum, 1.0 / 64);
    }

    [Fact]
    public void LeastError_EvenValues_KeepsAlmostAll()
    {
        float[] values = Enumerable.Range(0, 100_000).Select(i => (i / 50_000f) - 0.5f).ToArray();
        (double minimum, double maximum) = Of(values).LeastError(Affine);

        Assert.InRange(minimum, -0.5, -0.48);
        Assert.InRange(maximum, 1.47, 1.5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LeastError_OneValueFarOut_IsBetterThanMinMaxAndPercentile(bool isSymmetric)
    {
        var random = new Random(1);
        float[] values = Enumerable.Range(0, 20_000).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))).Append(30f).ToArray();
        LinearRange range = isSymmetric ? Symmetric : Affine;
        HistogramRange histogram = Of(values);
        (double minimum, double maximum) = histogram.LeastError(range);

        double error = Error(values, minimum, maximum, range);
        Assert.True(error <= Error(values, values.Min(), values.Max(), range), $"{minimum} {maximum}: {error}");
        (double cutMinimum, double cutMaximum) = histogram.Percentile(PercentileRange.Usual);
        Assert.True(error <= Error(values, cutMinimum, cutMaximum, range), $"{minimum} {maximum}: {error}");
        Assert.True(maximum < 30);
    }

    [Fact]
    public void LeastError_ZerosOfARelu_DoNotShrinkTheRange()
    {
        var random = new Random(2);
        float[] positive = Enumerable.Range(0, 5_000).Select(_ => (float)random.NextDouble()).ToArray();
        double alone = Of(positive).LeastError(Affine).Maximum, withZeros = Of([.. positive, .. new float[95_000]]).LeastError(Affine).Maximum;

        Assert.Equal(alone, withZeros, 0.02);
        Assert.Equal(0, Of([.. positive, .. new float[95_000]]).LeastError(Affine).Minimum);
    }

    // The measure itself, with the integers that are written.
    private static double Error(float[] values, double minimum, double maximum, LinearRange range)
    {
        TensorQuantization found = TensorQuantization.Of(minimum, maximum, range, isHalf: false);
        return values.Sum(value => Math.Pow(value - (found.Scale * (Math.Clamp(Math.Round(value / found.Scale) + found.ZeroPoint, range.Min, range.Max) - found.ZeroPoint)), 2));
    }

    private static HistogramRange Of(float[] values)
    {
        var sums = new ValueSums();
        sums.Add(values);
        return new HistogramRange(sums.Histogram.Low, sums.Histogram.Width, sums.Histogram.Counts, sums.Minimum, sums.Maximum);
    }
}
