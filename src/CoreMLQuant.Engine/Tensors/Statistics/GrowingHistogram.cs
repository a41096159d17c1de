using System;

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>
/// Counts values in bins of equal width around zero whose range grows with the values: where one lies outside, neighbouring bins are joined, so that
/// the range doubles. The width is a power of two, so joining is exact and the counts do not depend on the order of the values.
/// </summary>
internal sealed class GrowingHistogram
{
    /// <summary>Number of bins; half of them are below zero.</summary>
    public const int Bins = 8192;

    private const int SmallestExponent = -130;

    private int _exponent;
    private readonly long[] _counts;

    /// <summary>Starts without a value.</summary>
    public GrowingHistogram()
        : this(new long[Bins], SmallestExponent)
    {
    }

    /// <summary>Goes on from counts.</summary>
    /// <param name="counts">Values in each bin.</param>
    /// <param name="exponent">The width of a bin is 2 to the power of it.</param>
    public GrowingHistogram(long[] counts, int exponent)
    {
        _counts = counts;
        _exponent = exponent;
    }

    /// <summary>Values in each bin.</summary>
    public long[] Counts => _counts;

    /// <summary>The width of a bin is 2 to the power of it.</summary>
    public int Exponent => _exponent;

    /// <summary>Where the first bin begins.</summary>
    public double Low => -(Bins / 2) * Width;

    /// <summary>Width of a bin.</summary>
    public double Width => Math.Pow(2, _exponent);

    /// <summary>Adds values; infinities and NaN are left out.</summary>
    /// <param name="values">The values.</param>
    /// <param name="largest">At least the largest magnitude of a finite one.</param>
    public void Add(ReadOnlySpan<float> values, float largest)
    {
        while (largest >= -Low)
        {
            Double();
        }

        double perUnit = 1 / Width;
        long[] counts = _counts;
        foreach (float value in values)
        {
            double place = Math.Floor(value * perUnit) + (Bins / 2);
            if (place >= 0 && place < Bins)
            {
                counts[(int)place]++;
            }
        }
    }

    // Bins 2i and 2i + 1, counted from zero, become bin i: those next to zero stay next to it.
    private void Double()
    {
        const int half = Bins / 2, quarter = Bins / 4;
        for (int i = 0; i < quarter; i++)
        {
            _counts[half + i] = _counts[half + (2 * i)] + _counts[half + (2 * i) + 1];
            _counts[half - 1 - i] = _counts[half - 1 - (2 * i)] + _counts[half - 2 - (2 * i)];
        }

        Array.Clear(_counts, half + quarter, quarter);
        Array.Clear(_counts, 0, quarter);
        _exponent++;
    }
}
