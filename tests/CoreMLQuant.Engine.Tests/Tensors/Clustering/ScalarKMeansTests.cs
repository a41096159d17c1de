using System;
using System.Linq;
using System.Threading;
using CoreMLQuant.Tensors.Clustering;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Clustering;

/// <summary>The optimum, whatever the values: against the dynamic programme on small inputs, by its own optimality conditions on large ones.</summary>
public class ScalarKMeansTests
{
    // Rounding of the running sums, relative to what they add up.
    private const double Rounding = 1e-11;

    private static readonly Gen<float[]> Shapes = Gen.OneOf(
        Gen.Float[-1, 1].Array[1, 60],
        Gen.Int[-20, 20].Select(i => (float)i).Array[1, 80],
        Gen.Int[0, 3].Select(i => (float)i).Array[1, 40],
        Gen.OneOf(Gen.Const(0f), Gen.Const(-0f), Gen.Float[-1, 1]).Array[1, 80],
        Gen.OneOf(Gen.Float[-1.001f, -1], Gen.Float[5, 5.5f]).Array[1, 60],
        Gen.Double[-3, 3].Select(exponent => (float)Math.Pow(10, exponent)).Array[1, 60],
        Gen.Int[0, 1000].Select(i => i * float.Epsilon).Array[1, 60],
        Gen.Select(Gen.Float[-1, 1].Array[1, 50], Gen.Float[1e3f, 1e6f].Array[0, 3]).Select((bulk, outliers) => bulk.Concat(outliers).ToArray()),
        Gen.Int[0, 100].Select(i => 1000 + (i * 0.0625f)).Array[1, 60]);

    [Fact]
    public void Solve_SmallInputsOfAnyShape_CostsTheOptimum() =>
        Gen.Select(Shapes, Gen.Int[1, 20]).Sample((values, clusters) => AssertOptimal(values, clusters), iter: 4000);

    [Fact]
    public void Solve_MediumInputs_CostsTheOptimum() =>
        Gen.Select(
            Gen.OneOf(Gen.Float[-1, 1].Array[200, 900], Gen.Int[-200, 200].Select(i => (float)i).Array[200, 900], Gen.Double[-4, 1].Select(e => (float)Math.Exp(e)).Array[200, 900]),
            Gen.Int[1, 12]).Sample((values, clusters) => AssertOptimal(values, clusters), iter: 40);

    [Theory]
    [InlineData(2, 5000)]
    [InlineData(16, 5000)]
    [InlineData(64, 2000)]
    public void Solve_InputLargeEnoughForTheCoarseStage_CostsTheOptimum(int clusters, int count) =>
        AssertOptimal(ClusteringReference.Normal(count, clusters), clusters);

    [Fact]
    public void Solve_WeightedValues_CostsTheOptimum() =>
        Gen.Select(Gen.Select(Gen.Double[-1, 1], Gen.Double[0.01, 100]).Array[1, 60], Gen.Int[1, 20]).Sample((pairs, clusters) =>
        {
            (double Value, double Weight)[] sorted = pairs.GroupBy(pair => pair.Item1).Select(group => (group.Key, group.First().Item2)).OrderBy(pair => pair.Key).ToArray();
            double[] values = sorted.Select(pair => pair.Value).ToArray(), weights = sorted.Select(pair => pair.Weight).ToArray();
            double[] centroids = ScalarKMeans.Solve(values, weights, clusters, CancellationToken.None);
            double optimum = ClusteringReference.OptimalCost(values, weights, clusters);
            AssertClose(optimum, ClusteringReference.WeightedCost(values, weights, centroids), weights.Sum());
        }, iter: 1000);

    [Fact]
    public void Solve_AnyOrder_GivesTheSameBits() =>
        Gen.Select(Gen.Float[-1, 1].Array[1, 3000], Gen.Int[1, 40], Gen.Int).Sample((values, clusters, seed) =>
        {
            double[] expected = ScalarKMeans.Solve(values, clusters, CancellationToken.None);
            var random = new Random(seed);
            Assert.Equal(expected, ScalarKMeans.Solve(values.OrderBy(_ => random.Next()).ToArray(), clusters, CancellationToken.None));
        }, iter: 100);

    [Fact]
    public void Solve_FewerDistinctValuesThanClusters_GivesTheValues()
    {
        Assert.Equal([-1.5, 0, 2], ScalarKMeans.Solve([2, -0f, 0, -1.5f, 2, 0], 4, CancellationToken.None));
        Assert.Equal([7], ScalarKMeans.Solve([7, 7, 7], 16, CancellationToken.None));
        Assert.Equal([float.Epsilon], ScalarKMeans.Solve([float.Epsilon], 1, CancellationToken.None));
        Assert.Equal([float.MinValue, float.MaxValue], ScalarKMeans.Solve([float.MaxValue, float.MinValue], 2, CancellationToken.None));
    }

    [Fact]
    public void Solve_HalfZeros_KeepsZeroExactWhenThereIsRoom()
    {
        float[] values = [.. ClusteringReference.Normal(4000, 3), .. new float[4000]];
        double[] centroids = ScalarKMeans.Solve(values, 64, CancellationToken.None);
        AssertFixedPoint(values, centroids);
        AssertOptimal([.. values.Take(300), .. new float[300]], 12);
    }

    [Fact]
    public void Solve_OutliersOf1E30_DoNotDrownTheRest()
    {
        float[] bulk = ClusteringReference.Normal(3000, 5, 1e-5);
        float[] values = [.. bulk, 1e30f, 1.1e30f, -1e30f, -1.1e30f];
        double[] centroids = ScalarKMeans.Solve(values, 20, CancellationToken.None);
        Assert.Equal([-1.1e30f, -1e30f], centroids.Take(2).Select(centroid => (float)centroid));
        Assert.Equal([1e30f, 1.1e30f], centroids.Skip(18).Select(centroid => (float)centroid));
        double optimum = ClusteringReference.OptimalCost(bulk, 16), cost = ClusteringReference.Cost(bulk, centroids);
        Assert.InRange(cost, optimum * (1 - 1e-9), optimum * (1 + 1e-9));
    }

    [Fact]
    public void Solve_SentinelsAmongWeights_GetOneEntryAndTheWeightsTheRest()
    {
        float[] weights = ClusteringReference.Normal(2000, 6);
        float[] values = [.. weights, .. Enumerable.Repeat(-1e30f, 5000)];
        double[] centroids = ScalarKMeans.Solve(values, 9, CancellationToken.None);
        Assert.Equal(-1e30f, (float)centroids[0]);
        double optimum = ClusteringReference.OptimalCost(weights, 8);
        Assert.InRange(ClusteringReference.Cost(weights, centroids), optimum * (1 - 1e-9), optimum * (1 + 1e-9));
    }

    [Fact]
    public void Solve_EvenlySpacedValues_SplicesWhereTheCostIsStraight()
    {
        // Every penalty jumps from 500 segments of two to 1000 of one, so any number between must be spliced.
        float[] values = Enumerable.Range(0, 1000).Select(i => (float)i).ToArray();
        foreach (int clusters in new[] { 300, 499, 500, 501, 700, 999 })
        {
            double[] centroids = ScalarKMeans.Solve(values, clusters, CancellationToken.None);
            Assert.Equal(clusters, centroids.Length);
            int small = 1000 / clusters, larger = 1000 % clusters;
            double Cost(int length) => length * ((length * length) - 1) / 12.0;
            Assert.Equal((larger * Cost(small + 1)) + ((clusters - larger) * Cost(small)), ClusteringReference.Cost(values, centroids), 6);
        }
    }

    [Fact]
    public void Solve_Cancelled_Throws() =>
        Assert.ThrowsAny<OperationCanceledException>(() => ScalarKMeans.Solve(ClusteringReference.Normal(1000, 1), 4, new CancellationToken(canceled: true)));

    [Fact]
    public void Least_VectorsAndScalar_GiveTheSameBits() =>
        Gen.Select(Gen.Int[1, 50], Gen.Int[0, 20], Gen.Int).Sample((length, from, seed) =>
        {
            var random = new Random(seed);
            int edge = from + length;
            double[] Filled(Func<int, double> value) => Enumerable.Range(0, edge + 1 + CandidateScan.Padding).Select(value).ToArray();
            double[] reach = Filled(_ => random.Next(3)), first = Filled(_ => random.Next(3)), weight = Filled(i => i);
            Assert.Equal(
                CandidateScan.LeastScalar(reach, first, weight, edge, from, edge - 1),
                CandidateScan.Least(reach, first, weight, edge, from, edge - 1));
        });

    private static void AssertOptimal(float[] values, int clusters)
    {
        double[] centroids = ScalarKMeans.Solve(values, clusters, CancellationToken.None);
        Assert.Equal(Math.Min(clusters, values.Distinct().Count()), centroids.Length);
        for (int i = 1; i < centroids.Length; i++)
        {
            Assert.True(centroids[i - 1] < centroids[i], "ascending");
        }

        double middle = values.OrderBy(value => value).ElementAt(values.Length / 2);
        AssertClose(ClusteringReference.OptimalCost(values, clusters), ClusteringReference.Cost(values, centroids), values.Sum(value => (value - middle) * (value - middle)));
    }

    private static void AssertClose(double optimum, double cost, double energy) =>
        Assert.InRange(cost, optimum - (Rounding * energy), optimum + (Rounding * energy));

    // Each centroid is the mean of what is nearest to it.
    private static void AssertFixedPoint(float[] values, double[] centroids)
    {
        foreach (IGrouping<double, float> cluster in values.GroupBy(value => centroids.OrderBy(centroid => Math.Abs(centroid - value)).First()))
        {
            Assert.Equal(cluster.Average(value => (double)value), cluster.Key, 12);
        }
    }
}
