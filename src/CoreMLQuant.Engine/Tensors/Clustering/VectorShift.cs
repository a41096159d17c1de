using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// Leads k-means out of a local optimum: a cell that costs much is split, and for it one that is hardly missed is merged with its nearest
/// neighbour, where the one may save more than the other costs (after Patane and Russo, The enhanced LBG algorithm, 2001). Only the cells
/// concerned are looked at, so that this takes about as long as a round; whether it helped shows after some more.
/// </summary>
/// <param name="points">The points.</param>
/// <param name="centres">Centres, which are moved.</param>
/// <param name="assignment">The points' centres.</param>
internal sealed class VectorShift(WeightedVectors points, VectorCentres centres, VectorAssignment assignment)
{
    // Of what a merge costs, that a split has to save: points of a cell that is gone also go to other neighbours, and a split takes over others' points.
    private const double MergeShare = 0.4;

    // Cells that are looked at for each that may be split.
    private const int TriesForOne = 2;

    private readonly VectorSplit _split = new(points);

    // The points of all cells, and where each cell's begin.
    private readonly int[] _members = new int[points.Count];
    private readonly int[] _begins = new int[centres.Count + 1];

    /// <summary>Splits and merges what is worth it, each cell at most once.</summary>
    /// <param name="most">Most cells to split.</param>
    /// <returns>Whether one was.</returns>
    public bool Apply(int most)
    {
        assignment.MoveToMeans();
        FindMembers();
        double[] costs = Costs();
        (int Other, double Cost)[] merges = Enumerable.Range(0, centres.Count).Select(Merge).ToArray();
        var cheapest = new Queue<int>(Order(merges.Select(merge => merge.Cost)));
        bool[] isTouched = new bool[centres.Count];
        int count = 0, tries = 0;
        foreach (int split in Order(costs.Select(cost => -cost)))
        {
            while (cheapest.Count > 0 && (isTouched[cheapest.Peek()] || isTouched[merges[cheapest.Peek()].Other]))
            {
                cheapest.Dequeue();
            }

            // A split saves less than all that the cell costs; further merges cost more and further cells less.
            if (cheapest.Count == 0 || count == most || tries == TriesForOne * most || costs[split] <= MergeShare * merges[cheapest.Peek()].Cost)
            {
                break;
            }

            (int removed, int other) = (cheapest.Peek(), merges[cheapest.Peek()].Other);
            if (isTouched[split] || split == removed || split == other)
            {
                continue;
            }

            tries++;
            if (_split.Find(_members.AsSpan(_begins[split], _begins[split + 1] - _begins[split]), centres, split) > MergeShare * merges[removed].Cost)
            {
                count++;
                MergeInto(other, removed);
                _split.Take(centres, removed, split);
                isTouched[split] = isTouched[removed] = isTouched[other] = true;
            }
        }

        if (count > 0)
        {
            assignment.Restart();
        }

        return count > 0;
    }

    [MethodImpl(HotLoop.Optimized)]
    private void FindMembers()
    {
        Array.Clear(_begins, 0, _begins.Length);
        for (int i = 0; i < _members.Length; i++)
        {
            _begins[assignment.Nearest(i) + 1]++;
        }

        for (int centre = 0; centre < centres.Count; centre++)
        {
            _begins[centre + 1] += _begins[centre];
        }

        int[] ends = _begins.ToArray();
        for (int i = 0; i < _members.Length; i++)
        {
            _members[ends[assignment.Nearest(i)]++] = i;
        }
    }

    [MethodImpl(HotLoop.Optimized)]
    private double[] Costs()
    {
        double[] costs = new double[centres.Count];
        for (int i = 0; i < _members.Length; i++)
        {
            costs[assignment.Nearest(i)] += assignment.Distance(i);
        }

        return costs;
    }

    // The centre to merge with and what it costs: as much as moving both cells' points' weights to their common mean.
    [MethodImpl(HotLoop.Optimized)]
    private (int Other, double Cost) Merge(int centre)
    {
        (int other, double least) = (-1, double.PositiveInfinity);
        for (int i = 0; i < centres.Count; i++)
        {
            double distance = i == centre ? double.PositiveInfinity : centres.Between(centre, i);
            (other, least) = distance < least ? (i, distance) : (other, least);
        }

        double mass = assignment.Mass(centre), otherMass = other < 0 ? 0 : assignment.Mass(other);
        return (Math.Max(other, 0), other < 0 ? double.PositiveInfinity : mass * otherMass / (mass + otherMass) * least);
    }

    private void MergeInto(int other, int removed)
    {
        double share = assignment.Mass(removed) / (assignment.Mass(removed) + assignment.Mass(other));
        for (int j = 0; j < centres.Size; j++)
        {
            double value = centres.Get(other, j);
            centres.Set(other, j, value + (share * (centres.Get(removed, j) - value)));
        }
    }

    private static int[] Order(IEnumerable<double> values) =>
        values.Select((value, index) => (value, index)).OrderBy(item => item.value).ThenBy(item => item.index).Select(item => item.index).ToArray();
}
