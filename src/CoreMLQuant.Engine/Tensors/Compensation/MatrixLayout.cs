using System;
using System.Collections.Generic;

namespace CoreMLQuant.Tensors.Compensation;

/// <summary>
/// A weight as matrices, one for each group of a convolution: every element is in the column of the input that it multiplies. The rows
/// of a matrix are independent of each other: each makes output values of its own from the same inputs.
/// </summary>
internal sealed class MatrixLayout
{
    private readonly BlockGrid _inputs;
    private readonly long[] _starts;
    private readonly long[] _offsets;

    /// <summary>Lays a weight out.</summary>
    /// <param name="inputs">Which input an element meets; those of a group follow each other.</param>
    /// <param name="groups">Number of groups.</param>
    public MatrixLayout(BlockGrid inputs, int groups)
    {
        _inputs = inputs;
        Groups = groups;
        Columns = checked((int)(inputs.BlockCount / groups));
        Rows = checked((int)(inputs.ElementCount / inputs.BlockCount));
        _starts = new long[inputs.BlockCount];
        for (int block = 0; block < _starts.Length; block++)
        {
            _starts[block] = First(inputs.RunsOfBlock(block));
        }

        // The elements of every block lie to each other as those of the first do.
        _offsets = new long[Rows];
        int count = 0;
        foreach ((long start, long length) in inputs.RunsOfBlock(0))
        {
            for (long i = 0; i < length; i++)
            {
                _offsets[count++] = start + i;
            }
        }
    }

    /// <summary>Number of matrices.</summary>
    public int Groups { get; }

    /// <summary>Rows of a matrix.</summary>
    public int Rows { get; }

    /// <summary>Columns of a matrix.</summary>
    public int Columns { get; }

    /// <summary>Dimensions of the weight.</summary>
    public IReadOnlyList<long> Shape => _inputs.Shape;

    /// <summary>Tiles of rows that a matrix is cut into.</summary>
    public int Tiles => (Rows + ProductKernel.Tile - 1) / ProductKernel.Tile;

    /// <summary>Whether an axis of the weight runs over inputs of one group and nothing else.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="outputAxis">The axis of the output channels, over which the groups lie.</param>
    public bool IsInputAxis(int axis, int outputAxis) => axis != outputAxis && _inputs.BlockCounts[axis] == _inputs.Shape[axis];

    /// <summary>Where an element is in the weight.</summary>
    public int Element(int group, int row, int column) => (int)(_starts[(group * Columns) + column] + _offsets[row]);

    /// <summary>Takes the values of some rows, column by column, a tile of rows each; spare rows become zero.</summary>
    /// <typeparam name="TIn">Type of the values.</typeparam>
    /// <param name="values">The weight.</param>
    /// <param name="tile">The tile and its group.</param>
    /// <param name="order">The columns that are wanted.</param>
    /// <param name="destination">Takes them.</param>
    public void Gather<TIn>(ReadOnlySpan<TIn> values, RowTile tile, ReadOnlySpan<int> order, Span<TIn> destination)
        where TIn : unmanaged
    {
        for (int position = 0; position < order.Length; position++)
        {
            Span<TIn> column = destination.Slice(position * ProductKernel.Tile, ProductKernel.Tile);
            long start = _starts[(tile.Group * Columns) + order[position]];
            for (int row = 0; row < tile.Count; row++)
            {
                column[row] = values[(int)(start + _offsets[tile.First + row])];
            }

            column.Slice(tile.Count).Clear();
        }
    }

    /// <summary>Puts the values of one row back.</summary>
    /// <typeparam name="TIn">Type of the values.</typeparam>
    /// <param name="source">The tile, column by column.</param>
    /// <param name="tile">Which tile it is.</param>
    /// <param name="row">The row in the tile.</param>
    /// <param name="order">Its columns.</param>
    /// <param name="values">The weight.</param>
    public void Scatter<TIn>(ReadOnlySpan<TIn> source, RowTile tile, int row, ReadOnlySpan<int> order, Span<TIn> values)
        where TIn : unmanaged
    {
        long offset = _offsets[tile.First + row];
        for (int position = 0; position < order.Length; position++)
        {
            values[(int)(_starts[(tile.Group * Columns) + order[position]] + offset)] = source[(position * ProductKernel.Tile) + row];
        }
    }

    /// <summary>A tile of rows.</summary>
    /// <param name="group">The matrix.</param>
    /// <param name="index">The tile in it.</param>
    public RowTile TileOf(int group, int index) => new(group, index * ProductKernel.Tile, Math.Min(ProductKernel.Tile, Rows - (index * ProductKernel.Tile)));

    private static long First(IEnumerable<(long Start, long Length)> runs)
    {
        foreach ((long start, _) in runs)
        {
            return start;
        }

        throw new ArgumentException("A block has elements.", nameof(runs));
    }
}

/// <summary>Neighbouring rows of a matrix.</summary>
/// <param name="Group">The matrix.</param>
/// <param name="First">The first row.</param>
/// <param name="Count">Number of rows.</param>
internal readonly record struct RowTile(int Group, int First, int Count);
