using System;
using System.Runtime.CompilerServices;

namespace CoreMLQuant.Tensors;

/// <summary>Counts values in bins of equal width between two bounds; what lies outside is counted in the first or the last bin.</summary>
internal sealed class EvenHistogram
{
    private readonly double _minimum;
    private readonly double _binsPerUnit;
    private readonly long[] _counts;

    /// <summary>Places the bins.</summary>
    /// <param name="minimum">Where the first begins; finite.</param>
    /// <param name="maximum">Where the last ends; finite and above <paramref name="minimum"/>.</param>
    /// <param name="bins">Number of bins, at least 1.</param>
    public EvenHistogram(double minimum, double maximum, int bins)
    {
        _minimum = minimum;
        _binsPerUnit = bins / (maximum - minimum);
        _counts = new long[bins];
    }

    /// <summary>Values in each bin.</summary>
    public long[] Counts => _counts;

    /// <summary>Adds the counts of other values in the same bins.</summary>
    public void Add(EvenHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }
    }

    /// <summary>Adds values; infinities and NaN are left out.</summary>
    [MethodImpl(HotLoop.Optimized)]
    public void Add(ReadOnlySpan<float> values)
    {
        long[] counts = _counts;
        double minimum = _minimum, binsPerUnit = _binsPerUnit;
        int last = counts.Length - 1;
        for (int i = 0; i < values.Length; i++)
        {
            double place = (values[i] - minimum) * binsPerUnit;
            if (!double.IsNaN(place) && !double.IsInfinity(place))
            {
                counts[(int)Math.Max(0, Math.Min(place, last))]++;
            }
        }
    }
}
