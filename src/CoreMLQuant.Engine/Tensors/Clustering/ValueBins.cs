using System;
using System.Runtime.CompilerServices;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// Bins over all of FP32, ascending: even ones where most of the values are, elsewhere as wide as 1/1024 of the value. Each
/// knows count, mean and spread of its values in FP64. 25 MB.
/// </summary>
internal sealed class ValueBins : IDisposable
{
    private const int EvenBins = 1 << 19;

    // Sign, exponent and ten bits of the significand.
    private const int KeyShift = 13;
    private const int KeyBins = 1 << (32 - KeyShift);

    private readonly double _low;
    private readonly double _high;
    private readonly double _width;
    private readonly int _firstEven;
    private const int Length = KeyBins + 1 + EvenBins;

    private readonly Bin[] _bins = ScratchArray.Rent<Bin>(Length);

    /// <summary>Places the even bins.</summary>
    /// <param name="low">Where most of the values begin.</param>
    /// <param name="high">Where they end.</param>
    public ValueBins(float low, float high)
    {
        // Half as much again on both sides halves the resolution and takes in the tails of most weights.
        double middle = ((double)low + high) / 2, reach = Math.Max((double)high - low, float.Epsilon);
        _low = middle - reach;
        _high = middle + reach;
        _width = (_high - _low) / EvenBins;
        _firstEven = KeyBin((float)_low) + 1;
        Array.Clear(_bins, 0, Length);
    }

    /// <summary>Square root of the sum of squared distances between values and their bins' means.</summary>
    public double Displacement
    {
        get
        {
            double sum = 0;
            foreach (Bin bin in _bins.AsSpan(0, Length))
            {
                sum += bin.Count > 1 ? Math.Max(bin.Squares - (bin.Sum * bin.Sum / bin.Count), 0) : 0;
            }

            return Math.Sqrt(sum);
        }
    }

    /// <summary>Adds values.</summary>
    [MethodImpl(HotLoop.Optimized)]
    public void Add(ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            Add(values[i], 1);
        }
    }

    /// <summary>Adds values, each as often as told.</summary>
    [MethodImpl(HotLoop.Optimized)]
    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<float> weights)
    {
        for (int i = 0; i < values.Length; i++)
        {
            Add(values[i], (long)weights[i]);
        }
    }

    /// <summary>Adds a value as often as told.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float value, long count)
    {
        int index = IndexOf(value);
        double distance = value - Begin(index);
        ref Bin bin = ref _bins[index];
        bin.Count += count;
        bin.Sum += distance * count;
        bin.Squares += distance * distance * count;
    }

    /// <summary>Number of bins that are not empty.</summary>
    public int CountUsed()
    {
        int used = 0;
        foreach (Bin bin in _bins.AsSpan(0, Length))
        {
            used += bin.Count > 0 ? 1 : 0;
        }

        return used;
    }

    /// <summary>Means and counts of the bins that are not empty, ascending.</summary>
    public void CopyTo(Span<double> means, Span<double> counts)
    {
        int used = 0;
        for (int index = 0; index < Length; index++)
        {
            if (_bins[index].Count > 0)
            {
                means[used] = Begin(index) + (_bins[index].Sum / _bins[index].Count);
                counts[used++] = _bins[index].Count;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ScratchArray.Return(_bins);

    // Never decreases with the value: the key bins up to the even ones, these, the key bins from there on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int IndexOf(float value)
    {
        if (value >= _low && value < _high)
        {
            return _firstEven + Math.Min((int)((value - _low) / _width), EvenBins - 1);
        }

        return KeyBin(value) + (value < _low ? 0 : EvenBins + 1);
    }

    // What a bin's sums are measured from, close to all of its values: so their differences do not cancel.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Begin(int index)
    {
        int even = index - _firstEven;
        if (even >= 0 && even < EvenBins)
        {
            return _low + (even * _width);
        }

        return DistinctValues.FromKey((uint)(even < 0 ? index : index - EvenBins - 1) << KeyShift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int KeyBin(float value) => (int)(DistinctValues.ToKey(value) >> KeyShift);

    private struct Bin
    {
        public long Count;
        public double Sum;
        public double Squares;
    }
}
