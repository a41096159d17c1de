using System;
using System.Collections.Generic;

namespace CoreMLQuant.Tensors;

/// <summary>Counts different values exactly, up to a bound. Zeros of both signs are one value, and so are all NaN.</summary>
internal sealed class DistinctCounter
{
    /// <summary>Beyond so many the answer is only that there are more, unless another bound is asked for.</summary>
    public const int Bound = 65536;

    private const uint Multiplier = 2654435769; // 2^32 over the golden ratio: spreads neighbouring bit patterns.
    private const uint NaN = 0x7FC00000;

    // Open addressing, never more than half full; 0 is a free place, since zero is counted apart.
    private readonly uint[] _places;
    private readonly int _shift;
    private readonly int _bound;
    private int _others;
    private bool _hasZero;

    /// <summary>Makes room.</summary>
    /// <param name="count">Number of values that will be looked at, at most.</param>
    /// <param name="bound">Beyond so many different values it does not matter how many more there are.</param>
    public DistinctCounter(long count, int bound = Bound)
    {
        _bound = bound;
        int bits = 4;
        while (1L << bits < 2 * Math.Min(count, bound + 1))
        {
            bits++;
        }

        _places = new uint[1 << bits];
        _shift = 32 - bits;
    }

    /// <summary>Number of different values; <see langword="null"/> when there are more than the bound.</summary>
    public int? Count => IsOver ? null : Found;

    /// <summary>Whether there are more than the bound.</summary>
    public bool IsOver => Found > _bound;

    /// <summary>The different values found so far, ascending; those that are not finite are left out.</summary>
    public IReadOnlyList<float> FiniteValues()
    {
        var values = new List<float>();
        if (_hasZero)
        {
            values.Add(0);
        }

        foreach (uint bits in _places)
        {
            if (bits != 0 && (bits & 0x7F800000) != 0x7F800000)
            {
                values.Add(SingleBits.FromBits(bits));
            }
        }

        values.Sort();
        return values;
    }

    private int Found => _others + (_hasZero ? 1 : 0);

    /// <summary>Looks at values.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        uint last = 0;
        for (int i = 0; i < values.Length && !IsOver; i++)
        {
            uint bits = SingleBits.ToBits(values[i]);
            if (bits == last && bits != 0)
            {
                continue;
            }

            last = bits;
            Add(bits);
        }
    }

    /// <summary>Adds what another one has counted.</summary>
    public void Add(DistinctCounter other)
    {
        _hasZero |= other._hasZero;
        foreach (uint bits in other._places)
        {
            if (bits != 0 && !IsOver)
            {
                Add(bits);
            }
        }
    }

    private void Add(uint bits)
    {
        uint magnitude = bits & 0x7FFFFFFF;
        if (magnitude == 0)
        {
            _hasZero = true;
            return;
        }

        bits = magnitude > 0x7F800000 ? NaN : bits;
        int place = (int)((bits * Multiplier) >> _shift);
        while (_places[place] != 0 && _places[place] != bits)
        {
            place = (place + 1) & (_places.Length - 1);
        }

        _others += _places[place] == 0 ? 1 : 0;
        _places[place] = bits;
    }
}
