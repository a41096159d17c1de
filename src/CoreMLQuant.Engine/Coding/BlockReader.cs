using System;
using System.Buffers;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>Reads the values of one block of a weight, wherever they stand.</summary>
/// <param name="values">The weight.</param>
/// <param name="grid">Its blocks.</param>
/// <param name="withoutZeros">Leave zeros out, which a sparse weight does not store.</param>
/// <param name="importance">How much each value counts; <see langword="null"/> where nobody asks.</param>
internal sealed class BlockReader(TensorValues values, BlockGrid grid, bool withoutZeros, TensorValues? importance = null) : IDisposable
{
    private float[] _buffer = [];
    private float[] _weights = [];

    /// <summary>Values of a block, zeros included.</summary>
    public long BlockLength { get; } = grid.ElementCount / grid.BlockCount;

    /// <summary>Looks at the next values.</summary>
    public delegate void Visitor(ReadOnlySpan<float> values);

    /// <summary>Looks at the next values and how much each counts.</summary>
    public delegate void WeightedVisitor(ReadOnlySpan<float> values, ReadOnlySpan<float> weights);

    /// <summary>All values of a block, valid until the next call.</summary>
    public ReadOnlySpan<float> Read(long block)
    {
        Grow(checked((int)BlockLength));
        int count = 0;
        foreach ((long start, long length) in grid.RunsOfBlock(block))
        {
            count += Read(start, _buffer.AsSpan(count, (int)length));
        }

        return _buffer.AsSpan(0, count);
    }

    /// <summary>The values of a block, tile by tile.</summary>
    public void Visit(long block, Visitor visit)
    {
        Grow(ValueTiles.Length);
        foreach ((long start, long length) in grid.RunsOfBlock(block))
        {
            for (long done = 0; done < length; done += ValueTiles.Length)
            {
                Span<float> tile = _buffer.AsSpan(0, (int)Math.Min(ValueTiles.Length, length - done));
                visit(tile.Slice(0, Read(start + done, tile)));
            }
        }
    }

    /// <summary>The values of a block and how much each counts, tile by tile.</summary>
    public void VisitWeighted(long block, WeightedVisitor visit)
    {
        Grow(ValueTiles.Length);
        _weights = _weights.Length > 0 ? _weights : ArrayPool<float>.Shared.Rent(ValueTiles.Length);
        foreach ((long start, long length) in grid.RunsOfBlock(block))
        {
            for (long done = 0; done < length; done += ValueTiles.Length)
            {
                Span<float> tile = _buffer.AsSpan(0, (int)Math.Min(ValueTiles.Length, length - done)), weights = _weights.AsSpan(0, tile.Length);
                values.Read(start + done, tile);
                importance!.Read(start + done, weights);
                int count = withoutZeros ? SparseKernel.Compact<float>(tile, weights, weights) : tile.Length;
                count = withoutZeros ? SparseKernel.Compact(tile, tile) : count;
                visit(tile.Slice(0, count), weights.Slice(0, count));
            }
        }
    }

    public void Dispose()
    {
        if (_weights.Length > 0)
        {
            ArrayPool<float>.Shared.Return(_weights);
            _weights = [];
        }

        if (_buffer.Length > 0)
        {
            ArrayPool<float>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    // Compacting in place: the position written is never ahead of the one read.
    private int Read(long start, Span<float> run)
    {
        values.Read(start, run);
        return withoutZeros ? SparseKernel.Compact(run, run) : run.Length;
    }

    private void Grow(int length)
    {
        if (_buffer.Length < length)
        {
            Dispose();
            _buffer = ArrayPool<float>.Shared.Rent(length);
        }
    }
}
