using System;
using System.Threading;

namespace CoreMLQuant.Tensors.Pruning;

/// <summary>
/// A given number of values becomes zero, smallest magnitudes first; of equal magnitudes those that stand first. The
/// magnitude to cut at is found exactly, by counting magnitudes' bits from the top in three passes, whatever the weight's size.
/// </summary>
internal sealed class MagnitudePruner(long zeroCount) : Pruner
{
    // 31 bits of magnitude, looked at from the top: counters small enough to be cleared for every small weight.
    private static readonly int[] Widths = [11, 10, 10];

    private uint _cut;
    private long _firstKept;

    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        if (zeroCount == 0)
        {
            (_cut, _firstKept) = (0, 0);
            return;
        }

        uint prefix = 0;
        int shift = 31;
        long left = zeroCount;
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

        // All magnitudes below the cut go, and the first `left` that equal it.
        _cut = prefix;
        _firstKept = PositionAfter(values, left, cancellationToken);
    }

    public override void Apply(long start, Span<float> values)
    {
        int tied = (int)Math.Min(Math.Max(_firstKept - start, 0), values.Length);
        for (int i = 0; i < tied; i++)
        {
            values[i] = Magnitude(values[i]) <= _cut ? 0f : values[i];
        }

        for (int i = tied; i < values.Length; i++)
        {
            values[i] = Magnitude(values[i]) < _cut ? 0f : values[i];
        }
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
                        counts[Magnitude(value) >> shift]++;
                    }

                    return;
                }

                foreach (float value in tile)
                {
                    uint magnitude = Magnitude(value);
                    if (magnitude >> prefixShift == prefix)
                    {
                        counts[(magnitude >> shift) & mask]++;
                    }
                }
            },
            cancellationToken);
        return counts;
    }

    /// <summary>Index behind the given number of values that equal the cut.</summary>
    private long PositionAfter(TensorValues values, long ties, CancellationToken cancellationToken)
    {
        long position = 0, left = ties;
        ValueTiles.Visit(
            values,
            (start, tile) =>
            {
                for (int i = 0; i < tile.Length && left > 0; i++)
                {
                    if (Magnitude(tile[i]) == _cut && --left == 0)
                    {
                        position = start + i + 1;
                    }
                }
            },
            cancellationToken);
        return position;
    }

    private static uint Magnitude(float value) => SingleBits.ToBits(value) & 0x7FFFFFFF;
}
