using System;
using System.Runtime.CompilerServices;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>Centres of clusters of vectors, and exact distances to them.</summary>
internal sealed class VectorCentres
{
    // One centre after the other.
    private readonly double[] _values;

    /// <summary>Makes room for centres.</summary>
    public VectorCentres(int count, int size)
    {
        Count = count;
        Size = size;
        _values = new double[count * size];
    }

    /// <summary>Number of centres.</summary>
    public int Count { get; }

    /// <summary>Values a vector has.</summary>
    public int Size { get; }

    /// <summary>Sets one value of a centre.</summary>
    public void Set(int centre, int dimension, double value) => _values[(centre * Size) + dimension] = value;

    /// <summary>One value of a centre.</summary>
    public double Get(int centre, int dimension) => _values[(centre * Size) + dimension];

    /// <summary>Squared distance from a point to a centre.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double DistanceTo(int centre, float[] points, int at)
    {
        double distance = 0;
        int from = centre * Size;
        for (int i = 0; i < Size; i++)
        {
            double difference = points[at + i] - _values[from + i];
            distance += difference * difference;
        }

        return distance;
    }

    /// <summary>Squared distance between two centres.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Between(int centre, int other)
    {
        double distance = 0;
        for (int i = 0; i < Size; i++)
        {
            double difference = Get(centre, i) - Get(other, i);
            distance += difference * difference;
        }

        return distance;
    }

    /// <summary>The nearest centre of a point, of all compared in FP64: what <see cref="VectorSearch"/> finds faster.</summary>
    [MethodImpl(HotLoop.Optimized)]
    public NearestCentre Nearest(float[] points, int at)
    {
        double least = double.PositiveInfinity, next = double.PositiveInfinity;
        int nearest = 0;
        for (int centre = 0; centre < Count; centre++)
        {
            double distance = DistanceTo(centre, points, at);
            if (distance < least)
            {
                (next, least, nearest) = (least, distance, centre);
            }
            else if (distance < next)
            {
                next = distance;
            }
        }

        return new NearestCentre(least, nearest, next);
    }

    /// <summary>All values, one centre after the other.</summary>
    public double[] ToArray() => [.. _values];

    /// <summary>Sets all values.</summary>
    public void CopyFrom(double[] values) => values.CopyTo(_values, 0);

    /// <summary>The centres, one array each.</summary>
    public double[][] ToRows()
    {
        double[][] rows = new double[Count][];
        for (int centre = 0; centre < Count; centre++)
        {
            rows[centre] = _values.AsSpan(centre * Size, Size).ToArray();
        }

        return rows;
    }
}
