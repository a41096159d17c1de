using System;
using System.Buffers;
using System.Threading;

namespace CoreMLQuant.Tensors.Pruning;

/// <summary>
/// Where to cut so that a given number of values goes, smallest magnitudes first; of equal magnitudes those that stand
/// first. Found exactly, by counting magnitudes' bits from the top, whatever the number of values.
/// </summary>
/// <param name="Magnitude">Bits of the magnitude below which everything goes.</param>
/// <param name="FirstKept">Values that equal the magnitude go when they stand before this index.</param>
internal readonly record struct MagnitudeCut(uint Magnitude, long FirstKept)
{
    // 31 bits of magnitude, looked at from the top: counters small enough to be cleared for every small weight.
    private const int FirstShift = 20;
    private const int DigitBits = 10;

    // Values that share the first digit with the cut are taken aside when there are not too many, so that only they are looked at again.
    private const int MostAside = 1 << 20;

    /// <summary>Finds the cut.</summary>
    /// <param name="values">The values; finite.</param>
    /// <param name="count">How many go; not more than there are.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public static MagnitudeCut Find(TensorValues values, long count, CancellationToken cancellationToken)
    {
        if (count == 0)
        {
            return default;
        }

        long[] counts = new long[1 << (31 - FirstShift)];
        ValueTiles.Visit(values, (_, tile) => CountFirstDigits(tile, counts), cancellationToken);
        long left = count;
        uint prefix = Digit(counts, ref left);
        if (counts[prefix] <= MostAside)
        {
            return FindAside(values, prefix, (int)counts[prefix], left, cancellationToken);
        }

        for (int shift = FirstShift - DigitBits; shift >= 0; shift -= DigitBits)
        {
            counts = Count(values, prefix, shift, cancellationToken);
            prefix = (prefix << DigitBits) | Digit(counts, ref left);
        }

        return new MagnitudeCut(prefix, PositionAfter(values, prefix, left, cancellationToken));
    }

    /// <summary>Bits of a value's magnitude; their order is that of the magnitudes.</summary>
    public static uint MagnitudeOf(float value) => SingleBits.ToBits(value) & 0x7FFFFFFF;

    /// <summary>Whether a value goes.</summary>
    public bool Removes(long index, float value)
    {
        uint magnitude = MagnitudeOf(value);
        return magnitude < Magnitude || (magnitude == Magnitude && index < FirstKept);
    }

    /// <summary>The digit at which the count runs out; what is left of it then.</summary>
    private static uint Digit(long[] counts, ref long left)
    {
        uint digit = 0;
        while (left > counts[digit])
        {
            left -= counts[digit++];
        }

        return digit;
    }

    private static void CountFirstDigits(ReadOnlySpan<float> tile, long[] counts)
    {
        foreach (float value in tile)
        {
            counts[MagnitudeOf(value) >> FirstShift]++;
        }
    }

    private static MagnitudeCut FindAside(TensorValues values, uint prefix, int count, long left, CancellationToken cancellationToken)
    {
        // One more of each: every value is written, and the position moves on only behind one that is taken.
        uint[] magnitudes = ArrayPool<uint>.Shared.Rent(count + 1);
        long[] positions = ArrayPool<long>.Shared.Rent(count + 1);
        try
        {
            int taken = 0;
            ValueTiles.Visit(values, (start, tile) => taken = TakeAside(start, tile, prefix, magnitudes, positions, taken), cancellationToken);
            for (int shift = FirstShift - DigitBits; shift >= 0; shift -= DigitBits)
            {
                long[] counts = new long[1 << DigitBits];
                foreach (uint magnitude in magnitudes.AsSpan(0, taken))
                {
                    if (magnitude >> (shift + DigitBits) == prefix)
                    {
                        counts[(magnitude >> shift) & ((1 << DigitBits) - 1)]++;
                    }
                }

                prefix = (prefix << DigitBits) | Digit(counts, ref left);
            }

            int last = -1;
            for (; left > 0; left--)
            {
                last = Array.IndexOf(magnitudes, prefix, last + 1);
            }

            return new MagnitudeCut(prefix, positions[last] + 1);
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(magnitudes);
            ArrayPool<long>.Shared.Return(positions);
        }
    }

    private static int TakeAside(long start, ReadOnlySpan<float> tile, uint prefix, uint[] magnitudes, long[] positions, int taken)
    {
        for (int i = 0; i < tile.Length; i++)
        {
            uint magnitude = MagnitudeOf(tile[i]);
            magnitudes[taken] = magnitude;
            positions[taken] = start + i;
            taken += magnitude >> FirstShift == prefix ? 1 : 0;
        }

        return taken;
    }

    private static long[] Count(TensorValues values, uint prefix, int shift, CancellationToken cancellationToken)
    {
        var counts = new long[1 << DigitBits];
        ValueTiles.Visit(
            values,
            (_, tile) =>
            {
                foreach (float value in tile)
                {
                    uint magnitude = MagnitudeOf(value);
                    if (magnitude >> (shift + DigitBits) == prefix)
                    {
                        counts[(magnitude >> shift) & ((1 << DigitBits) - 1)]++;
                    }
                }
            },
            cancellationToken);
        return counts;
    }

    /// <summary>Index behind the given number of values of a magnitude.</summary>
    private static long PositionAfter(TensorValues values, uint magnitude, long ties, CancellationToken cancellationToken)
    {
        long position = 0, left = ties;
        ValueTiles.Visit(
            values,
            (start, tile) =>
            {
                for (int i = 0; i < tile.Length && left > 0; i++)
                {
                    if (MagnitudeOf(tile[i]) == magnitude && --left == 0)
                    {
                        position = start + i + 1;
                    }
                }
            },
            cancellationToken);
        return position;
    }
}
