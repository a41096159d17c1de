using System;
using System.Runtime.CompilerServices;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// Which centre each point is nearest to, kept up to date while the centres move. A centre that has moved by m is nearer or farther by at
/// most m, so a point need not be measured as long as its own centre cannot have become farther than any other (Hamerly, Making k-means
/// even faster, 2010). What is skipped could not have changed anything: the result is that of comparing every point with every centre.
/// </summary>
internal sealed class VectorAssignment
{
    // Bounds are FP32, widened by more than what the roundings of all rounds add up to: a share, and an amount where FP32 has few digits.
    private const double Share = 1e-4;
    private const double Amount = 1e-37;

    private readonly float[] _points;
    private readonly VectorCentres _centres;
    private readonly byte[] _nearest;

    // Distances, not squared: the point's own centre is not farther, all others are not nearer.
    private readonly float[] _own;
    private readonly float[] _others;
    private readonly double[] _sums;
    private readonly int[] _counts;
    private readonly float[] _moves;

    /// <summary>Assigns every point to its nearest centre.</summary>
    /// <param name="points">Vectors of as many values as the centres have, one after the other.</param>
    /// <param name="centres">Up to 256 centres, which <see cref="MoveToMeans"/> moves.</param>
    public VectorAssignment(float[] points, VectorCentres centres)
    {
        _points = points;
        _centres = centres;
        int count = points.Length / centres.Size;
        _nearest = new byte[count];
        _own = new float[count];
        _others = new float[count];
        _sums = new double[centres.Count * centres.Size];
        _counts = new int[centres.Count];
        _moves = new float[centres.Count];
        Start();
    }

    /// <summary>Sum of the squared distances of all points to their centres.</summary>
    public double Cost { get; private set; }

    /// <summary>The centre that a point is nearest to, of equally near ones the first.</summary>
    public int Nearest(int point) => _nearest[point];

    /// <summary>One round: moves the centres to the means of their points, and finds the nearest centre of every point again.</summary>
    /// <returns>How much that lowered the cost.</returns>
    public double Improve()
    {
        double before = Cost;
        MoveToMeans();
        Reassign();
        return before - Cost;
    }

    [MethodImpl(HotLoop.Optimized)]
    private void Start()
    {
        for (int i = 0, at = 0; i < _nearest.Length; i++, at += _centres.Size)
        {
            NearestCentre found = _centres.Nearest(_points, at);
            Take(i, found);
            Add(found.Centre, at, 1);
            Cost += found.Distance;
        }
    }

    // The mean is the point from which the sum of squares is least: moving there saves the square of the way for each point.
    private void MoveToMeans()
    {
        int size = _centres.Size;
        for (int centre = 0; centre < _centres.Count; centre++)
        {
            double squared = 0;
            for (int j = 0; j < size && _counts[centre] > 0; j++)
            {
                double mean = _sums[(centre * size) + j] / _counts[centre], by = mean - _centres.Get(centre, j);
                squared += by * by;
                _centres.Set(centre, j, mean);
            }

            Cost -= _counts[centre] * squared;
            _moves[centre] = NotNearerThan(squared);
        }

        for (int centre = 0; centre < _centres.Count; centre++)
        {
            if (_counts[centre] == 0)
            {
                MoveToFarthest(centre);
            }
        }
    }

    // A centre without points goes to the point that is farthest from its own centre, and takes it over.
    private void MoveToFarthest(int centre)
    {
        int farthest = 0;
        double most = -1;
        for (int i = 0; i < _nearest.Length; i++)
        {
            double distance = _centres.DistanceTo(_nearest[i], _points, i * _centres.Size);
            (farthest, most) = distance > most ? (i, distance) : (farthest, most);
        }

        for (int j = 0; j < _centres.Size; j++)
        {
            _centres.Set(centre, j, _points[(farthest * _centres.Size) + j]);
        }

        // Every point has to look at this centre anew.
        _moves[centre] = float.PositiveInfinity;
        Add(_nearest[farthest], farthest * _centres.Size, -1);
        Add(centre, farthest * _centres.Size, 1);
        _nearest[farthest] = (byte)centre;
        Cost -= most;
    }

    [MethodImpl(HotLoop.Optimized)]
    private void Reassign()
    {
        (int farthest, float most, float second) = FarthestMoves();
        for (int i = 0, size = _centres.Size; i < _nearest.Length; i++)
        {
            int centre = _nearest[i];
            float own = _own[i] + _moves[centre], others = _others[i] - (centre == farthest ? second : most);
            if (own < others)
            {
                (_own[i], _others[i]) = (own, others);
            }
            else
            {
                Measure(i, i * size, others);
            }
        }
    }

    private void Measure(int point, int at, float others)
    {
        int centre = _nearest[point];
        double distance = _centres.DistanceTo(centre, _points, at);
        float own = NotNearerThan(distance);
        if (own < others)
        {
            (_own[point], _others[point]) = (own, others);
            return;
        }

        NearestCentre found = _centres.Nearest(_points, at);
        Take(point, found);
        if (found.Centre != centre)
        {
            Add(centre, at, -1);
            Add(found.Centre, at, 1);
            Cost -= distance - found.Distance;
        }
    }

    private void Take(int point, NearestCentre found)
    {
        _nearest[point] = (byte)found.Centre;
        _own[point] = NotNearerThan(found.Distance);
        _others[point] = NotFartherThan(found.Next);
    }

    private void Add(int centre, int at, int times)
    {
        _counts[centre] += times;
        for (int j = 0; j < _centres.Size; j++)
        {
            _sums[(centre * _centres.Size) + j] += times * (double)_points[at + j];
        }
    }

    private static float NotNearerThan(double squared) => (float)((Math.Sqrt(squared) * (1 + Share)) + Amount);

    private static float NotFartherThan(double squared) => (float)Math.Min(float.MaxValue, (Math.Sqrt(squared) * (1 - Share)) - Amount);

    // The two farthest moves, so that a point need not fear the move of its own centre.
    private (int Centre, float Most, float Second) FarthestMoves()
    {
        int farthest = 0;
        float most = 0, second = 0;
        for (int centre = 0; centre < _moves.Length; centre++)
        {
            if (_moves[centre] > most)
            {
                (farthest, second, most) = (centre, most, _moves[centre]);
            }
            else
            {
                second = Math.Max(second, _moves[centre]);
            }
        }

        return (farthest, most, second);
    }
}
