using System;

namespace CoreMLQuant.Tensors.Decoding;

/// <summary>
/// Values that are decoded with a smaller tensor lying over them as a grid of blocks: scales, lookup tables. Reads for
/// each range only the part of the smaller tensor that it needs, which may be large as well.
/// </summary>
/// <param name="grid">How the smaller tensor lies over the elements.</param>
/// <param name="valuesPerBlock">Values that each block has in the smaller tensor.</param>
internal abstract class BlockedValues(BlockGrid grid, int valuesPerBlock) : TensorValues
{
    private const int AlwaysAllowed = 64 << 10;

    /// <summary>How the smaller tensor lies over the elements.</summary>
    public BlockGrid Grid { get; } = grid;

    /// <summary>Decodes a range, or its halves when the range needs much more of the smaller tensor than its own length.</summary>
    /// <param name="start">First element of the grid.</param>
    /// <param name="values">Takes as many values as the range is long.</param>
    protected void ReadBlocked(long start, Span<float> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        (long first, long last) = Window(start, values.Length);
        long needed = (last - first + 1) * valuesPerBlock;
        if (first < last && needed > AlwaysAllowed && needed > 4L * values.Length)
        {
            int half = values.Length / 2;
            ReadBlocked(start, values.Slice(0, half));
            ReadBlocked(start + half, values.Slice(half));
            return;
        }

        Decode(start, values, first, checked((int)(last - first + 1)));
    }

    /// <summary>Decodes a range.</summary>
    /// <param name="start">First element of the grid.</param>
    /// <param name="values">Takes the values.</param>
    /// <param name="firstBlock">First block that the range needs.</param>
    /// <param name="blockCount">Number of blocks from there on that contains all that it needs.</param>
    protected abstract void Decode(long start, Span<float> values, long firstBlock, int blockCount);

    // Within a row the block's index only grows.
    private (long First, long Last) Window(long start, long length)
    {
        long first = long.MaxValue, last = 0;
        while (length > 0)
        {
            long piece = Math.Min(Grid.RowLength - (start % Grid.RowLength), length);
            first = Math.Min(first, Grid.BlockOf(start));
            last = Math.Max(last, Grid.BlockOf(start + piece - 1));
            start += piece;
            length -= piece;
        }

        return (first, last);
    }
}
