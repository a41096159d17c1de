using System;
using System.Buffers;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Compression.Coding;

/// <summary>Takes the values of one block of a weight together, wherever they stand.</summary>
/// <param name="values">The weight.</param>
/// <param name="grid">Its blocks.</param>
/// <param name="withoutZeros">Leave zeros out, which a sparse weight does not store.</param>
internal sealed class BlockReader(TensorValues values, BlockGrid grid, bool withoutZeros) : IDisposable
{
    private float[] _buffer = ArrayPool<float>.Shared.Rent(checked((int)(grid.ElementCount / grid.BlockCount)));

    /// <summary>The values of a block, valid until the next call.</summary>
    public ReadOnlySpan<float> Read(long block)
    {
        int count = 0;
        foreach ((long start, long length) in grid.RunsOfBlock(block))
        {
            Span<float> run = _buffer.AsSpan(count, (int)length);
            values.Read(start, run);

            // Compacting in place: the position written is never ahead of the one read.
            count += withoutZeros ? SparseKernel.Compact(run, _buffer.AsSpan(count)) : run.Length;
        }

        return _buffer.AsSpan(0, count);
    }

    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(_buffer);
        _buffer = [];
    }
}
