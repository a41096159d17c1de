using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>Vectors along one axis of a value, as matrix products take them.</summary>
/// <param name="columns">Length of a vector.</param>
/// <param name="axisFromEnd">The axis, counted from the last, which is 1. Along the last axis, several axes at the end may make up one vector.</param>
internal sealed class AxisVectors(int columns, int axisFromEnd) : InputVectors
{
    /// <inheritdoc/>
    public override int Groups => 1;

    /// <inheritdoc/>
    public override int Columns => columns;

    /// <inheritdoc/>
    public override string Key => string.Format(CultureInfo.InvariantCulture, "axis -{0}, {1}", axisFromEnd, columns);

    /// <inheritdoc/>
    public override long CountIn(IReadOnlyList<long> shape)
    {
        long count = Product(shape), inner = InnerOf(shape);
        bool fits = AxisIn(shape) == 1
            ? count % columns == 0
            : shape.Count >= axisFromEnd && shape[shape.Count - axisFromEnd] == columns;
        return fits ? count / columns : throw Misshaped(shape, $"vectors of {columns} along axis -{axisFromEnd} are expected");
    }

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<float> values, IReadOnlyList<long> shape, int group, ReadOnlySpan<int> vectors, Span<float> tile, int stride)
    {
        int inner = (int)InnerOf(shape);
        for (int i = 0; i < vectors.Length; i++)
        {
            int outer = Math.DivRem(vectors[i], inner, out int rest);
            int from = (outer * columns * inner) + rest;
            for (int column = 0, to = i; column < columns; column++, to += stride, from += inner)
            {
                tile[to] = values[from];
            }
        }
    }

    private long InnerOf(IReadOnlyList<long> shape) => Product(shape.Skip(shape.Count - AxisIn(shape) + 1));

    // A value of one axis is a single vector, whichever factor of a matrix product it is.
    private int AxisIn(IReadOnlyList<long> shape) => shape.Count == 1 ? 1 : axisFromEnd;
}
