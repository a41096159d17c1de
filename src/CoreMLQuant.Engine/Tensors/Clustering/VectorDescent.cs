using System;
using System.Threading;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>The way from a start to a good table: Lloyd's rounds, and shifts of centres out of local optima.</summary>
internal sealed class VectorDescent
{
    private const int MostRounds = 200;

    // Shifts that are tried, first of a quarter of the centres, half as many after each that did not help.
    private const int MostShifts = 20;
    private const int ShiftedShare = 4;

    // A shift has to save this much, so that rounding does not keep it going.
    private const double LeastShift = 1e-5;

    private readonly WeightedVectors _points;
    private readonly VectorCentres _centres;
    private readonly VectorAssignment _assignment;
    private readonly CancellationToken _cancellation;

    /// <summary>Begins at a start.</summary>
    /// <param name="points">The points.</param>
    /// <param name="centres">The start; moved on.</param>
    /// <param name="cancellation">Stops between rounds.</param>
    public VectorDescent(WeightedVectors points, VectorCentres centres, CancellationToken cancellation)
    {
        _points = points;
        _centres = centres;
        _assignment = new VectorAssignment(points, centres);
        _cancellation = cancellation;
    }

    /// <summary>Sum of the squared distances, each times its vector's weight.</summary>
    public double Cost => _assignment.Cost;

    /// <summary>The centres as they are.</summary>
    public VectorCentres Centres => _centres;

    /// <summary>Lloyd's rounds until one gains less than a share of the cost.</summary>
    public void Converge(double leastGain)
    {
        for (int round = 1; round < MostRounds; round++)
        {
            _cancellation.ThrowIfCancellationRequested();
            if (!(_assignment.Improve() > Cost * leastGain))
            {
                break;
            }
        }
    }

    /// <summary>Shifts centres as long as that lowers the cost after some rounds; what does not is taken back.</summary>
    /// <param name="leastGain">Ends these rounds.</param>
    public void Escape(double leastGain)
    {
        var shift = new VectorShift(_points, _centres, _assignment);
        int most = Math.Max(1, _centres.Count / ShiftedShare);
        for (int i = 0; i < MostShifts && most > 0; i++)
        {
            double[] before = _centres.ToArray();
            double cost = Cost;
            if (!shift.Apply(most))
            {
                break;
            }

            Converge(leastGain);
            if (!(Cost < cost * (1 - LeastShift)))
            {
                _centres.CopyFrom(before);
                _assignment.Restart();
                most /= 2;
            }
        }
    }
}
