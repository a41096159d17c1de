using System;
using System.Collections.Generic;
using System.Threading;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>A table of vectors and, for each vector clustered, the index of its nearest entry.</summary>
/// <param name="Table">Entries one after the other, in lexicographic order.</param>
/// <param name="Indices">One index for each vector.</param>
/// <param name="Cost">Sum of the squared distances, each times its vector's weight.</param>
internal sealed record VectorClusters(float[] Table, byte[] Indices, double Cost);

/// <summary>
/// k-means of vectors: k-means++ seeding, Lloyd's rounds, several starts where that is cheap, the best one led out of local optima
/// (<see cref="VectorShift"/>). Many vectors are started from a sample of them, and the result is finished with all. Good, not optimal: the
/// problem is NP-hard from two dimensions on. The same bits for the same seed on every machine.
/// </summary>
internal static class VectorKMeans
{
    // A round that gains less is the last: far below what FP16 entries resolve.
    private const double LeastGain = 1e-7;

    // Where shifts follow, rounds up to here tell enough; after several starts they have to tell more, since all of them went to the end.
    private const double GainBeforeShift = 1e-3;
    private const double GainAfterStarts = 1e-5;

    // A hundred and more for each of 256 entries: a start that is best for them is among the best for all.
    private const int SampleCount = 1 << 15;

    // Distances that choosing a start may take for each draw, and that a round of all starts may take together.
    private const int SeedComparisons = 1 << 19;
    private const int StartComparisons = 1 << 22;
    private const int MostStarts = 4;

    /// <summary>Clusters vectors.</summary>
    /// <param name="points">At least one vector.</param>
    /// <param name="clusters">1 to 256.</param>
    /// <param name="seed">Chooses the starts.</param>
    /// <param name="cancellation">Stops between rounds.</param>
    /// <returns>A table of <paramref name="clusters"/> entries, or of the distinct vectors when they are fewer.</returns>
    public static VectorClusters Solve(WeightedVectors points, int clusters, ulong seed, CancellationToken cancellation)
    {
        if (Distinct(points.Values, points.Size, clusters) is { } distinct)
        {
            return Finish(points, distinct);
        }

        var random = new SplitMix(seed);
        WeightedVectors sample = Sample(points, SampleCount, random);
        VectorCentres centres = FromBestStart(sample, clusters, random, cancellation);
        if (sample.Count < points.Count)
        {
            new VectorDescent(points, centres, cancellation).Converge(LeastGain);
        }

        return Finish(points, centres.ToRows());
    }

    private static VectorCentres FromBestStart(WeightedVectors points, int clusters, SplitMix random, CancellationToken cancellation)
    {
        long most = Math.Min(MostStarts, StartComparisons / ((long)points.Count * clusters));
        var starts = new VectorDescent[Math.Max(1, most)];
        for (int start = 0; start < starts.Length; start++)
        {
            var centres = new VectorCentres(clusters, points.Size);
            new VectorSeeding(Sample(points, SeedComparisons / clusters, random)).Choose(centres, random, cancellation);
            starts[start] = new VectorDescent(points, centres, cancellation);
        }

        VectorDescent best = starts[0];
        double leastGain = GainBeforeShift;
        if (starts.Length > 1)
        {
            leastGain = GainAfterStarts;
            ParallelParts.Run(starts.Length, start => starts[start].Converge(LeastGain), cancellation);
            foreach (VectorDescent other in starts)
            {
                best = other.Cost < best.Cost ? other : best;
            }
        }

        best.Converge(leastGain);
        best.Escape(leastGain);
        best.Converge(LeastGain);
        return best.Centres;
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
    private static VectorClusters Finish(WeightedVectors points, double[][] rows)
    {
        int size = points.Size;
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

        byte[] indices = new byte[points.Count];
        return new VectorClusters(table, indices, Assign(points, table, indices));
    }

    /// <summary>Finds each vector's nearest entry, of equally near ones the first.</summary>
    /// <param name="points">The vectors.</param>
    /// <param name="table">Up to 256 entries, no farther away than the vectors are from each other.</param>
    /// <param name="indices">Takes an index for each vector.</param>
    /// <returns>Sum of the squared distances, each times its vector's weight.</returns>
    public static double Assign(WeightedVectors points, ReadOnlySpan<float> table, Span<byte> indices)
    {
        int size = points.Size;
        var centres = new VectorCentres(table.Length / size, size);
        for (int i = 0; i < table.Length; i++)
        {
            centres.Set(i / size, i % size, table[i]);
        }

        var assignment = new VectorAssignment(points, centres);
        for (int i = 0; i < indices.Length; i++)
        {
            indices[i] = (byte)assignment.Nearest(i);
        }

        return assignment.Cost;
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
