using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Tensors;

/// <summary>
/// How a tensor lies over a smaller one of the same rank: scales, offsets, lookup tables. Each element of the small tensor
/// covers a block of the large one; every dimension of the small one divides the large one's.
/// </summary>
/// <remarks>
/// Neighbouring axes are merged where that changes nothing: per-channel scales on axis 0 of any tensor, and blocks
/// along the last axis, come out as a single axis cut into blocks of equal length.
/// </remarks>
internal sealed class BlockGrid
{
    private readonly (long Dimension, long BlockLength, long BlockCount)[] _axes;

    /// <summary>Lays a grid.</summary>
    /// <param name="shape">Dimensions of the large tensor.</param>
    /// <param name="blockCounts">Dimensions of the small one.</param>
    /// <exception cref="ArgumentException">The ranks differ or a dimension does not divide.</exception>
    public BlockGrid(IReadOnlyList<long> shape, IReadOnlyList<long> blockCounts)
    {
        if (!Divides(shape, blockCounts))
        {
            throw new ArgumentException($"[{string.Join(", ", blockCounts)}] does not divide [{string.Join(", ", shape)}].", nameof(blockCounts));
        }

        Shape = shape;
        BlockCounts = blockCounts;
        ElementCount = Product(shape);
        BlockCount = Product(blockCounts);
        _axes = Merge(shape, blockCounts);
    }

    /// <summary>Dimensions of the large tensor.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Dimensions of the small tensor.</summary>
    public IReadOnlyList<long> BlockCounts { get; }

    /// <summary>Elements of the large tensor.</summary>
    public long ElementCount { get; }

    /// <summary>Elements of the small tensor.</summary>
    public long BlockCount { get; }

    /// <summary>Consecutive elements, from a multiple of this on, that lie in one block.</summary>
    public long RunLength => _axes[_axes.Length - 1].BlockLength;

    /// <summary>Dimensions of the large and the small tensor after neighbouring axes were merged; the elements stay in their order.</summary>
    public IEnumerable<(long Dimension, long BlockCount)> MergedAxes => _axes.Select(axis => (axis.Dimension, axis.BlockCount));

    /// <summary>
    /// Consecutive elements, from a multiple of this on, over which the block's index only grows: by one after each
    /// <see cref="RunLength"/>.
    /// </summary>
    public long RowLength => _axes[_axes.Length - 1].Dimension;

    /// <summary>Whether the blocks are consecutive pieces of the tensor, one after the other.</summary>
    public bool IsSequential => _axes.Length == 1;

    /// <summary>A grid of one block.</summary>
    public static BlockGrid Whole(IReadOnlyList<long> shape) => new(shape, shape.Select(_ => 1L).ToArray());

    /// <summary>Whether a small tensor's dimensions divide a large one's.</summary>
    public static bool Divides(IReadOnlyList<long> shape, IReadOnlyList<long> blockCounts) =>
        shape.Count == blockCounts.Count && !shape.Where((dimension, axis) => blockCounts[axis] < 1 || dimension % blockCounts[axis] != 0).Any();

    /// <summary>Index of the block that an element lies in.</summary>
    public long BlockOf(long element)
    {
        long block = 0, stride = 1;
        for (int axis = _axes.Length - 1; axis > 0; axis--)
        {
            (long dimension, long length, long count) = _axes[axis];
            long outer = element / dimension;
            block += (element - (outer * dimension)) / length * stride;
            stride *= count;
            element = outer;
        }

        return block + (element / _axes[0].BlockLength * stride);
    }

    /// <summary>The runs of consecutive elements of one block that make up a range.</summary>
    public RunEnumerable Runs(long start, int length) => new(this, start, length);

    /// <summary>Where the elements of a block stand: runs of consecutive ones, in order.</summary>
    public IEnumerable<(long Start, long Length)> RunsOfBlock(long block)
    {
        var first = new long[_axes.Length];
        for (int axis = _axes.Length - 1; axis >= 0; axis--)
        {
            first[axis] = block % _axes[axis].BlockCount * _axes[axis].BlockLength;
            block /= _axes[axis].BlockCount;
        }

        // Counts through the block's rows: every axis but the last, the outermost slowest.
        var offset = new long[_axes.Length];
        while (true)
        {
            long start = 0;
            for (int axis = 0; axis < _axes.Length; axis++)
            {
                start = (start * _axes[axis].Dimension) + first[axis] + offset[axis];
            }

            yield return (start, RunLength);
            int next = _axes.Length - 2;
            while (next >= 0 && ++offset[next] == _axes[next].BlockLength)
            {
                offset[next--] = 0;
            }

            if (next < 0)
            {
                yield break;
            }
        }
    }

    private static (long Dimension, long BlockLength, long BlockCount)[] Merge(IReadOnlyList<long> shape, IReadOnlyList<long> blockCounts)
    {
        var axes = new List<(long Dimension, long BlockLength, long BlockCount)>();
        for (int axis = 0; axis < shape.Count; axis++)
        {
            (long dimension, long length, long count) = (shape[axis], shape[axis] / blockCounts[axis], blockCounts[axis]);
            if (axes.Count > 0 && (count == 1 || axes[axes.Count - 1].BlockLength == 1))
            {
                // A whole axis lengthens the blocks before it; an axis of single elements multiplies the blocks after it.
                (long outerDimension, long outerLength, long outerCount) = axes[axes.Count - 1];
                axes[axes.Count - 1] = (outerDimension * dimension, count == 1 ? outerLength * dimension : length, outerCount * count);
            }
            else
            {
                axes.Add((dimension, length, count));
            }
        }

        return axes.Count > 0 ? axes.ToArray() : [(1, 1, 1)];
    }

    private static long Product(IEnumerable<long> dimensions) => dimensions.Aggregate(1L, (product, dimension) => checked(product * dimension));

    /// <summary>Runs of a range; see <see cref="Runs"/>.</summary>
    public readonly ref struct RunEnumerable(BlockGrid grid, long start, int length)
    {
        /// <summary>Starts at the first run.</summary>
        public RunEnumerator GetEnumerator() => new(grid, start, length);
    }

    /// <summary>Goes from run to run; divides only where a row ends.</summary>
    public ref struct RunEnumerator(BlockGrid grid, long start, int length)
    {
        private readonly int _length = length;
        private readonly long _runLength = grid.RunLength;
        private int _offset;
        private long _block = -1;
        private int _nextLength;
        private long _leftInRow;

        /// <summary>Where the run begins, counted from the range's start, how long it is, and its block.</summary>
        public (int Offset, int Length, long Block) Current { get; private set; }

        /// <summary>Goes to the next run.</summary>
        public bool MoveNext()
        {
            if (_offset >= _length)
            {
                return false;
            }

            if (_leftInRow == 0)
            {
                long element = start + _offset;
                _block = grid.BlockOf(element);
                _leftInRow = grid.RowLength - (element % grid.RowLength);
                _nextLength = (int)Math.Min(_runLength - (element % _runLength), int.MaxValue);
            }
            else
            {
                _block++;
                _nextLength = (int)Math.Min(_runLength, int.MaxValue);
            }

            int length = (int)Math.Min(Math.Min(_nextLength, _leftInRow), _length - _offset);
            Current = (_offset, length, _block);
            _offset += length;
            _leftInRow -= length;
            return true;
        }
    }
}
