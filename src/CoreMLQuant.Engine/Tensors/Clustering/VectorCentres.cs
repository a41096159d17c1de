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

    /// <summary>One value of a centre.</summary>
    public double Get(int centre, int dimension) => _values[(dimension * _stride) + centre];

    /// <summary>Squared distance to a centre.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double DistanceTo(int centre, float[] points, int at)
    {
        double distance = 0;
        for (int i = 0; i < _size; i++)
        {
            double difference = points[at + i] - _values[(i * _stride) + centre];
            distance += difference * difference;
        }

        return distance;
    }

    /// <summary>The nearest centre of a point, and how near it and the next one are.</summary>
    [MethodImpl(HotLoop.Optimized)]
    public NearestCentre Nearest(float[] points, int at)
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
    public NearestCentre NearestScalar(float[] points, int at)
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

#if NET
    // Four centres at a time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private NearestCentre NearestOfVectors(float[] points, int at)
    {
        ref double value = ref MemoryMarshal.GetArrayDataReference(_values);
        Vector256<double> indices = Vector256.Create(0d, 1, 2, 3), least = Vector256.Create(double.PositiveInfinity), next = least, nearest = Vector256<double>.Zero;
        for (int centre = 0; centre < _stride; centre += 4)
        {
            Vector256<double> distance = Vector256<double>.Zero;
            for (int i = 0; i < _size; i++)
            {
                Vector256<double> difference = Vector256.Create((double)points[at + i]) - Vector256.LoadUnsafe(ref value, (nuint)((i * _stride) + centre));
                distance += difference * difference;
            }

            // NaN, which stands for no centre, is less than nothing.
            Vector256<double> isLess = Vector256.LessThan(distance, least), isNext = Vector256.LessThan(distance, next);
            next = Vector256.ConditionalSelect(isLess, least, Vector256.ConditionalSelect(isNext, distance, next));
            least = Vector256.ConditionalSelect(isLess, distance, least);
            nearest = Vector256.ConditionalSelect(isLess, indices, nearest);
            indices += Vector256.Create(4d);
        }

        (double distanceOfNearest, int index) = VectorLeast.Of(least, nearest);
        Vector256<double> isNearest = Vector256.Equals(nearest, Vector256.Create((double)index)) & Vector256.Equals(least, Vector256.Create(distanceOfNearest));
        return new NearestCentre(distanceOfNearest, index, VectorLeast.Of(Vector256.ConditionalSelect(isNearest, next, least)));
    }
#endif
}
