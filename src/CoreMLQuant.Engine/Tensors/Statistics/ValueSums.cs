using System;

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>Extent, sums and histogram of all the values of a tensor, tensor after tensor; infinities and NaN are left out.</summary>
internal sealed class ValueSums
{
    /// <summary>Starts without a value.</summary>
    public ValueSums()
        : this(0, float.PositiveInfinity, float.NegativeInfinity, 0, 0, new GrowingHistogram())
    {
    }

    /// <summary>Goes on from sums.</summary>
    public ValueSums(long count, float minimum, float maximum, double sum, double squares, GrowingHistogram histogram)
    {
        Count = count;
        Minimum = minimum;
        Maximum = maximum;
        Sum = sum;
        Squares = squares;
        Histogram = histogram;
    }

    /// <summary>Finite values.</summary>
    public long Count { get; private set; }

    /// <summary>The smallest; +infinity when there is none.</summary>
    public float Minimum { get; private set; }

    /// <summary>The largest; -infinity when there is none.</summary>
    public float Maximum { get; private set; }

    /// <summary>Their sum.</summary>
    public double Sum { get; private set; }

    /// <summary>Sum of their squares.</summary>
    public double Squares { get; private set; }

    /// <summary>How often each range of values occurred.</summary>
    public GrowingHistogram Histogram { get; }

    /// <summary>Adds a tensor.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        float minimum = float.PositiveInfinity, maximum = float.NegativeInfinity;
        long count = 0;
        foreach (float value in values)
        {
            if (!float.IsNaN(value) && !float.IsInfinity(value))
            {
                count++;
                sum += value;
                squares += (double)value * value;
                minimum = value < minimum ? value : minimum;
                maximum = value > maximum ? value : maximum;
            }
        }

        if (count == 0)
        {
            return;
        }

        Count += count;
        Sum += sum;
        Squares += squares;
        Minimum = Math.Min(Minimum, minimum);
        Maximum = Math.Max(Maximum, maximum);
        Histogram.Add(values, Math.Max(Math.Abs(minimum), Math.Abs(maximum)));
    }
}
