using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Inspection;

/// <summary>Computes the statistics of weights on several workers. Work is cut at fixed places and added up in order, so that figures do not depend on the workers.</summary>
internal static class WeightMeasurement
{
    private const long JobElements = 1 << 20;

    /// <summary>Measures weights; one whose encoding is not known gets no statistics.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="countsDistinct">Whether different values are counted, which takes longer than everything else.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static IReadOnlyList<WeightSite> Run(IEnumerable<FoundWeight> weights, bool countsDistinct, CancellationToken cancellationToken)
    {
        Measurement[] measurements = weights.Select(weight => new Measurement(weight, countsDistinct)).ToArray();
        var jobs = measurements.SelectMany(measurement => Enumerable.Range(0, measurement.JobCount).Select(job => (measurement, job))).ToArray();
        using (var work = ParallelWork<(Measurement Measurement, int Job)>.Start(jobs, 0, (item, stop) => item.Measurement.Run(item.Job, stop), cancellationToken))
        {
            work.Join();
        }

        return measurements.Select(measurement => measurement.Site).ToArray();
    }

    /// <summary>The measurement of one weight.</summary>
    private sealed class Measurement(FoundWeight weight, bool countsDistinct)
    {
        private readonly TensorValues? _values = weight.Decode();
        private readonly object _lock = new();
        private ValueMoments[] _moments = [];
        private DistinctCounter? _distinct;
        private WeightStatistics? _statistics;
        private int _done;

        public int JobCount => _values is null ? 0 : (int)((_values.Count + JobElements - 1) / JobElements);

        public WeightSite Site => weight.Site with { Statistics = _values is { Count: 0 } ? Statistics(new ValueMoments(), new DistinctCounter(0)) : _statistics };

        public void Run(int job, CancellationToken cancellationToken)
        {
            TensorValues values = _values!;
            long start = job * JobElements, count = Math.Min(JobElements, values.Count - start);
            var moments = new ValueMoments();
            bool isOver;
            lock (_lock)
            {
                isOver = !countsDistinct || _distinct is { IsOver: true };
            }

            var distinct = new DistinctCounter(isOver ? 0 : count);
            ValueTiles.Visit(
                new ValueSlice(values, start, count),
                (_, tile) =>
                {
                    moments.Add(tile);
                    if (!isOver)
                    {
                        distinct.Add(tile);
                    }
                },
                cancellationToken);
            lock (_lock)
            {
                Finish(job, moments, distinct);
            }
        }

        // Tables of what is different are large: one is kept for the weight, and none once the weight is done.
        private void Finish(int job, ValueMoments moments, DistinctCounter distinct)
        {
            if (_distinct is null)
            {
                _moments = new ValueMoments[JobCount];
                _distinct = JobCount == 1 || !countsDistinct ? distinct : new DistinctCounter(_values!.Count);
            }

            _moments[job] = moments;
            if (_distinct != distinct)
            {
                _distinct.Add(distinct);
            }

            if (++_done < JobCount)
            {
                return;
            }

            var all = new ValueMoments();
            Array.ForEach(_moments, all.Add);
            _statistics = Statistics(all, _distinct);
            _distinct = null;
            _moments = [];
        }

        private WeightStatistics Statistics(ValueMoments moments, DistinctCounter distinct)
        {
            bool isEmpty = moments.Count == 0;
            return new WeightStatistics(
                isEmpty ? null : moments.Minimum,
                isEmpty ? null : moments.Maximum,
                isEmpty ? null : moments.Mean,
                isEmpty ? null : Math.Sqrt(moments.Variance),
                moments.ZeroCount,
                countsDistinct ? distinct.Count : null,
                moments.OverflowCount,
                moments.UnderflowCount,
                moments.NonFiniteCount);
        }
    }
}
