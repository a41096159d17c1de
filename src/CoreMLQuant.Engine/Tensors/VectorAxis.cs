using System;
using System.Collections.Generic;

namespace CoreMLQuant.Tensors;

/// <summary>
/// An axis along which each element of a source tensor becomes a vector of elements, as in vector palettization: element
/// <c>d</c> of the axis becomes elements <c>d * Size</c> to <c>d * Size + Size - 1</c>. Maps ranges of the result to the source.
/// </summary>
internal sealed class VectorAxis
{
    // Source rows up to this length are taken whole, because going from piece to piece would cost more than reading them.
    private const int LongestWholeRow = 4096;

    private readonly long _inner;

    /// <summary>Describes an axis.</summary>
    /// <param name="sourceShape">Dimensions of the source.</param>
    /// <param name="axis">0 to rank - 1.</param>
    /// <param name="size">Elements of a vector; at least 1.</param>
    public VectorAxis(IReadOnlyList<long> sourceShape, int axis, int size)
    {
        Size = size;
        _inner = 1;
        for (int i = axis + 1; i < sourceShape.Count; i++)
        {
            _inner *= sourceShape[i];
        }
    }

    /// <summary>Elements of a vector.</summary>
    public int Size { get; }

    /// <summary>
    /// The next piece of a range of the result: its length, and the range of the source that it is made of, which is about as
    /// long as the piece or less.
    /// </summary>
    public (int Length, long SourceStart, int SourceLength) Piece(long start, int length)
    {
        long run = start / _inner;
        if (_inner > LongestWholeRow)
        {
            long at = start % _inner;
            int piece = (int)Math.Min(length, _inner - at);
            return (piece, (run / Size * _inner) + at, piece);
        }

        long first = run / Size, last = (start + length - 1) / _inner / Size;
        return (length, first * _inner, checked((int)((last - first + 1) * _inner)));
    }

    /// <summary>The runs of a piece: consecutive elements of one component whose source elements are consecutive too.</summary>
    public RunEnumerator Runs(long start, int length) => new(this, start, length);

    /// <summary>Goes from run to run.</summary>
    public struct RunEnumerator
    {
        private readonly long _inner;
        private readonly int _size;
        private long _row;
        private long _at;
        private int _component;
        private int _left;

        public RunEnumerator(VectorAxis axis, long start, int length)
        {
            (_inner, _size, _left) = (axis._inner, axis.Size, length);
            long run = start / _inner;
            _at = start % _inner;
            _row = run / _size;
            _component = (int)(run % _size);
        }

        /// <summary>The run's length, its first source element, and which element of the vectors it takes.</summary>
        public (int Length, long Source, int Component) Current { get; private set; }

        /// <summary>For <see langword="foreach"/>.</summary>
        public readonly RunEnumerator GetEnumerator() => this;

        /// <summary>Goes to the next run.</summary>
        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            int length = (int)Math.Min(_left, _inner - _at);
            Current = (length, (_row * _inner) + _at, _component);
            _left -= length;
            _at = 0;
            if (++_component == _size)
            {
                _component = 0;
                _row++;
            }

            return true;
        }
    }
}
