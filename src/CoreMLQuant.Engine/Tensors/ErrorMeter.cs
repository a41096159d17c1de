using System;

namespace CoreMLQuant.Tensors;

/// <summary>
/// Adds up what a conversion costs. Eight running sums, element <c>i</c> in sum <c>i mod 8</c>, so that the scalar and
/// the vectorised kernel, and any machine, add in the same order and get the same bits.
/// </summary>
internal sealed class ErrorMeter
{
    /// <summary>Number of running sums.</summary>
    public const int Lanes = 8;

    /// <summary>Sums of squares of the source, by lane.</summary>
    public double[] Signal { get; } = new double[Lanes];

    /// <summary>Sums of squares of the differences, by lane.</summary>
    public double[] Noise { get; } = new double[Lanes];

    /// <summary>Largest absolute difference.</summary>
    public float MaxAbsoluteError { get; set; }

    /// <summary>Finite values that would have become infinity and were saturated.</summary>
    public long Saturated { get; set; }

    /// <summary>Non-zero values that became zero.</summary>
    public long Underflowed { get; set; }

    /// <summary>Values seen.</summary>
    public long Count { get; set; }

    /// <summary>Adds one value; infinities and NaN count as exact.</summary>
    /// <param name="lane">Index of the value modulo <see cref="Lanes"/>.</param>
    /// <param name="source">The value as read.</param>
    /// <param name="result">The value as written.</param>
    public void Add(int lane, float source, float result)
    {
        Count++;
        if (float.IsInfinity(source) || float.IsNaN(source))
        {
            return;
        }

        float difference = source - result;
        Signal[lane] += (double)source * source;
        Noise[lane] += (double)difference * difference;
        MaxAbsoluteError = Math.Max(MaxAbsoluteError, Math.Abs(difference));
        Underflowed += source != 0 && result == 0 ? 1 : 0;
        Saturated += Math.Abs(source) >= HalfConversion.FirstUnrepresentable && Math.Abs(result) == HalfConversion.MaxValue ? 1 : 0;
    }

    /// <summary>Adds up meters in the order given.</summary>
    public static WeightError Total(ReadOnlySpan<ErrorMeter> meters)
    {
        double signal = 0, noise = 0;
        float max = 0;
        long saturated = 0, underflowed = 0, count = 0;
        foreach (ErrorMeter meter in meters)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                signal += meter.Signal[lane];
                noise += meter.Noise[lane];
            }

            max = Math.Max(max, meter.MaxAbsoluteError);
            saturated += meter.Saturated;
            underflowed += meter.Underflowed;
            count += meter.Count;
        }

        return new WeightError(count, signal, noise, max, saturated, underflowed);
    }
}
