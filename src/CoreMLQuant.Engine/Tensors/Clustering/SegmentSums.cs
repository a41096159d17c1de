using System;
using System.Runtime.CompilerServices;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// What a segment of ascending, weighted values costs when its mean stands for all of it: the sum of squared distances,
/// from running sums in constant time. Segments begin and end at edges; edge <c>i</c> stands before value <c>i</c>, or,
/// after <see cref="At"/>, before a value of choice.
/// </summary>
/// <remarks>
/// The values are shifted by the middle one and the sums run from there to both sides. So a segment's sums are
/// differences over values that lie nearer to the middle than the segment itself: an outlier of 1e30 at an end cannot
/// drown what lies before it, which sums that run from end to end would allow.
/// </remarks>
internal sealed class SegmentSums : IDisposable
{
    // The running sums of weight, weight * value and weight * value^2 at each edge.
    private readonly double[] _weight;
    private readonly double[] _first;
    private readonly double[] _second;

    // The number of the value at each edge; null when it is the edge's own number.
    private readonly int[]? _position;

    private SegmentSums(int segments, double origin, bool isSelection)
    {
        Segments = segments;
        Origin = origin;
        _weight = ScratchArray.Rent<double>(segments + 1 + CandidateScan.Padding);
        _first = ScratchArray.Rent<double>(segments + 1 + CandidateScan.Padding);
        _second = ScratchArray.Rent<double>(segments + 1);
        _position = isSelection ? ScratchArray.Rent<int>(segments + 1) : null;
    }

    /// <summary>Number of smallest segments; edges are numbered from 0 to this.</summary>
    public int Segments { get; }

    /// <summary>What the values are measured from in the sums.</summary>
    public double Origin { get; }

    /// <summary>Running sum of weight times squared value at an edge.</summary>
    public double SecondAt(int edge) => _second[edge];

    /// <summary>
    /// Over a range of beginnings, the least <c>reach[begin] + Cost(begin, end) - SecondAt(end)</c> where reach is
    /// already less <c>SecondAt(begin)</c>; the lowest beginning among equals.
    /// </summary>
    public (double Value, int Begin) Cheapest(double[] reach, int end, int from, int to) =>
        CandidateScan.Least(reach, _first, _weight, end, from, to);

    /// <summary>The same with a penalty for every end between two that are done; see <see cref="CandidateScan.LeastBetween"/>.</summary>
    public void CheapestBetween(double[] reach, int[] previous, int begin, int end, double penalty) =>
        CandidateScan.LeastBetween(reach, _first, _weight, previous, begin, end, penalty);

    /// <summary>Sums over values.</summary>
    /// <param name="values">Finite, ascending and distinct.</param>
    /// <param name="weights">Positive, one for each value; empty when each counts once.</param>
    public static SegmentSums Of(ReadOnlySpan<double> values, ReadOnlySpan<double> weights)
    {
        int middle = values.Length / 2;
        var sums = new SegmentSums(values.Length, values[middle], isSelection: false);
        double origin = sums.Origin, weight = 0, first = 0, second = 0;
        Span<double> weightAt = sums._weight, firstAt = sums._first, secondAt = sums._second;
        weightAt[middle] = firstAt[middle] = secondAt[middle] = 0;
        for (int i = middle; i < values.Length; i++)
        {
            double w = weights.IsEmpty ? 1 : weights[i], x = values[i] - origin;
            weightAt[i + 1] = weight += w;
            firstAt[i + 1] = first += w * x;
            secondAt[i + 1] = second += w * x * x;
        }

        weight = first = second = 0;
        for (int i = middle - 1; i >= 0; i--)
        {
            double w = weights.IsEmpty ? 1 : weights[i], x = values[i] - origin;
            weightAt[i] = weight -= w;
            firstAt[i] = first -= w * x;
            secondAt[i] = second -= w * x * x;
        }

        return sums;
    }

    /// <summary>The same sums with only some of the edges, which must include the first and the last.</summary>
    public SegmentSums At(ReadOnlySpan<int> edges)
    {
        var selection = new SegmentSums(edges.Length - 1, Origin, isSelection: true);
        for (int i = 0; i < edges.Length; i++)
        {
            selection._weight[i] = _weight[edges[i]];
            selection._first[i] = _first[edges[i]];
            selection._second[i] = _second[edges[i]];
            selection._position![i] = edges[i];
        }

        return selection;
    }

    /// <summary>Whether a segment holds a single distinct value, which costs exactly nothing.</summary>
    public bool IsSingle(int begin, int end) => _position is null ? end - begin == 1 : _position[end] - _position[begin] == 1;

    /// <summary>Cost of a segment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Cost(int begin, int end)
    {
        if (IsSingle(begin, end))
        {
            return 0;
        }

        double sum = _first[end] - _first[begin];
        return _second[end] - _second[begin] - (sum * sum / (_weight[end] - _weight[begin]));
    }

    /// <summary>Cost of a partition given by its edges.</summary>
    public double Cost(ReadOnlySpan<int> path)
    {
        double cost = 0;
        for (int i = 1; i < path.Length; i++)
        {
            cost += Cost(path[i - 1], path[i]);
        }

        return cost;
    }

    /// <summary>Mean of a segment.</summary>
    public double Mean(int begin, int end) => Origin + ((_first[end] - _first[begin]) / (_weight[end] - _weight[begin]));

    /// <inheritdoc/>
    public void Dispose()
    {
        ScratchArray.Return(_weight);
        ScratchArray.Return(_first);
        ScratchArray.Return(_second);
        if (_position is not null)
        {
            ScratchArray.Return(_position);
        }
    }
}
