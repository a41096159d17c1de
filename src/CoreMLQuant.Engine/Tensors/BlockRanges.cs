using System;
using System.Numerics.Tensors;

namespace CoreMLQuant.Tensors;

/// <summary>The smallest and largest value of each block of a weight, gathered tile by tile. Values must be finite.</summary>
internal sealed class BlockRanges
{
    private readonly BlockGrid _grid;
    private readonly float[] _min;
    private readonly float[] _max;

    /// <summary>Starts with empty ranges.</summary>
    public BlockRanges(BlockGrid grid)
    {
        _grid = grid;
        _min = new float[grid.BlockCount];
        _max = new float[grid.BlockCount];
        _min.AsSpan().Fill(float.PositiveInfinity);
        _max.AsSpan().Fill(float.NegativeInfinity);
    }

    /// <summary>Smallest value of each block.</summary>
    public ReadOnlySpan<float> Min => _min;

    /// <summary>Largest value of each block.</summary>
    public ReadOnlySpan<float> Max => _max;

    /// <summary>Sets the range of a block.</summary>
    public void Set(int block, float min, float max) => (_min[block], _max[block]) = (min, max);

    /// <summary>The same ranges, to be changed.</summary>
    public BlockRanges Copy()
    {
        var copy = new BlockRanges(_grid);
        _min.CopyTo(copy._min, 0);
        _max.CopyTo(copy._max, 0);
        return copy;
    }

    /// <summary>Looks at the values from an element on.</summary>
    public void Add(long start, ReadOnlySpan<float> values)
    {
        if (_grid.RunLength == 1)
        {
            AddRows(start, values);
            return;
        }

        foreach ((int offset, int length, long block) in _grid.Runs(start, values.Length))
        {
            (float min, float max) = RangeKernel.Of(values.Slice(offset, length));
            _min[block] = Math.Min(_min[block], min);
            _max[block] = Math.Max(_max[block], max);
        }
    }

    // Channels on the last axis: a row of values meets a row of blocks.
    private void AddRows(long start, ReadOnlySpan<float> values)
    {
        while (!values.IsEmpty)
        {
            int block = (int)_grid.BlockOf(start);
            int length = (int)Math.Min(_grid.RowLength - (start % _grid.RowLength), values.Length);
            Span<float> min = _min.AsSpan(block, length), max = _max.AsSpan(block, length);
            TensorPrimitives.Min(values.Slice(0, length), min, min);
            TensorPrimitives.Max(values.Slice(0, length), max, max);
            values = values.Slice(length);
            start += length;
        }
    }
}
