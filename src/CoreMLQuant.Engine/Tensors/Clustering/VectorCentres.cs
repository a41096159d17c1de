using System;
using System.Runtime.CompilerServices;
#if NET
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>Centres of clusters of vectors: the nearest one, and their moves to the means of what is nearest to them.</summary>
internal sealed class VectorCentres
{
    // First all centres' first values, then all second values ...; as many centres as fill vectors, those too many NaN, which are never nearest.
    private readonly double[] _values;
    private readonly int _stride;
    private readonly int _size;

    /// <summary>Makes room for centres.</summary>
    public VectorCentres(int count, int size)
    {
        Count = count;
        _size = size;
        _stride = (count + 3) & ~3;
        _values = new double[_stride * size];
        _values.AsSpan().Fill(double.NaN);
    }

    /// <summary>Number of centres.</summary>
    public int Count { get; }

    /// <summary>Values a vector has.</summary>
    public int Size => _size;

    /// <summary>Sets one value of a centre.</summary>
    public void Set(int centre, int dimension, double value) => _values[(dimension * _stride) + centre] = value;

    /// <summary>Squared distance to the nearest centre, and which one it is; of equally near ones the first.</summary>
    [MethodImpl(HotLoop.Optimized)]
    public (double Distance, int Centre) Nearest(double[] points, int at)
    {
#if NET
        if (Vector256.IsHardwareAccelerated)
        {
            return NearestOfVectors(points, at);
        }
#endif
        return NearestScalar(points, at);
    }

    /// <summary>The reference: one centre after the other.</summary>
    public (double Distance, int Centre) NearestScalar(double[] points, int at)
    {
        double least = double.PositiveInfinity;
        int nearest = 0;
        for (int centre = 0; centre < Count; centre++)
        {
            double distance = 0;
            for (int i = 0; i < _size; i++)
            {
                double difference = points[at + i] - _values[(i * _stride) + centre];
                distance += difference * difference;
            }

            if (distance < least)
            {
                least = distance;
                nearest = centre;
            }
        }

        return (least, nearest);
    }

    /// <summary>Finds the nearest centre of every point.</summary>
    /// <returns>Sum of the squared distances.</returns>
    public double Assign(double[] points, int[] nearest, double[] distances)
    {
        double cost = 0;
        for (int i = 0; i < nearest.Length; i++)
        {
            (distances[i], nearest[i]) = Nearest(points, i * _size);
            cost += distances[i];
        }

        return cost;
    }

    /// <summary>Moves each centre to the mean of its points; one without points goes to the point that is farthest from its centre.</summary>
    public void MoveToMeans(double[] points, int[] nearest, double[] distances)
    {
        double[] sums = new double[Count * _size];
        int[] counts = new int[Count];
        for (int i = 0; i < nearest.Length; i++)
        {
            int centre = nearest[i];
            counts[centre]++;
            for (int j = 0; j < _size; j++)
            {
                sums[(centre * _size) + j] += points[(i * _size) + j];
            }
        }

        for (int centre = 0; centre < Count; centre++)
        {
            int farthest = counts[centre] == 0 ? Farthest(distances) : 0;
            for (int j = 0; j < _size; j++)
            {
                Set(centre, j, counts[centre] > 0 ? sums[(centre * _size) + j] / counts[centre] : points[(farthest * _size) + j]);
            }
        }
    }

    /// <summary>The centres, one array each.</summary>
    public double[][] ToRows()
    {
        double[][] rows = new double[Count][];
        for (int centre = 0; centre < Count; centre++)
        {
            rows[centre] = new double[_size];
            for (int i = 0; i < _size; i++)
            {
                rows[centre][i] = _values[(i * _stride) + centre];
            }
        }

        return rows;
    }

    // Takes the point out of the search, so that two empty clusters get two points.
    private static int Farthest(double[] distances)
    {
        int farthest = 0;
        for (int i = 1; i < distances.Length; i++)
        {
            farthest = distances[i] > distances[farthest] ? i : farthest;
        }

        distances[farthest] = 0;
        return farthest;
    }

#if NET
    // Four centres at a time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (double Distance, int Centre) NearestOfVectors(double[] points, int at)
    {
        ref double value = ref MemoryMarshal.GetArrayDataReference(_values);
        Vector256<double> indices = Vector256.Create(0d, 1, 2, 3), least = Vector256.Create(double.PositiveInfinity), nearest = Vector256<double>.Zero;
        for (int centre = 0; centre < _stride; centre += 4)
        {
            Vector256<double> distance = Vector256<double>.Zero;
            for (int i = 0; i < _size; i++)
            {
                Vector256<double> difference = Vector256.Create(points[at + i]) - Vector256.LoadUnsafe(ref value, (nuint)((i * _stride) + centre));
                distance += difference * difference;
            }

            Vector256<double> isLess = Vector256.LessThan(distance, least);
            least = Vector256.ConditionalSelect(isLess, distance, least);
            nearest = Vector256.ConditionalSelect(isLess, indices, nearest);
            indices += Vector256.Create(4d);
        }

        return VectorLeast.Of(least, nearest);
    }
#endif
}
