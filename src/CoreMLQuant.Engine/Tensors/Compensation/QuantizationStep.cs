using System;

namespace CoreMLQuant.Tensors.Compensation;

/// <summary>Quantizes the columns of a tile of rows.</summary>
/// <param name="encoder">Quantizes.</param>
/// <param name="blocks">Which block an element of the tile lies in.</param>
/// <param name="order">The columns in the order in which they come.</param>
/// <param name="fits">Whether the scale of a block is taken when its first column is reached.</param>
/// <param name="codes">Takes the integers, column by column in that order.</param>
internal sealed class QuantizationStep(BlockEncoder encoder, TileBlocks blocks, int[] order, bool fits, byte[] codes) : SweepStep
{
    private const int Tile = ProductKernel.Tile;

    private readonly int[] _blocks = new int[Tile];
    private readonly float[] _decoded = new float[Tile];

    public override void Begin(int start, int end, ReadOnlySpan<float> rows)
    {
        if (!fits)
        {
            return;
        }

        blocks.Of(order[start], _blocks);
        for (int row = 0; row < blocks.Count; row++)
        {
            (float min, float max) = (float.PositiveInfinity, float.NegativeInfinity);
            for (int position = start; position < end; position++)
            {
                float value = rows[(position * Tile) + row];
                (min, max) = (Math.Min(min, value), Math.Max(max, value));
            }

            // What has grown without bounds is not worth a scale; the row stays as it is rounded then.
            if (Math.Abs(min) <= float.MaxValue && Math.Abs(max) <= float.MaxValue)
            {
                encoder.Fit(_blocks[row], min, max);
            }
        }
    }

    public override void Store(int position, Span<float> values)
    {
        blocks.Of(order[position], _blocks);
        encoder.Encode(_blocks, values, codes.AsSpan(position * Tile, Tile), _decoded);
        _decoded.CopyTo(values);
    }
}

/// <summary>Which blocks of scales the elements of a tile of rows lie in. An axis is either one of rows or one of columns, so the two add up.</summary>
internal sealed class TileBlocks
{
    private readonly int[] _columns;
    private readonly int[] _rows;

    /// <summary>Looks at a tile.</summary>
    public TileBlocks(BlockGrid grid, MatrixLayout layout, RowTile tile)
    {
        Count = tile.Count;
        _columns = new int[layout.Columns];
        _rows = new int[ProductKernel.Tile];
        for (int column = 0; column < _columns.Length; column++)
        {
            _columns[column] = (int)grid.BlockOf(layout.Element(tile.Group, 0, column));
        }

        // Spare rows are zeros of the first row.
        for (int row = 0; row < _rows.Length; row++)
        {
            _rows[row] = (int)grid.BlockOf(layout.Element(tile.Group, tile.First + (row < tile.Count ? row : 0), 0)) - _columns[0];
        }
    }

    /// <summary>Number of rows.</summary>
    public int Count { get; }

    /// <summary>The block of each row in a column.</summary>
    public void Of(int column, Span<int> blocks)
    {
        for (int row = 0; row < _rows.Length; row++)
        {
            blocks[row] = _columns[column] + _rows[row];
        }
    }

    /// <summary>
    /// The columns at which blocks end, where blocks are neighbouring columns of one row and there are several of them; <see langword="null"/> where they are not.
    /// </summary>
    public static int[]? Ends(BlockGrid grid, MatrixLayout layout)
    {
        var ends = new System.Collections.Generic.List<int>();
        var seen = new System.Collections.Generic.HashSet<long>();
        long current = grid.BlockOf(layout.Element(0, 0, 0));
        seen.Add(current);
        for (int column = 1; column < layout.Columns; column++)
        {
            long block = grid.BlockOf(layout.Element(0, 0, column));
            if (block != current)
            {
                ends.Add(column);
                current = block;
                if (!seen.Add(block))
                {
                    return null;
                }
            }
        }

        ends.Add(layout.Columns);
        return ends.Count > 1 && (long)layout.Groups * layout.Rows * ends.Count == grid.BlockCount ? ends.ToArray() : null;
    }
}
