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
