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
        Gen.Select(Gen.OneOf(Gen.Float[-1, 1], Gen.Int[-2, 2].Select(i => (float)i)).Array[8, 240], Gen.Int[1, 4], Gen.Int[1, 20], Gen.ULong, Gen.Bool).Sample((values, size, clusters, seed, isWeighted) =>
        {
            float[] vectors = values.Take(values.Length / size * size).ToArray();
            float[] weights = Enumerable.Range(0, vectors.Length / size).Select(i => isWeighted ? 0.01f + (i % 7) : 1).ToArray();
            var points = new WeightedVectors(vectors, size, isWeighted ? weights : null);
            VectorClusters found = VectorKMeans.Solve(points, clusters, seed, CancellationToken.None);
            VectorClusters again = VectorKMeans.Solve(points, clusters, seed, CancellationToken.None);
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
                cost += weights[i] * distances.Min();
            }

            Assert.Equal(cost, found.Cost, 9);
        }, iter: 300);

    [Fact]
    public void Solve_NoMoreDistinctVectorsThanClusters_IsExact()
    {
        float[] vectors = [1, 2, -0f, 3, 1, 2, 0, 3, -1, 5];
        VectorClusters found = VectorKMeans.Solve(new WeightedVectors(vectors, 2), 4, 1, CancellationToken.None);
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
        VectorClusters found = VectorKMeans.Solve(new WeightedVectors(vectors, 2), 16, 7, CancellationToken.None);
        Assert.InRange(found.Cost, 0, 1600 * 2 / 12.0 * 1.2);
        Assert.Equal(Enumerable.Repeat(100, 16), found.Indices.GroupBy(index => index).Select(group => group.Count()));
    }

    [Fact]
    public void Solve_Scalars_ComesCloseToTheOptimum()
    {
        float[] values = ClusteringReference.Normal(2000, 9);
        double optimum = ClusteringReference.OptimalCost(values, 8), cost = VectorKMeans.Solve(new WeightedVectors(values, 1), 8, 3, CancellationToken.None).Cost;
        Assert.InRange(cost, optimum * (1 - 1e-6), optimum * 1.02);
    }

    [Fact]
    public void Solve_WholeWeights_IsWhatRepeatedVectorsGive()
    {
        var random = new Random(12);
        float[] vectors = Enumerable.Range(0, 400).Select(_ => (float)random.NextDouble()).ToArray();
        float[] weights = Enumerable.Range(0, 200).Select(i => 1f + (i % 3)).ToArray();
        float[] repeated = Enumerable.Range(0, 200).SelectMany(i => Enumerable.Repeat(vectors.AsSpan(i * 2, 2).ToArray(), (int)weights[i])).SelectMany(vector => vector).ToArray();
        VectorClusters weighted = VectorKMeans.Solve(new WeightedVectors(vectors, 2, weights), 8, 5, CancellationToken.None);
        double cost = VectorKMeans.Assign(new WeightedVectors(repeated, 2), weighted.Table, new byte[repeated.Length / 2]);
        Assert.Equal(cost, weighted.Cost, 1e-9 * cost);
        Assert.InRange(weighted.Cost, 0, 1.05 * VectorKMeans.Solve(new WeightedVectors(repeated, 2), 8, 5, CancellationToken.None).Cost);
    }

    [Fact]
    public void Solve_HeavyVectors_AreMetMoreExactly()
    {
        var random = new Random(5);
        float[] vectors = Enumerable.Range(0, 8000).Select(i => (float)random.NextDouble() * (i / 4 % 4 == 0 ? 1 : 10)).ToArray();
        float[] weights = Enumerable.Range(0, 2000).Select(i => i % 4 == 0 ? 100f : 0.1f).ToArray();
        VectorClusters plain = VectorKMeans.Solve(new WeightedVectors(vectors, 4), 16, 0, CancellationToken.None);
        VectorClusters weighted = VectorKMeans.Solve(new WeightedVectors(vectors, 4, weights), 16, 0, CancellationToken.None);
        double plainCost = VectorKMeans.Assign(new WeightedVectors(vectors, 4, weights), plain.Table, new byte[2000]);
        Assert.InRange(weighted.Cost, 0, 0.5 * plainCost);
    }

    [Fact]
    public void Find_CloseAndEqualCentres_IsWhatComparingWithAllFinds() =>
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 9], Gen.Int, Gen.Int[0, 2].Select(i => new[] { 1f, 1e-30f, 1e25f }[i]), Gen.Int[0, 2].Select(i => new[] { 0f, 1f, 1000f }[i])).Sample((count, size, seed, scale, origin) =>
        {
            var random = new Random(seed);
            float[] points = Enumerable.Range(0, 100 * size).Select(_ => ((random.Next(4) / 3f) + (random.Next(2) * (float)random.NextDouble() * 1e-4f) + origin) * scale).ToArray();
            var centres = new VectorCentres(count, size);
            for (int i = 0; i < count * size; i++)
            {
                centres.Set(i / size, i % size, points[random.Next(points.Length)] * (1 + (random.Next(2) * 1e-9)));
            }

            var search = new VectorSearch(points, centres);
            VectorTile tile = search.NewTile();
            for (int i = 0; i < 100; i++)
            {
                if (tile.Add(i) || i == 99)
                {
                    search.Find(points, tile);
                    for (int k = 0; k < tile.Count; k++)
                    {
                        NearestCentre exact = centres.Nearest(points, tile.Points[k] * size);
                        Assert.Equal(exact.Centre, (int)tile.Nearest[k]);
                        Assert.True(tile.Own[k] >= search.NotNearerThan(exact.Distance) / 1.001f);
                        Assert.True(double.IsPositiveInfinity(exact.Next) || tile.Others[k] <= search.NotNearerThan(exact.Next));
                    }

                    tile.Clear();
                }
            }
        });

    [Fact]
    public void Escape_TwoCentresInOneCloud_MovesOneToTheCloudThatHasNone()
    {
        var random = new Random(3);
        float[] points = Enumerable.Range(0, 300).Select(i => (float)((i % 3 * 10) + random.NextDouble())).ToArray();
        var centres = new VectorCentres(3, 1);
        centres.Set(0, 0, 0.2);
        centres.Set(1, 0, 0.8);
        centres.Set(2, 0, 15);
        var descent = new VectorDescent(new WeightedVectors(points, 1), centres, CancellationToken.None);
        descent.Converge(1e-7);
        Assert.InRange(descent.Cost, 1000, double.PositiveInfinity);
        descent.Escape(1e-7);
        Assert.InRange(descent.Cost, 0, 300 / 12.0 * 1.3);
        Assert.Equal([0, 10, 20], descent.Centres.ToRows().Select(row => Math.Floor(row[0])).Order());
    }

    [Fact]
    public void Improve_CentresWithoutPoints_GoToTheFarthestPoints()
    {
        var centres = new VectorCentres(3, 1);
        centres.Set(0, 0, 0.5);
        centres.Set(1, 0, 500);
        centres.Set(2, 0, 600);
        var assignment = new VectorAssignment(new WeightedVectors([0, 1, 10, 30], 1), centres);
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
            var assignment = new VectorAssignment(new WeightedVectors(points, size), centres);
            for (int round = 0; round < 20; round++)
            {
                Assert.True(assignment.Improve() >= -1e-9 * energy);
                NearestCentre[] all = Enumerable.Range(0, points.Length / size).Select(i => centres.Nearest(points, i * size)).ToArray();
                Assert.Equal(all.Select(found => found.Centre), Enumerable.Range(0, all.Length).Select(assignment.Nearest));
                Assert.Equal(all.Sum(found => found.Distance), assignment.Cost, 1e-9 * energy);
            }
        }, iter: 100);

    [Fact]
    public void Improve_ManyVectors_FindsWhatComparingWithAllFindsAndTheSameSumsEachTime()
    {
        var random = new Random(7);
        float[] points = Enumerable.Range(0, 2 * 100_000).Select(_ => (float)random.NextDouble()).ToArray();
        (double[] Centres, double Cost) first = Rounds(), second = Rounds();
        Assert.Equal(first.Centres, second.Centres);
        Assert.Equal(first.Cost, second.Cost);

        (double[] Centres, double Cost) Rounds()
        {
            var centres = new VectorCentres(8, 2);
            for (int i = 0; i < 16; i++)
            {
                centres.Set(i / 2, i % 2, points[i]);
            }

            var assignment = new VectorAssignment(new WeightedVectors(points, 2), centres);
            for (int round = 0; round < 3; round++)
            {
                assignment.Improve();
                NearestCentre[] all = Enumerable.Range(0, points.Length / 2).Select(i => centres.Nearest(points, i * 2)).ToArray();
                Assert.True(all.Select(found => found.Centre).SequenceEqual(Enumerable.Range(0, all.Length).Select(assignment.Nearest)));
                Assert.Equal(all.Sum(found => found.Distance), assignment.Cost, 1e-6);
            }

            return (centres.ToArray(), assignment.Cost);
        }
    }

    [Fact]
    public void Solve_WrongLength_Throws() =>
        Assert.Throws<ArgumentException>(() => new WeightedVectors([1, 2, 3], 2));

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
