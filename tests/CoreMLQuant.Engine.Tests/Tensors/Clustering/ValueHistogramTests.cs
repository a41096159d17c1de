using System;
using System.Linq;
using System.Threading;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Clustering;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Clustering;

/// <summary>Tile by tile: exact while it says so, within the bound it states afterwards.</summary>
public class ValueHistogramTests
{
    [Fact]
    public void Solve_FewDistinctValuesInAnyTiles_EqualsTheKernelToTheBit() =>
        Gen.Select(Gen.OneOf(Gen.Int[-100, 100].Select(i => i / 8f).Array[1, 400], Gen.Float[-1, 1].Array[1, 400]), Gen.Int[1, 90], Gen.Int[1, 20]).Sample((values, tile, clusters) =>
        {
            using var histogram = new ValueHistogram(400);
            for (int i = 0; i < values.Length; i += tile)
            {
                histogram.Add(values.AsSpan(i, Math.Min(tile, values.Length - i)));
            }

            Assert.Equal(ScalarKMeans.Solve(values, clusters, CancellationToken.None), histogram.Solve(clusters, CancellationToken.None));
            Assert.True(histogram.IsExact);
            Assert.Equal(0, histogram.Displacement);
        }, iter: 300);

    [Fact]
    public void Solve_AllFloat16Values_IsExact()
    {
        float[] values = Enumerable.Range(0, 65536).Select(half => HalfConversion.ToSingle((ushort)half)).Where(value => !float.IsNaN(value) && !float.IsInfinity(value)).ToArray();
        using var histogram = new ValueHistogram();
        for (int pass = 0; pass < 5; pass++)
        {
            histogram.Add(values);
        }

        Assert.True(histogram.IsExact);
        double[] expected = ScalarKMeans.Solve(values, 16, CancellationToken.None), found = histogram.Solve(16, CancellationToken.None);
        Assert.Equal(expected.Select(centroid => (float)centroid), found.Select(centroid => (float)centroid));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(256)]
    public void Solve_MoreDistinctValuesThanHeld_StaysWithinTheStatedBound(int clusters)
    {
        float[] values = [.. ClusteringReference.Normal(60000, clusters), .. ClusteringReference.Normal(2000, 1, 5), 1e4f, -3e-12f];
        using var histogram = new ValueHistogram(20000);
        for (int i = 0; i < values.Length; i += 777)
        {
            histogram.Add(values.AsSpan(i, Math.Min(777, values.Length - i)));
        }

        Assert.False(histogram.IsExact);
        double[] found = histogram.Solve(clusters, CancellationToken.None);
        Assert.Equal(clusters, found.Length);
        double optimum = Math.Sqrt(ClusteringReference.Cost(values, ScalarKMeans.Solve(values, clusters, CancellationToken.None)));
        Assert.InRange(histogram.Displacement, 1e-12, optimum / 50);
        Assert.InRange(Math.Sqrt(ClusteringReference.Cost(values, found)), optimum * (1 - 1e-9), optimum + (2 * histogram.Displacement));
    }

    [Fact]
    public void Solve_WeightedValues_IsOptimal() =>
        Gen.Select(Gen.Int[-20, 20].Array[1, 11], Gen.Int[1, 1 << 20].Array[11], Gen.Int[1, 5]).Sample((numbers, counts, clusters) =>
        {
            float[] values = Array.ConvertAll(numbers, number => number / 8f), weights = Array.ConvertAll(counts, count => (float)count).AsSpan(0, values.Length).ToArray();
            using var histogram = new ValueHistogram();
            histogram.Add(values.AsSpan(0, values.Length / 2), weights.AsSpan(0, values.Length / 2));
            histogram.Add(values.AsSpan(values.Length / 2), weights.AsSpan(values.Length / 2));
            double[] found = histogram.Solve(clusters, CancellationToken.None);
            (double Value, double Weight)[] sorted = values.Select((value, i) => ((double)value, (double)weights[i])).OrderBy(item => item.Item1).ToArray();
            double cost = sorted.Sum(item => item.Weight * found.Min(entry => (item.Value - entry) * (item.Value - entry)));
            Assert.Equal(Least(sorted, sorted.Length, clusters), cost, 1e-9 * (1 + sorted.Sum(item => item.Weight)));
        });

    [Fact]
    public void Solve_WholeWeights_IsWhatRepeatedValuesGive()
    {
        float[] values = ClusteringReference.Normal(3000, 17), weights = Enumerable.Range(0, values.Length).Select(i => 1f + (i % 5)).ToArray();
        float[] repeated = values.SelectMany((value, i) => Enumerable.Repeat(value, (int)weights[i])).ToArray();
        foreach (int most in new[] { 4096, 500 })
        {
            using ValueHistogram weighted = new(most), plain = new(most);
            weighted.Add(values, weights);
            plain.Add(repeated);
            double[] found = weighted.Solve(16, CancellationToken.None), expected = plain.Solve(16, CancellationToken.None);
            double cost = ClusteringReference.Cost(repeated, expected);
            Assert.Equal(most == 4096, weighted.IsExact);
            Assert.InRange(ClusteringReference.Cost(repeated, found), cost * (1 - 1e-3), cost * (1 + 1e-3));
            if (most == 4096)
            {
                Assert.Equal(expected, found);
            }
        }
    }

    // The least cost of the first values in so many segments, by trying all.
    private static double Least((double Value, double Weight)[] sorted, int count, int segments)
    {
        if (count == 0)
        {
            return 0;
        }

        double least = double.PositiveInfinity;
        for (int begin = segments == 1 ? 0 : count - 1; begin >= 0 && segments > 0; begin--)
        {
            (double Value, double Weight)[] last = sorted.Skip(begin).Take(count - begin).ToArray();
            double mean = last.Sum(item => item.Weight * item.Value) / last.Sum(item => item.Weight);
            double cost = last.Sum(item => item.Weight * (item.Value - mean) * (item.Value - mean));
            least = Math.Min(least, cost + (begin == 0 ? 0 : Least(sorted, begin, segments - 1)));
        }

        return least;
    }

    [Fact]
    public void Displacement_OfBins_IsTheDistanceOfTheValuesFromTheirMeans()
    {
        using var bins = new ValueBins(-1, 1);
        bins.Add([100f, 100.05f, 0.25f, -7f, -7f]);
        double[] means = new double[bins.CountUsed()], counts = new double[means.Length];
        bins.CopyTo(means, counts);
        Assert.Equal([-7, 0.25, (100 + (double)100.05f) / 2], means.Select(mean => Math.Round(mean, 10)).ToArray().Select((mean, i) => i == 2 ? means[2] : mean));
        Assert.Equal([2, 1, 2], counts);
        Assert.Equal((100.05f - 100.0) / Math.Sqrt(2), bins.Displacement, 10);
    }
}
