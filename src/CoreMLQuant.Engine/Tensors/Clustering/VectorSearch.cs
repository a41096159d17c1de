using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// The nearest of many centres, in FP32 for as many points at a time as a vector register holds; where roundings could change the answer,
/// distances are compared again in FP64. So the answer is the exact one, whatever the processor.
/// </summary>
/// <remarks>
/// Compared are the scores <c>s = |c|^2 / 2 - x.c</c>, since <c>|x - c|^2 = |x|^2 + 2 s</c>; points and centres are scaled to at most 1 and taken from
/// the points' mean, so that nothing overflows and little cancels. A score has about as many roundings as a vector has values, each of at most
/// <c>u (|c|^2 / 2 + |x||c|)</c>. For <c>|c| &lt;= 4 |x|</c> that is at most <c>12 u |x|^2</c>, otherwise at most <c>3 u s</c>: a bound
/// that far centres do not widen for near points.
/// </remarks>
internal sealed class VectorSearch
{
    // Values of a point that stay in registers; shorter vectors have zeros beyond their own.
    private const int Resident = 4;

    // What underflows, in units of the largest value: of scores, and of distances.
    private const float Underflow = 1e-36f;
    private const double Least = 1e-37;

    // Beyond every score and distance.
    private const float Far = 1e30f;

    // More than what the roundings of all rounds add up to.
    private const float Share = 1e-4f;

    private readonly VectorCentres _centres;
    private readonly int _size;
    private readonly int _rows;
    private readonly float _scale;
    private readonly float[] _origin;

    // Of each centre its values, and half of their squares.
    private readonly float[] _values;

    // Most that a score may be wrong, for each unit of |x|^2 and of the score; twice as much, for what the estimate leaves out.
    private readonly float _unit;

    /// <summary>Prepares for points.</summary>
    /// <param name="points">Finite vectors, one after the other.</param>
    /// <param name="centres">Centres that reach no farther than the points; <see cref="Update"/> tells that they have moved.</param>
    public VectorSearch(float[] points, VectorCentres centres)
    {
        _centres = centres;
        _size = centres.Size;
        _rows = Math.Max(_size, Resident);
        _values = new float[centres.Count * (_rows + 1)];
        _unit = (_size + 6) * (float)Math.Pow(2, -23);
        (_scale, _origin) = Frame(points, _size);
        Update();
    }

    /// <summary>An empty tile for points.</summary>
    public VectorTile NewTile() => new(_rows);

    /// <summary>Takes over the centres' values.</summary>
    public void Update()
    {
        for (int centre = 0; centre < _centres.Count; centre++)
        {
            int row = centre * (_rows + 1);
            double half = 0;
            for (int j = 0; j < _size; j++)
            {
                double value = (_centres.Get(centre, j) * _scale) - _origin[j];
                _values[row + j] = (float)value;
                half += value * value / 2;
            }

            _values[row + _rows] = (float)half;
        }
    }

    /// <summary>A distance in the units of <see cref="VectorTile.Own"/>, rounded up by more than what sums of such distances lose.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float NotNearerThan(double squared) => (float)((Math.Sqrt(squared) * _scale * (1 + Share)) + Least);

    /// <summary>Finds the nearest centres of a tile's points.</summary>
    [MethodImpl(HotLoop.Optimized)]
    public void Find(float[] points, VectorTile tile)
    {
        Load(points, tile);
        for (int lane = 0; lane < tile.Count; lane += Vector<float>.Count)
        {
            FindLanes(ref tile.Values[lane], ref tile.Nearest[lane], ref tile.Own[lane], ref tile.Others[lane]);
        }

        for (int i = 0; i < tile.Count; i++)
        {
            if (!(tile.Own[i] < tile.Others[i]))
            {
                NearestCentre exact = _centres.Nearest(points, tile.Points[i] * _size);
                tile.Nearest[i] = exact.Centre;
                tile.Own[i] = NotNearerThan(exact.Distance);
                tile.Others[i] = NotFartherThan(exact.Next);
            }
        }
    }

    [MethodImpl(HotLoop.Optimized)]
    private void Load(float[] points, VectorTile tile)
    {
        float[] values = tile.Values, origin = _origin;
        float scale = _scale;
        for (int i = 0; i < tile.Count; i++)
        {
            int at = tile.Points[i] * origin.Length;
            for (int j = 0; j < origin.Length; j++)
            {
                values[(j * VectorTile.Length) + i] = origin[j] - (points[at + j] * scale);
            }
        }
    }

    [MethodImpl(HotLoop.Optimized)]
    private void FindLanes(ref float point, ref float nearestCentres, ref float own, ref float others)
    {
        Vector<float> x0 = Get(ref point, 0), x1 = Get(ref point, 1), x2 = Get(ref point, 2), x3 = Get(ref point, 3);
        Vector<float> square = (x0 * x0) + (x1 * x1) + ((x2 * x2) + (x3 * x3));
        Vector<float> least = new(Far), next = least, nearest = Vector<float>.Zero, index = nearest, one = Vector<float>.One;
        ref float centre = ref _values[0];
        int rows = _rows;
        for (int j = Resident; j < rows; j++)
        {
            square += Get(ref point, j) * Get(ref point, j);
        }

        for (int left = _centres.Count; left > 0; left--)
        {
            Vector<float> score = new(Unsafe.Add(ref centre, rows));
            score = Add(x0, new Vector<float>(centre), score);
            score = Add(x1, new Vector<float>(Unsafe.Add(ref centre, 1)), score);
            score = Add(x2, new Vector<float>(Unsafe.Add(ref centre, 2)), score);
            score = Add(x3, new Vector<float>(Unsafe.Add(ref centre, 3)), score);
            for (int j = Resident; j < rows; j++)
            {
                score = Add(Get(ref point, j), new Vector<float>(Unsafe.Add(ref centre, j)), score);
            }

            nearest = Vector.ConditionalSelect(Vector.LessThan(score, least), index, nearest);
            next = Smaller(next, Larger(least, score));
            least = Smaller(least, score);
            index += one;
            centre = ref Unsafe.Add(ref centre, rows + 1);
        }

        // Where these bounds do not tell the two nearest apart, neither do the scores.
        Vector<float> wrong = ((square * new Vector<float>(14 * _unit)) + (Vector.Abs(next) * new Vector<float>(4 * _unit))) + new Vector<float>(Underflow);
        Vector<float> farthest = Larger(square + ((least + wrong) * new Vector<float>(2)), Vector<float>.Zero);
        Vector<float> closest = Larger(square + ((next - wrong) * new Vector<float>(2)), Vector<float>.Zero);
        Set(ref nearestCentres, nearest);
        Set(ref own, Vector.SquareRoot(farthest) * new Vector<float>(1 + Share));
        Set(ref others, Vector.SquareRoot(closest) * new Vector<float>(1 - Share));
    }

    private float NotFartherThan(double squared) => (float)Math.Min(Far, (Math.Sqrt(squared) * _scale * (1 - Share)) - Least);

    // The largest magnitude becomes 1/2 to 1; the mean of what it becomes.
    [MethodImpl(HotLoop.Optimized)]
    private static (float Scale, float[] Origin) Frame(float[] points, int size)
    {
        float most = 0;
        double[] sums = new double[size];
        for (int i = 0; i < points.Length; i += size)
        {
            for (int j = 0; j < size; j++)
            {
                most = Math.Max(most, Math.Abs(points[i + j]));
                sums[j] += points[i + j];
            }
        }

        int exponent = most == 0 ? 0 : -(int)Math.Ceiling(Math.Log(most, 2));
        double scale = Math.Pow(2, Math.Max(-126, Math.Min(126, exponent))), share = scale * size / Math.Max(points.Length, size);
        return ((float)scale, Array.ConvertAll(sums, sum => (float)(sum * share)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Get(ref float values, int row) =>
        Unsafe.ReadUnaligned<Vector<float>>(ref Unsafe.As<float, byte>(ref Unsafe.Add(ref values, row * VectorTile.Length)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Set(ref float values, Vector<float> value) => Unsafe.WriteUnaligned(ref Unsafe.As<float, byte>(ref values), value);

#if NET
    // Rounded once or twice, as the processor can.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Add(Vector<float> x, Vector<float> y, Vector<float> sum) => Vector.MultiplyAddEstimate(x, y, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Smaller(Vector<float> x, Vector<float> y) => Vector.MinNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Larger(Vector<float> x, Vector<float> y) => Vector.MaxNative(x, y);
#else
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Add(Vector<float> x, Vector<float> y, Vector<float> sum) => (x * y) + sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Smaller(Vector<float> x, Vector<float> y) => Vector.Min(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Larger(Vector<float> x, Vector<float> y) => Vector.Max(x, y);
#endif
}
