using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Tensors.Clustering;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Clustering;

/// <summary>k-means of vectors: what holds for every result, and how good results are where the optimum is known.</summary>
public class VectorKMeansTests
{
    [Fact]
    public void Solve_AnyVectors_GivesASortedTableNearestIndicesAndTheirCost() =>
        Gen.Select(Gen.OneOf(Gen.Float[-1, 1], Gen.Int[-2, 2].Select(i => (float)i)).Array[8, 240], Gen.Int[1, 4], Gen.Int[1, 20], Gen.ULong).Sample((values, size, clusters, seed) =>
        {
            float[] vectors = values.Take(values.Length / size * size).ToArray();
            VectorClusters found = VectorKMeans.Solve(vectors, size, clusters, seed, 2, CancellationToken.None);
            VectorClusters again = VectorKMeans.Solve(vectors, size, clusters, seed, 2, CancellationToken.None);
            Assert.Equal(found.Table, again.Table);
            Assert.Equal(found.Indices, again.Indices);
            float[][] table = Rows(found.Table, size), rows = Rows(vectors, size);
            for (int i = 1; i < table.Length; i++)
            {
                Assert.True(table[i - 1].AsSpan().SequenceCompareTo(table[i]) <= 0, "sorted");
            }

            double cost = 0;
            for (int i = 0; i < rows.Length; i++)
            {
                double[] distances = table.Select(entry => Distance(entry, rows[i])).ToArray();
                Assert.Equal(Array.IndexOf(distances, distances.Min()), found.Indices[i]);
                cost += distances.Min();
            }

            Assert.Equal(cost, found.Cost, 9);
        }, iter: 300);

    [Fact]
    public void Solve_NoMoreDistinctVectorsThanClusters_IsExact()
    {
        float[] vectors = [1, 2, -0f, 3, 1, 2, 0, 3, -1, 5];
        VectorClusters found = VectorKMeans.Solve(vectors, 2, 4, 1, 1, CancellationToken.None);
        Assert.Equal([-1, 5, 0, 3, 1, 2], found.Table);
        Assert.Equal([2, 1, 2, 1, 0], found.Indices);
        Assert.Equal(0, found.Cost);
    }

    [Fact]
    public void Solve_SeparateClouds_FindsThemAll()
    {
        var random = new Random(4);
        float[] vectors = Enumerable.Range(0, 1600).SelectMany(i => new[]
        {
            (float)((i % 4 * 10) + random.NextDouble()),
            (float)((i / 4 % 4 * 10) + random.NextDouble()),
        }).ToArray();
        VectorClusters found = VectorKMeans.Solve(vectors, 2, 16, 7, 2, CancellationToken.None);
        Assert.InRange(found.Cost, 0, 1600 * 2 / 12.0 * 1.2);
        Assert.Equal(Enumerable.Repeat(100, 16), found.Indices.GroupBy(index => index).Select(group => group.Count()));
    }

    [Fact]
    public void Solve_Scalars_ComesCloseToTheOptimum()
    {
        float[] values = ClusteringReference.Normal(2000, 9);
        double optimum = ClusteringReference.OptimalCost(values, 8), cost = VectorKMeans.Solve(values, 1, 8, 3, 8, CancellationToken.None).Cost;
        Assert.InRange(cost, optimum * (1 - 1e-6), optimum * 1.02);
    }

    [Fact]
    public void Nearest_VectorsAndOneByOne_GiveTheSameBits() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[1, 5], Gen.Int).Sample((count, size, seed) =>
        {
            var random = new Random(seed);
            var centres = new VectorCentres(count, size);
            for (int i = 0; i < count * size; i++)
            {
                centres.Set(i / size, i % size, random.Next(3) / 3f);
            }

            float[] point = Enumerable.Range(0, size).Select(_ => random.Next(4) / 3f).ToArray();
            Assert.Equal(centres.NearestScalar(point, 0), centres.Nearest(point, 0));
        });

    [Fact]
    public void Improve_CentresWithoutPoints_GoToTheFarthestPoints()
    {
        var centres = new VectorCentres(3, 1);
        centres.Set(0, 0, 0.5);
        centres.Set(1, 0, 500);
        centres.Set(2, 0, 600);
        var assignment = new VectorAssignment([0, 1, 10, 30], centres);
        assignment.Improve();
        Assert.Equal([10.25, 30, 0], centres.ToRows().Select(row => row[0]));
        Assert.Equal([2, 2, 0, 1], Enumerable.Range(0, 4).Select(assignment.Nearest));
        Assert.Equal(1 + (0.25 * 0.25), assignment.Cost);
    }

    [Fact]
    public void Improve_CentresThatMoved_FindsWhatComparingWithAllFinds() =>
        Gen.Select(Gen.OneOf(Gen.Float[-1, 1], Gen.Int[-2, 2].Select(i => i / 2f), Gen.Float[-1e-40f, 1e-40f], Gen.Float[-1e-18f, 1e18f]).Array[40, 300], Gen.Int[1, 4], Gen.Int[1, 20], Gen.Int).Sample((values, size, count, seed) =>
        {
            float[] points = values.Take(values.Length / size * size).ToArray();
            var random = new Random(seed);
            var centres = new VectorCentres(count, size);
            for (int i = 0; i < count * size; i++)
            {
                centres.Set(i / size, i % size, points[random.Next(points.Length)]);
            }

            double energy = points.Sum(value => (double)value * value);
            var assignment = new VectorAssignment(points, centres);
            for (int round = 0; round < 20; round++)
            {
                Assert.True(assignment.Improve() >= -1e-9 * energy);
                NearestCentre[] all = Enumerable.Range(0, points.Length / size).Select(i => centres.NearestScalar(points, i * size)).ToArray();
                Assert.Equal(all.Select(found => found.Centre), Enumerable.Range(0, all.Length).Select(assignment.Nearest));
                Assert.Equal(all.Sum(found => found.Distance), assignment.Cost, 1e-9 * energy);
            }
        }, iter: 100);

    [Fact]
    public void Solve_WrongLength_Throws() =>
        Assert.Throws<ArgumentException>(() => VectorKMeans.Solve([1, 2, 3], 2, 2, 1, 1, CancellationToken.None));

    [Fact]
    public void SplitMix_Seed1234567_GivesThePublishedNumbers()
    {
        var random = new SplitMix(1234567);
        Assert.Equal([6457827717110365317, 3203168211198807973, 9817491932198370423], new List<ulong> { random.Next(), random.Next(), random.Next() });
    }

    private static float[][] Rows(float[] values, int size) =>
        Enumerable.Range(0, values.Length / size).Select(i => values.AsSpan(i * size, size).ToArray()).ToArray();

    private static double Distance(float[] a, float[] b) => a.Select((value, i) => ((double)value - b[i]) * ((double)value - b[i])).Aggregate(0.0, (sum, square) => sum + square);
}
