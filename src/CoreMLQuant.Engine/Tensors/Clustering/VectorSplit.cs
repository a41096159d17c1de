using System;
using System.Runtime.CompilerServices;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>Two centres for the points of one cell, by a few rounds of k-means among them.</summary>
/// <param name="points">All points.</param>
internal sealed class VectorSplit(WeightedVectors points)
{
    private const int Rounds = 4;

    private readonly int _size = points.Size;
    private readonly double[] _low = new double[points.Size];
    private readonly double[] _high = new double[points.Size];
    private readonly double[] _lowSum = new double[points.Size];
    private readonly double[] _highSum = new double[points.Size];

    /// <summary>Finds them.</summary>
    /// <param name="members">The cell's points.</param>
    /// <param name="centres">Has the cell's mean.</param>
    /// <param name="centre">Which one it is.</param>
    /// <returns>How much less they cost than the mean.</returns>
    [MethodImpl(HotLoop.Optimized)]
    public double Find(ReadOnlySpan<int> members, VectorCentres centres, int centre)
    {
        // Apart first along the axis on which the points spread most.
        int axis = WidestAxis(members, centres, centre);
        double gain = 0;
        for (int round = 0; round < Rounds; round++)
        {
            Array.Clear(_lowSum, 0, _size);
            Array.Clear(_highSum, 0, _size);
            double lowMass = 0, highMass = 0;
            foreach (int member in members)
            {
                int at = member * _size;
                bool isHigh = round == 0 ? points.Values[at + axis] > centres.Get(centre, axis) : IsNearerToHigh(at);
                double weight = points.Weight(member);
                double[] sum = isHigh ? _highSum : _lowSum;
                (lowMass, highMass) = isHigh ? (lowMass, highMass + weight) : (lowMass + weight, highMass);
                for (int j = 0; j < _size; j++)
                {
                    sum[j] += weight * points.Values[at + j];
                }
            }

            if (!(lowMass > 0 && highMass > 0))
            {
                return 0;
            }

            gain = 0;
            for (int j = 0; j < _size; j++)
            {
                (_low[j], _high[j]) = (_lowSum[j] / lowMass, _highSum[j] / highMass);
                double low = _low[j] - centres.Get(centre, j), high = _high[j] - centres.Get(centre, j);
                gain += (lowMass * low * low) + (highMass * high * high);
            }
        }

        return gain;
    }

    /// <summary>Sets two centres to those found.</summary>
    public void Take(VectorCentres centres, int low, int high)
    {
        for (int j = 0; j < _size; j++)
        {
            centres.Set(low, j, _low[j]);
            centres.Set(high, j, _high[j]);
        }
    }

    [MethodImpl(HotLoop.Optimized)]
    private int WidestAxis(ReadOnlySpan<int> members, VectorCentres centres, int centre)
    {
        Array.Clear(_lowSum, 0, _size);
        foreach (int member in members)
        {
            for (int j = 0; j < _size; j++)
            {
                double difference = points.Values[(member * _size) + j] - centres.Get(centre, j);
                _lowSum[j] += points.Weight(member) * difference * difference;
            }
        }

        int widest = 0;
        for (int j = 1; j < _size; j++)
        {
            widest = _lowSum[j] > _lowSum[widest] ? j : widest;
        }

        return widest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsNearerToHigh(int at)
    {
        double low = 0, high = 0;
        for (int j = 0; j < _size; j++)
        {
            double fromLow = points.Values[at + j] - _low[j], fromHigh = points.Values[at + j] - _high[j];
            low += fromLow * fromLow;
            high += fromHigh * fromHigh;
        }

        return high < low;
    }
}
