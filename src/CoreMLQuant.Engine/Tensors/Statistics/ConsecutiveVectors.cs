using System;
using System.Collections.Generic;
using System.Globalization;

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>Vectors of several groups, one after the other along the last axis of a value.</summary>
/// <param name="columns">Length of a vector.</param>
/// <param name="groups">Groups.</param>
internal sealed class ConsecutiveVectors(int columns, int groups) : InputVectors
{
    /// <inheritdoc/>
    public override int Groups => groups;

    /// <inheritdoc/>
    public override int Columns => columns;

    /// <inheritdoc/>
    public override string Key => string.Format(CultureInfo.InvariantCulture, "{0} times {1}", groups, columns);

    /// <inheritdoc/>
    public override long CountIn(IReadOnlyList<long> shape) => shape.Count > 0 && shape[shape.Count - 1] == (long)groups * columns
        ? Product(shape) / ((long)groups * columns)
        : throw Misshaped(shape, $"{groups} vectors of {columns} along its last axis are expected");

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<float> values, IReadOnlyList<long> shape, int group, ReadOnlySpan<int> vectors, Span<float> tile, int stride)
    {
        for (int i = 0; i < vectors.Length; i++)
        {
            ReadOnlySpan<float> vector = values.Slice(((vectors[i] * groups) + group) * columns, columns);
            for (int column = 0, to = i; column < columns; column++, to += stride)
            {
                tile[to] = vector[column];
            }
        }
    }
}
