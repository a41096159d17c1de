using System;

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>Finds the range of values that integers should stand for, from a histogram of the values.</summary>
internal sealed class HistogramRange
{
    // Bounds that are tried: so many even parts of the way from zero to the outermost value.
    private const int Steps = 128;

    private readonly double _low;
    private readonly double _width;
    private readonly double _minimum;
    private readonly double _maximum;

    // Sums over the bins before each one: of values, their sum and their squares.
    private readonly double[] _counts;
    private readonly double[] _sums;
    private readonly double[] _squares;

    /// <summary>Adds up a histogram.</summary>
    /// <param name="low">Where the first bin begins.</param>
    /// <param name="width">Width of a bin.</param>
    /// <param name="counts">Values in each bin.</param>
    /// <param name="minimum">The smallest value.</param>
    /// <param name="maximum">The largest value.</param>
    public HistogramRange(double low, double width, ReadOnlySpan<long> counts, double minimum, double maximum)
    {
        (_low, _width, _minimum, _maximum) = (low, width, minimum, maximum);
        (_counts, _sums, _squares) = (new double[counts.Length + 1], new double[counts.Length + 1], new double[counts.Length + 1]);
        for (int i = 0; i < counts.Length; i++)
        {
            // A bin at an end is not full.
            double value = (Math.Max(minimum, low + (i * width)) + Math.Min(maximum, low + ((i + 1) * width))) / 2;
            _counts[i + 1] = _counts[i] + counts[i];
            _sums[i + 1] = _sums[i] + (counts[i] * value);
            _squares[i + 1] = _squares[i] + (counts[i] * value * value);
        }
    }

    /// <summary>From the (100 - p)th percentile to the pth; all of it where that would be empty, as for values that are nearly all zero.</summary>
    /// <param name="percentile">More than 50, at most 100.</param>
    public (double Minimum, double Maximum) Percentile(double percentile)
    {
        (double low, double high) = PercentileRange.Ranks(_counts[_counts.Length - 1], percentile);
        (double minimum, double maximum) = (At(low), At(high));
        return minimum < maximum ? (minimum, maximum) : (_minimum, _maximum);
    }

    /// <summary>The range with the least squared error of its integers.</summary>
    /// <param name="range">The integers.</param>
    public (double Minimum, double Maximum) LeastError(LinearRange range)
    {
        double magnitude = Math.Max(Math.Abs(_minimum), Math.Abs(_maximum));
        (double low, double high) = range.IsSymmetric ? (-magnitude, magnitude) : (Math.Min(0, _minimum), Math.Max(0, _maximum));
        (double Minimum, double Maximum) best = (low, high);
        double least = double.PositiveInfinity;
        for (int i = Steps; i >= (low < 0 && !range.IsSymmetric ? 0 : Steps); i--)
        {
            for (int j = Steps; j >= 0; j--)
            {
                double maximum = high * j / Steps, minimum = range.IsSymmetric ? -maximum : low * i / Steps;
                double error = maximum > minimum ? Error(minimum, maximum, (maximum - minimum) / (range.Max - range.Min)) : double.PositiveInfinity;

                // Of equal ones, the widest.
                if (error < least)
                {
                    (least, best) = (error, (minimum, maximum));
                }
            }
        }

        return best;
    }

    private double At(double rank)
    {
        double below = Math.Floor(rank);
        return PercentileRange.Between(Ordered(below), Ordered(below + 1), rank - below);
    }

    // The outermost values are known; the others lie evenly in their bins.
    private double Ordered(double index)
    {
        if (index <= 0 || index >= _counts[_counts.Length - 1] - 1)
        {
            return index <= 0 ? _minimum : _maximum;
        }

        int bin = 0;
        while (_counts[bin + 1] <= index)
        {
            bin++;
        }

        double begin = Math.Max(_minimum, _low + (bin * _width)), end = Math.Min(_maximum, _low + ((bin + 1) * _width));
        return PercentileRange.Between(begin, end, (index - _counts[bin] + 0.5) / (_counts[bin + 1] - _counts[bin]));
    }

    // What is cut off, and what is rounded: evenly between two integers, but not beyond zero, which is one.
    private double Error(double minimum, double maximum, double step)
    {
        int first = Bin(minimum), behind = Bin(maximum);
        double square = step * step / 12, near = Math.Sqrt(square);
        int zeroFirst = Math.Max(first, Bin(-near)), zeroBehind = Math.Min(behind, Bin(near));
        double rounded = zeroBehind > zeroFirst
            ? _squares[zeroBehind] - _squares[zeroFirst] + (square * (_counts[behind] - _counts[zeroBehind] + _counts[zeroFirst] - _counts[first]))
            : square * (_counts[behind] - _counts[first]);
        return rounded + Distance(minimum, 0, first) + Distance(maximum, behind, _counts.Length - 1);
    }

    private double Distance(double bound, int first, int behind)
    {
        double count = _counts[behind] - _counts[first], sum = _sums[behind] - _sums[first], squares = _squares[behind] - _squares[first];
        return Math.Max(0, squares - (2 * bound * sum) + (bound * bound * count));
    }

    private int Bin(double value) => (int)Math.Min(Math.Max(Math.Round((value - _low) / _width), 0), _counts.Length - 1);
}
