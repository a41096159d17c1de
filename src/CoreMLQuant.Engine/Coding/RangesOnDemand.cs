using System;
using System.Buffers;
using System.Threading;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>
/// Ranges of blocks that stand one after the other in a weight, each found when the first of its values is needed: in the tile that is at hand, as far as the
/// block lies in it. So a weight is read once, and several threads work on it from the start. Two may find the same range, which is the same.
/// </summary>
/// <param name="grid">The blocks; see <see cref="Suits"/>.</param>
/// <param name="found">Takes a block's smallest and largest value; from any thread.</param>
internal sealed class RangesOnDemand(BlockGrid grid, Action<int, float, float> found)
{
    private readonly bool[] _isFound = new bool[grid.BlockCount];

    /// <summary>Whether blocks stand one after the other, are long enough to be looked at one by one, and small enough to be read once more where a tile cuts them.</summary>
    public static bool Suits(BlockGrid grid) => grid.IsSequential && grid.RunLength is >= 8 and <= ValueTiles.Length;

    /// <summary>Finds the ranges of all blocks that a tile has values of.</summary>
    /// <param name="values">The weight.</param>
    /// <param name="start">The tile's first element.</param>
    /// <param name="tile">The tile; finite.</param>
    public void Find(TensorValues values, long start, ReadOnlySpan<float> tile)
    {
        foreach ((int offset, int length, long block) in grid.Runs(start, tile.Length))
        {
            if (Volatile.Read(ref _isFound[block]))
            {
                continue;
            }

            if (length == grid.RunLength)
            {
                Set((int)block, tile.Slice(offset, length));
            }
            else
            {
                Read(values, (int)block, 1);
            }
        }
    }

    /// <summary>Finds what has not been found yet.</summary>
    /// <param name="values">The weight; finite.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public void FindAll(TensorValues values, CancellationToken cancellationToken)
    {
        if (values is ResidentValues resident)
        {
            Find(values, 0, resident.Span);
            return;
        }

        int most = (int)(ValueTiles.Length / grid.RunLength);
        for (int block = 0; block < _isFound.Length;)
        {
            int count = 0;
            while (count < most && block + count < _isFound.Length && !Volatile.Read(ref _isFound[block + count]))
            {
                count++;
            }

            if (count > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Read(values, block, count);
            }

            block += Math.Max(count, 1);
        }
    }

    private void Read(TensorValues values, int block, int count)
    {
        int length = (int)grid.RunLength;
        float[] buffer = ArrayPool<float>.Shared.Rent(count * length);
        try
        {
            values.Read((long)block * length, buffer.AsSpan(0, count * length));
            for (int i = 0; i < count; i++)
            {
                Set(block + i, buffer.AsSpan(i * length, length));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private void Set(int block, ReadOnlySpan<float> values)
    {
        (float min, float max) = RangeKernel.Of(values);
        found(block, min, max);
        Volatile.Write(ref _isFound[block], true);
    }
}
