using System;
using System.Runtime.CompilerServices;
using System.Threading;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// Which centre each point is nearest to, kept up to date while the centres move. A centre that has moved by m is nearer or farther by at
/// most m, so a point need not be measured as long as its own centre cannot have become farther than any other (Hamerly, Making k-means
/// even faster, 2010). What is skipped could not have changed anything: the result is that of comparing every point with every centre.
/// </summary>
internal sealed class VectorAssignment
{
    // Points that are searched one after the other. Stretches are searched side by side, and then added up from the first point to the last, so
    // that the sums do not depend on the number of processors.
    private const int Stretch = 1 << 15;

    private readonly WeightedVectors _points;
    private readonly VectorCentres _centres;
    private readonly VectorSearch _search;
    private readonly byte[] _nearest;

    // The centres whose sums the points are in: as nearest, until points that have changed are moved.
    private readonly byte[] _summed;

    // Distances in the search's scale: the point's own centre is not farther, all others are not nearer.
    private readonly float[] _own;
    private readonly float[] _others;
    private readonly double[] _sums;
    private readonly double[] _masses;
    private readonly int[] _counts;
    private readonly float[] _moves;

    /// <summary>Assigns every point to its nearest centre.</summary>
    /// <param name="points">The points.</param>
    /// <param name="centres">Up to 256 centres, which this moves.</param>
    public VectorAssignment(WeightedVectors points, VectorCentres centres)
    {
        _points = points;
        _centres = centres;
        _search = new VectorSearch(points.Values, centres);
        _nearest = new byte[points.Count];
        _summed = new byte[points.Count];
        _own = new float[points.Count];
        _others = new float[points.Count];
        _sums = new double[centres.Count * centres.Size];
        _masses = new double[centres.Count];
        _counts = new int[centres.Count];
        _moves = new float[centres.Count];
        Restart();
    }

    /// <summary>Sum of the squared distances of all points to their centres, each times its weight.</summary>
    public double Cost { get; private set; }

    /// <summary>The centre that a point is nearest to, of equally near ones the first.</summary>
    public int Nearest(int point) => _nearest[point];

    /// <summary>Sum of the weights of a centre's points.</summary>
    public double Mass(int centre) => _masses[centre];

    /// <summary>One round: moves the centres to the means of their points, and finds the nearest centre of every point again.</summary>
    /// <returns>How much that lowered the cost.</returns>
    public double Improve()
    {
        double before = Cost;
        MoveToMeans();
        _search.Update();
        Reassign();
        return before - Cost;
    }

    /// <summary>Finds the nearest centre of every point after centres were set to anything.</summary>
    [MethodImpl(HotLoop.Optimized)]
    public void Restart()
    {
        _search.Update();
        Array.Clear(_sums, 0, _sums.Length);
        Array.Clear(_masses, 0, _masses.Length);
        Array.Clear(_counts, 0, _counts.Length);
        Cost = 0;
        SearchInStretches(Search);
        for (int i = 0; i < _nearest.Length; i++)
        {
            Add(_nearest[i], i, 1);
            Cost += Distance(i);
        }

        _nearest.CopyTo(_summed, 0);
    }

    /// <summary>Moves the centres to the means of their points, which then are not the nearest any more.</summary>
    public void MoveToMeans()
    {
        // The mean is the point from which the sum of squares is least: moving there saves the square of the way for each point.
        int size = _centres.Size;
        for (int centre = 0; centre < _centres.Count; centre++)
        {
            double squared = 0;
            for (int j = 0; j < size && _counts[centre] > 0; j++)
            {
                double mean = _sums[(centre * size) + j] / _masses[centre], by = mean - _centres.Get(centre, j);
                squared += by * by;
                _centres.Set(centre, j, mean);
            }

            Cost -= _masses[centre] * squared;
            _moves[centre] = _search.NotNearerThan(squared);
        }

        for (int centre = 0; centre < _centres.Count; centre++)
        {
            if (_counts[centre] == 0)
            {
                MoveToFarthest(centre);
            }
        }
    }

    /// <summary>What a point adds to the cost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Distance(int point) => Distance(point, _nearest[point]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Distance(int point, int centre) => _points.Weight(point) * _centres.DistanceTo(centre, _points.Values, point * _centres.Size);

    // A centre without points goes to the point that costs most, and takes it over.
    private void MoveToFarthest(int centre)
    {
        int farthest = 0;
        double most = -1;
        for (int i = 0; i < _nearest.Length; i++)
        {
            double distance = Distance(i);
            (farthest, most) = distance > most ? (i, distance) : (farthest, most);
        }

        for (int j = 0; j < _centres.Size; j++)
        {
            _centres.Set(centre, j, _points.Values[(farthest * _centres.Size) + j]);
        }

        // Every point has to look at this centre anew.
        _moves[centre] = float.PositiveInfinity;
        Add(_nearest[farthest], farthest, -1);
        Add(centre, farthest, 1);
        _nearest[farthest] = _summed[farthest] = (byte)centre;
        Cost -= most;
    }

    [MethodImpl(HotLoop.Optimized)]
    private void Reassign()
    {
        (int Centre, float Most, float Second) farthest = FarthestMoves();
        SearchInStretches((tile, from, to) => SearchAgain(farthest, tile, from, to));
        for (int i = 0; i < _nearest.Length; i++)
        {
            if (_nearest[i] != _summed[i])
            {
                Cost += Distance(i) - Distance(i, _summed[i]);
                Add(_summed[i], i, -1);
                Add(_nearest[i], i, 1);
                _summed[i] = _nearest[i];
            }
        }
    }

    private void SearchInStretches(Action<VectorTile, int, int> search)
    {
        int stretches = (_nearest.Length + Stretch - 1) / Stretch;
        Action<int> run = index => search(_search.NewTile(), index * Stretch, Math.Min((index + 1) * Stretch, _nearest.Length));
        if (stretches == 1)
        {
            run(0);
            return;
        }

        ParallelParts.Run(stretches, run, CancellationToken.None);
    }

    // Finds the nearest centres of points whose own may not be it any more.
    [MethodImpl(HotLoop.Optimized)]
    private void SearchAgain((int Centre, float Most, float Second) farthest, VectorTile tile, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            int centre = _nearest[i];
            float own = _own[i] + _moves[centre], others = _others[i] - (centre == farthest.Centre ? farthest.Second : farthest.Most);
            if (own < others)
            {
                (_own[i], _others[i]) = (own, others);
            }
            else if (tile.Add(i))
            {
                Search(tile);
            }
        }

        Search(tile);
    }

    [MethodImpl(HotLoop.Optimized)]
    private void Search(VectorTile tile, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            if (tile.Add(i))
            {
                Search(tile);
            }
        }

        Search(tile);
    }

    // Finds the nearest centres of the tile's points, and makes it empty.
    [MethodImpl(HotLoop.Optimized)]
    private void Search(VectorTile tile)
    {
        _search.Find(_points.Values, tile);
        for (int i = 0; i < tile.Count; i++)
        {
            int point = tile.Points[i];
            _nearest[point] = (byte)tile.Nearest[i];
            _own[point] = tile.Own[i];
            _others[point] = tile.Others[i];
        }

        tile.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(int centre, int point, int times)
    {
        double weight = times * _points.Weight(point);
        _masses[centre] += weight;
        _counts[centre] += times;
        for (int j = 0, at = point * _centres.Size; j < _centres.Size; j++)
        {
            _sums[(centre * _centres.Size) + j] += weight * _points.Values[at + j];
        }
    }

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
