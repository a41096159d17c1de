using System;
using System.Collections.Generic;
using System.Threading;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>A table of vectors and, for each vector clustered, the index of its nearest entry.</summary>
/// <param name="Table">Entries one after the other, in lexicographic order.</param>
/// <param name="Indices">One index for each vector.</param>
/// <param name="Cost">Sum of the squared distances.</param>
internal sealed record VectorClusters(float[] Table, byte[] Indices, double Cost);

/// <summary>
/// k-means of vectors: k-means++ seeding (the best of several draws for each centre), Lloyd's rounds, several starts, the best kept.
/// Good, not optimal: the problem is NP-hard from two dimensions on. The same bits for the same seed on every machine.
/// </summary>
internal static class VectorKMeans
{
    private const int MostRounds = 200;

    // A round that gains less is the last: far below what FP16 entries resolve.
    private const double LeastGain = 1e-7;

    /// <summary>Clusters vectors.</summary>
    /// <param name="vectors">Vectors of <paramref name="size"/> finite values, one after the other; at least one.</param>
    /// <param name="size">Values a vector has.</param>
    /// <param name="clusters">1 to 256.</param>
    /// <param name="seed">Chooses the starts.</param>
    /// <param name="restarts">Number of starts, at least 1.</param>
    /// <param name="cancellation">Stops between rounds.</param>
    /// <returns>A table of <paramref name="clusters"/> entries, or of the distinct vectors when they are fewer.</returns>
    public static VectorClusters Solve(ReadOnlySpan<float> vectors, int size, int clusters, ulong seed, int restarts, CancellationToken cancellation)
    {
        if (vectors.IsEmpty || vectors.Length % size != 0)
        {
            throw new ArgumentException($"{vectors.Length} values are not a multiple of the vector size {size}.");
        }

        int count = vectors.Length / size;
        if (Distinct(vectors, size, clusters) is { } distinct)
        {
            return Finish(vectors, size, distinct);
        }

        double[] points = new double[vectors.Length];
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = vectors[i];
        }

        var random = new SplitMix(seed);
        var centres = new VectorCentres(clusters, size);
        int[] nearest = new int[count];
        double[] distances = new double[count];
        VectorClusters? best = null;
        for (int start = 0; start < restarts; start++)
        {
            VectorSeeding.Choose(points, centres, distances, random, cancellation);
            double cost = double.PositiveInfinity;
            for (int round = 0; round < MostRounds; round++)
            {
                cancellation.ThrowIfCancellationRequested();
                double next = centres.Assign(points, nearest, distances);
                if (!(next < cost * (1 - LeastGain)))
                {
                    break;
                }

                cost = next;
                centres.MoveToMeans(points, nearest, distances);
            }

            VectorClusters found = Finish(vectors, size, centres.ToRows());
            best = best is null || found.Cost < best.Cost ? found : best;
        }

        return best!;
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
    private static VectorClusters Finish(ReadOnlySpan<float> vectors, int size, double[][] rows)
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
    public static double Assign(ReadOnlySpan<float> vectors, int size, ReadOnlySpan<float> table, Span<byte> indices)
    {
        var centres = new VectorCentres(table.Length / size, size);
        for (int row = 0; row < centres.Count; row++)
        {
            for (int i = 0; i < size; i++)
            {
                centres.Set(row, i, table[(row * size) + i]);
            }
        }

        double[] point = new double[size];
        double cost = 0;
        for (int at = 0; at < indices.Length; at++)
        {
            for (int i = 0; i < size; i++)
            {
                point[i] = vectors[(at * size) + i];
            }

            (double distance, int index) = centres.Nearest(point, 0);
            indices[at] = (byte)index;
            cost += distance;
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
