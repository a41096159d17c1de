using System;
using System.Threading;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// The partition of ascending values into any number of segments with the least cost, when each segment costs a penalty
/// on top: the shortest path <c>E(j) = min over i &lt; j of E(i) + cost(i, j) + penalty</c>, exactly.
/// </summary>
/// <remarks>
/// The cost satisfies the quadrangle inequality (it is Monge), so the best <c>i</c> never decreases with <c>j</c>, and
/// once a later <c>i</c> beats an earlier one it does so for every further <c>j</c>. Edges are therefore done in blocks:
/// first the block's last edge, looking only at edges before the block; then the one halfway, between the answers of its
/// neighbours, and so on, which leaves about two candidates an edge. Looking only before the block is right when no edge
/// <c>i</c> inside beats the last edge's answer; then none beats that of an edge before. As E never decreases,
/// <c>E(last) &lt;= E(before the block) + penalty</c> proves it. Otherwise the block is halved; a block of one needs no proof.
/// </remarks>
internal sealed class PenalizedPartition : IDisposable
{
    private const int LargestBlock = 1 << 14;

    // Of the penalty, that a block may cost as far as one can foresee.
    private const double PaidShare = 0.85;

    private readonly SegmentSums _sums;

    // E(i) less the running sum of squares at i: a candidate costs _reach[i] - sum^2 / weight, and what all have in common.
    private readonly double[] _reach;
    private readonly int[] _previous;

    /// <summary>Prepares for any number of penalties.</summary>
    public PenalizedPartition(SegmentSums sums)
    {
        _sums = sums;
        _reach = ScratchArray.Rent<double>(sums.Segments + 1 + CandidateScan.Padding);
        _previous = ScratchArray.Rent<int>(sums.Segments + 1);
    }

    /// <summary>Finds the best partition.</summary>
    /// <param name="penalty">Cost of each segment, not negative.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <returns>Its edges, ascending, the first and the last one included.</returns>
    public int[] Solve(double penalty, CancellationToken cancellation)
    {
        _reach[0] = -_sums.SecondAt(0);
        _previous[0] = 0;
        double cost = 0;
        int size = 1;
        for (int done = 0; done < _sums.Segments;)
        {
            cancellation.ThrowIfCancellationRequested();
            size = Math.Min(size, _sums.Segments - done);
            double next = RelaxLast(done, size, cost, penalty);
            while (size > 1 && !(next <= cost + penalty))
            {
                size /= 2;
                next = RelaxLast(done, size, cost, penalty);
            }

            _sums.CheapestBetween(_reach, _previous, done, done + size, penalty);
            done += size;

            // As long as the penalty will pay for, if the cost goes on growing as it did: the longer, the fewer searches for a last edge.
            double fitting = size * PaidShare * penalty / (next - cost);
            size = fitting < 2 * size ? Math.Max((int)fitting, 1) : Math.Min(2 * size, LargestBlock);
            cost = next;
        }

        return Path();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ScratchArray.Return(_reach);
        ScratchArray.Return(_previous);
    }

    // Returns E(done + size), right if the block is; cost is E(done).
    private double RelaxLast(int done, int size, double cost, double penalty)
    {
        int edge = done + size;
        if (size > 1 || !_sums.IsSingle(done, edge))
        {
            Relax(edge, _previous[done], done, penalty);
            return _reach[edge] + _sums.SecondAt(edge);
        }

        // A single value costs exactly nothing, which must not depend on how large its square is.
        double alone = cost - _sums.SecondAt(edge) + penalty;
        if (done > 0)
        {
            Relax(edge, _previous[done], done - 1, penalty);
        }

        if (done == 0 || alone < _reach[edge])
        {
            _reach[edge] = alone;
            _previous[edge] = done;
            return cost + penalty;
        }

        return _reach[edge] + _sums.SecondAt(edge);
    }

    private void Relax(int edge, int from, int to, double penalty)
    {
        (double best, int at) = _sums.Cheapest(_reach, edge, from, to);
        _reach[edge] = best + penalty;
        _previous[edge] = at;
    }

    private int[] Path()
    {
        int length = 1;
        for (int edge = _sums.Segments; edge > 0; edge = _previous[edge])
        {
            length++;
        }

        int[] path = new int[length];
        for (int edge = _sums.Segments; edge > 0; edge = _previous[edge])
        {
            path[--length] = edge;
        }

        return path;
    }
}
