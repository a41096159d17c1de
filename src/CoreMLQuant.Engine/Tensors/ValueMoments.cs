using System;
using System.Runtime.CompilerServices;

namespace CoreMLQuant.Tensors;

/// <summary>
/// Extent, mean, spread and special values of a tensor, gathered tile by tile. Sums are FP64, in eight lanes within a tile and tile
/// after tile, so that the same tiles give the same bits on every machine; the spread is summed around each tile's mean, so
/// that it does not drown when the mean is large.
/// </summary>
internal sealed class ValueMoments
{
    private const int Lanes = 8;
#if NET
    private const MethodImplOptions Optimized = MethodImplOptions.AggressiveOptimization;
#else
    private const MethodImplOptions Optimized = MethodImplOptions.NoInlining;
#endif

    private double _squares;

    /// <summary>Finite values.</summary>
    public long Count { get; private set; }

    /// <summary>Smallest finite value; +infinity when there is none.</summary>
    public float Minimum { get; private set; } = float.PositiveInfinity;

    /// <summary>Largest finite value; -infinity when there is none.</summary>
    public float Maximum { get; private set; } = float.NegativeInfinity;

    /// <summary>Mean of the finite values.</summary>
    public double Mean { get; private set; }

    /// <summary>Mean of the squares of their distances from the mean.</summary>
    public double Variance => Count == 0 ? 0 : _squares / Count;

    /// <summary>Zeros.</summary>
    public long ZeroCount { get; private set; }

    /// <summary>Finite values that FP16 would make infinite.</summary>
    public long OverflowCount { get; private set; }

    /// <summary>Values other than zero that FP16 would make zero.</summary>
    public long UnderflowCount { get; private set; }

    /// <summary>Infinities and NaN.</summary>
    public long NonFiniteCount { get; private set; }

    /// <summary>Adds a tile.</summary>
    public void Add(ReadOnlySpan<float> tile)
    {
        var part = new ValueMoments();
        double sum = part.SumAndCount(tile);
        if (part.Count > 0)
        {
            part.Mean = sum / part.Count;
            part._squares = Squares(tile, part.Mean);
        }

        Add(part);
    }

    /// <summary>Adds what was gathered of the values that follow.</summary>
    public void Add(ValueMoments next)
    {
        // Chan, Golub and LeVeque: two groups' sums of squares and the distance of their means.
        long count = Count + next.Count;
        if (next.Count > 0)
        {
            double distance = next.Mean - Mean;
            double share = (double)next.Count / count;
            _squares += next._squares + (distance * distance * Count * share);
            Mean += distance * share;
        }

        Count = count;
        Minimum = Math.Min(Minimum, next.Minimum);
        Maximum = Math.Max(Maximum, next.Maximum);
        ZeroCount += next.ZeroCount;
        OverflowCount += next.OverflowCount;
        UnderflowCount += next.UnderflowCount;
        NonFiniteCount += next.NonFiniteCount;
    }

    [MethodImpl(Optimized)]
    private double SumAndCount(ReadOnlySpan<float> tile)
    {
        Span<double> sums = stackalloc double[Lanes];
        sums.Clear();
        float minimum = Minimum, maximum = Maximum;
        int nonFinite = 0, zeros = 0, overflows = 0, underflows = 0;
        for (int i = 0; i < tile.Length; i++)
        {
            float value = tile[i];
            if (!IsFinite(value))
            {
                nonFinite++;
                continue;
            }

            float magnitude = Math.Abs(value);
            sums[i % Lanes] += value;
            minimum = value < minimum ? value : minimum;
            maximum = value > maximum ? value : maximum;
            zeros += magnitude == 0 ? 1 : 0;
            overflows += magnitude >= HalfConversion.FirstUnrepresentable ? 1 : 0;
            underflows += magnitude <= HalfConversion.LargestUnderflow ? 1 : 0;
        }

        (Minimum, Maximum) = (minimum, maximum);
        (Count, NonFiniteCount, ZeroCount, OverflowCount, UnderflowCount) = (tile.Length - nonFinite, nonFinite, zeros, overflows, underflows - zeros);
        return Sum(sums);
    }

    [MethodImpl(Optimized)]
    private static double Squares(ReadOnlySpan<float> tile, double mean)
    {
        Span<double> squares = stackalloc double[Lanes];
        squares.Clear();
        for (int i = 0; i < tile.Length; i++)
        {
            if (IsFinite(tile[i]))
            {
                double distance = tile[i] - mean;
                squares[i % Lanes] += distance * distance;
            }
        }

        return Sum(squares);
    }

    private static bool IsFinite(float value) => (SingleBits.ToBits(value) & 0x7F800000) != 0x7F800000;

    private static double Sum(ReadOnlySpan<double> lanes)
    {
        double sum = 0;
        foreach (double lane in lanes)
        {
            sum += lane;
        }

        return sum;
    }
}
