using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>A table of vectors and, for each vector clustered, the index of its nearest entry.</summary>
/// <param name="Table">Entries one after the other, in lexicographic order.</param>
/// <param name="Indices">One index for each vector.</param>
/// <param name="Cost">Sum of the squared distances.</param>
internal sealed record VectorClusters(float[] Table, byte[] Indices, double Cost);

/// <summary>
/// k-means of vectors: k-means++ seeding (the best of several draws for each centre), Lloyd's rounds, several starts, the best kept.
/// Many vectors are started from a sample of them, and the best start is finished with all. Good, not optimal: the problem is NP-hard from
/// two dimensions on. The same bits for the same seed on every machine.
/// </summary>
internal static class VectorKMeans
{
    // A round that gains less is the last: far below what FP16 entries resolve.
    private const double LeastGain = 1e-7;
    private const int SampleCount = 1 << 15;
    private const int SeedComparisons = 1 << 19;
    private const int StartComparisons = 1 << 22;
    private const int MostStarts = 4;

    // A hundred and more for each of 256 entries: a start that is best for them is among the best for all.

    /// <summary>Clusters vectors.</summary>
    /// <param name="vectors">Vectors of <paramref name="size"/> finite values, one after the other; at least one.</param>
    /// <param name="size">Values a vector has.</param>
    /// <param name="clusters">1 to 256.</param>
    /// <param name="seed">Chooses the starts.</param>
    /// <param name="cancellation">Stops between rounds.</param>
    /// <returns>A table of <paramref name="clusters"/> entries, or of the distinct vectors when they are fewer.</returns>
    public static VectorClusters Solve(float[] vectors, int size, float[]? weights, int clusters, ulong seed, ParallelOptions workers)
    {
        if (vectors.Length == 0 || vectors.Length % size != 0)
        {
            throw new ArgumentException($"{vectors.Length} values are not a multiple of the vector size {size}.");
        }

        if (Distinct(vectors, size, clusters) is { } distinct)
        {
            return Finish(vectors, size, distinct);
        }

        var points = new WeightedVectors(vectors, size, weights);
        var random = new SplitMix(seed);
        WeightedVectors sample = Sample(points, SampleCount, random);
        VectorCentres centres = FromBestStart(sample, clusters, random, workers);
        if (sample.Count < points.Count)
        {
            new VectorDescent(points, centres, workers).Converge(LeastGain);
        }

        return Finish(vectors, size, centres.ToRows());
    }

    private static VectorCentres FromBestStart(WeightedVectors points, int clusters, SplitMix random, ParallelOptions workers)
    {
        VectorDescent best = Start();
        long starts = Math.Min(MostStarts, StartComparisons / ((long)points.Count * clusters));
        if (starts > 1)
        {
            best.Converge(LeastGain);
            for (int start = 1; start < starts; start++)
            {
                VectorDescent other = Start();
                other.Converge(LeastGain);
                best = other.Cost < best.Cost ? other : best;
            }
        }

        double leastGain = starts > 1 ? 1e-5 : 1e-3;
        best.Converge(leastGain);
        best.Escape(leastGain);
        best.Converge(LeastGain);
        return best.Centres;

        VectorDescent Start()
        {
            var centres = new VectorCentres(clusters, points.Size);
            new VectorSeeding(Sample(points, SeedComparisons / clusters, random)).Choose(centres, random, workers.CancellationToken);
            return new VectorDescent(points, centres, workers);
        }
    }

    // One vector of each of so many equally long stretches; all when they are not many more.
    private static WeightedVectors Sample(WeightedVectors points, int wanted, SplitMix random)
    {
        if (points.Count < 2 * wanted)
        {
            return points;
        }

        int[] which = new int[wanted];
        for (int i = 0; i < wanted; i++)
        {
            long from = (long)i * points.Count / wanted, to = (long)(i + 1) * points.Count / wanted;
            which[i] = (int)from + (int)(random.NextDouble() * (to - from));
        }

        return points.Select(which);
    }

    // All distinct vectors when a table can hold them; otherwise null, usually after a few more vectors than that.
    private static double[][]? Distinct(ReadOnlySpan<float> vectors, int size, int most)
    {
        var found = new HashSet<double[]>(RowComparer.Instance);
        for (int at = 0; at < vectors.Length; at += size)
        {
            double[] row = new double[size];
            for (int i = 0; i < size; i++)
            {
                row[i] = vectors[at + i] + 0f;
            }

            if (found.Add(row) && found.Count > most)
            {
                return null;
            }
        }

        return [.. found];
    }

    // Rounds to FP32, sorts, and finds each vector's nearest entry among what will be written.
    private static VectorClusters Finish(float[] vectors, int size, double[][] rows)
    {
        float[] table = new float[rows.Length * size];
        foreach (double[] row in rows)
        {
            for (int i = 0; i < size; i++)
            {
                row[i] = (float)row[i];
            }
        }

        Array.Sort(rows, RowComparer.Instance);
        for (int row = 0; row < rows.Length; row++)
        {
            for (int i = 0; i < size; i++)
            {
                table[(row * size) + i] = (float)rows[row][i];
            }
        }

        byte[] indices = new byte[vectors.Length / size];
        return new VectorClusters(table, indices, Assign(vectors, size, table, indices));
    }

    /// <summary>Finds each vector's nearest entry, of equally near ones the first.</summary>
    /// <param name="vectors">Finite vectors of <paramref name="size"/> values.</param>
    /// <param name="size">Values a vector has.</param>
    /// <param name="table">Up to 256 entries of as many values.</param>
    /// <param name="indices">Takes an index for each vector.</param>
    /// <returns>Sum of the squared distances.</returns>
    public static double Assign(float[] vectors, int size, ReadOnlySpan<float> table, Span<byte> indices)
    {
        var centres = new VectorCentres(table.Length / size, size);
        for (int row = 0; row < centres.Count; row++)
        {
            for (int i = 0; i < size; i++)
            {
                centres.Set(row, i, table[(row * size) + i]);
            }
        }

        var search = new VectorSearch(vectors, centres);
        VectorTile tile = search.NewTile();
        double cost = 0;
        for (int i = 0; i < indices.Length; i++)
        {
            if (tile.Add(i) || i == indices.Length - 1)
            {
                search.Find(vectors, tile);
                for (int k = 0; k < tile.Count; k++)
                {
                    (int vector, int centre) = (tile.Points[k], (int)tile.Nearest[k]);
                    indices[vector] = (byte)centre;
                    cost += centres.DistanceTo(centre, vectors, vector * size);
                }

                tile.Clear();
            }
        }

        return cost;
    }

    private sealed class RowComparer : IComparer<double[]>, IEqualityComparer<double[]>
    {
        public static readonly RowComparer Instance = new();

        public int Compare(double[]? x, double[]? y) => x.AsSpan().SequenceCompareTo(y);

        public bool Equals(double[]? x, double[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(double[] row)
        {
            int hash = 17;
            foreach (double value in row)
            {
                hash = unchecked((hash * 31) + value.GetHashCode());
            }

            return hash;
        }
    }
}
