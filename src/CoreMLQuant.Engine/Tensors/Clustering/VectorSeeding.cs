using System;
using System.Runtime.CompilerServices;
using System.Threading;
#if NET
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// k-means++ (Arthur and Vassilvitskii, 2007): each further centre is a point drawn with probability proportional to its weight
/// and its squared distance from the centres so far; of several draws the one that lowers the cost most.
/// </summary>
internal sealed class VectorSeeding
{
    // Points that are measured side by side; each has a running sum of its own, on every machine.
    private const int Lanes = 4;

    // First all points' first values, then all second values ...
    private readonly double[] _values;
    private readonly double[] _weights;
    private readonly int _count;
    private readonly int _size;
    private double[] _distances;
    private double[] _candidate;
    private double[] _chosen;

    /// <summary>Prepares drawing.</summary>
    /// <param name="points">The points.</param>
    public VectorSeeding(WeightedVectors points)
    {
        _size = points.Size;
        _count = points.Count;
        _values = new double[points.Values.Length];
        _weights = new double[_count];
        for (int i = 0; i < _values.Length; i++)
        {
            _values[(i % _size * _count) + (i / _size)] = points.Values[i];
        }

        for (int i = 0; i < _count; i++)
        {
            _weights[i] = points.Weight(i);
        }

        _distances = new double[_count];
        _candidate = new double[_count];
        _chosen = new double[_count];
    }

    /// <summary>Chooses all centres among the points.</summary>
    /// <param name="centres">Takes the centres.</param>
    /// <param name="random">Draws.</param>
    /// <param name="cancellation">Stops between centres.</param>
    public void Choose(VectorCentres centres, SplitMix random, CancellationToken cancellation)
    {
        int draws = 2 + (int)Math.Log(centres.Count);
        _distances.AsSpan().Fill(double.PositiveInfinity);
        int first = (int)(random.NextDouble() * _count);
        double cost = Lower(first, _chosen);
        SetCentre(centres, 0, first);
        (_distances, _chosen) = (_chosen, _distances);
        for (int centre = 1; centre < centres.Count; centre++)
        {
            cancellation.ThrowIfCancellationRequested();
            int best = -1;
            double bestCost = double.PositiveInfinity;
            for (int draw = 0; draw < draws; draw++)
            {
                int point = Draw(random.NextDouble() * cost);
                double lowered = Lower(point, _candidate);
                if (best < 0 || lowered < bestCost)
                {
                    (best, bestCost) = (point, lowered);
                    (_candidate, _chosen) = (_chosen, _candidate);
                }
            }

            SetCentre(centres, centre, best);
            (_distances, _chosen) = (_chosen, _distances);
            cost = bestCost;
        }
    }

    // The point at which the running sum of distances passes a mark; the last one when rounding kept it below.
    [MethodImpl(HotLoop.Optimized)]
    private int Draw(double mark)
    {
        double sum = 0;
        for (int i = 0; i < _distances.Length; i++)
        {
            sum += _distances[i];
            if (sum > mark)
            {
                return i;
            }
        }

        return _distances.Length - 1;
    }

    // Distances when a point becomes a centre; returns their sum.
    [MethodImpl(HotLoop.Optimized)]
    private double Lower(int point, double[] lowered)
    {
        Span<double> centre = stackalloc double[_size], sums = stackalloc double[Lanes];
        sums.Clear();
        for (int j = 0; j < _size; j++)
        {
            centre[j] = _values[(j * _count) + point];
        }

        int done = 0;
#if NET
        done = LowerVectors(centre, lowered, sums);
#endif
        for (int i = done; i < _count; i++)
        {
            double distance = 0;
            for (int j = 0; j < centre.Length; j++)
            {
                double difference = _values[(j * _count) + i] - centre[j];
                distance += difference * difference;
            }

            lowered[i] = Math.Min(_distances[i], distance * _weights[i]);
            sums[i % Lanes] += lowered[i];
        }

        return sums[0] + sums[1] + (sums[2] + sums[3]);
    }

#if NET
    // Returns how many points were done.
    [MethodImpl(HotLoop.Optimized)]
    private int LowerVectors(ReadOnlySpan<double> centre, double[] lowered, Span<double> sums)
    {
        ref double value = ref MemoryMarshal.GetArrayDataReference(_values);
        ref double weight = ref MemoryMarshal.GetArrayDataReference(_weights);
        ref double before = ref MemoryMarshal.GetArrayDataReference(_distances);
        ref double after = ref MemoryMarshal.GetArrayDataReference(lowered);
        Vector256<double> sum = Vector256<double>.Zero;
        int count = _count & ~(Lanes - 1);
        for (int i = 0; i < count; i += Lanes)
        {
            Vector256<double> distance = Vector256<double>.Zero;
            for (int j = 0; j < centre.Length; j++)
            {
                Vector256<double> difference = Vector256.LoadUnsafe(ref value, (nuint)((j * _count) + i)) - Vector256.Create(centre[j]);
                distance += difference * difference;
            }

            distance = Vector256.Min(Vector256.LoadUnsafe(ref before, (nuint)i), distance * Vector256.LoadUnsafe(ref weight, (nuint)i));
            distance.StoreUnsafe(ref after, (nuint)i);
            sum += distance;
        }

        sum.CopyTo(sums);
        return count;
    }
#endif

    private void SetCentre(VectorCentres centres, int centre, int point)
    {
        for (int j = 0; j < _size; j++)
        {
            centres.Set(centre, j, _values[(j * _count) + point]);
        }
    }
}
