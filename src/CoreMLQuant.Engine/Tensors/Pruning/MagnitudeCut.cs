using System.Threading;

namespace CoreMLQuant.Tensors.Pruning;

/// <summary>
/// Where to cut so that a given number of values goes, smallest magnitudes first; of equal magnitudes those that stand
/// first. Found exactly, by counting magnitudes' bits from the top in three passes, whatever the number of values.
/// </summary>
/// <param name="Magnitude">Bits of the magnitude below which everything goes.</param>
/// <param name="FirstKept">Values that equal the magnitude go when they stand before this index.</param>
internal readonly record struct MagnitudeCut(uint Magnitude, long FirstKept)
{
    // 31 bits of magnitude, looked at from the top: counters small enough to be cleared for every small weight.
    private static readonly int[] Widths = [11, 10, 10];

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

        uint prefix = 0;
        int shift = 31;
        long left = count;
        foreach (int width in Widths)
        {
            shift -= width;
            long[] counts = Count(values, prefix, shift, width, cancellationToken);
            uint digit = 0;
            while (left > counts[digit])
            {
                left -= counts[digit++];
            }

            prefix = (prefix << width) | digit;
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

    private static long[] Count(TensorValues values, uint prefix, int shift, int width, CancellationToken cancellationToken)
    {
        var counts = new long[1 << width];
        uint mask = (1u << width) - 1;
        int prefixShift = shift + width;
        ValueTiles.Visit(
            values,
            (_, tile) =>
            {
                if (prefixShift == 31)
                {
                    foreach (float value in tile)
                    {
                        counts[MagnitudeOf(value) >> shift]++;
                    }

                    return;
                }

                foreach (float value in tile)
                {
                    uint magnitude = MagnitudeOf(value);
                    if (magnitude >> prefixShift == prefix)
                    {
                        counts[(magnitude >> shift) & mask]++;
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
