using System;
using System.Collections.Generic;

namespace CoreMLQuant.Tensors;

/// <summary>A weight seen along one axis: so many slabs, each of so many rows, each of so many values.</summary>
/// <param name="Outer">Product of the dimensions before the axis.</param>
/// <param name="Length">The axis' dimension.</param>
/// <param name="Inner">Product of the dimensions behind the axis.</param>
internal readonly record struct AxisLayout(long Outer, long Length, long Inner)
{
    /// <summary>Looks along an axis.</summary>
    public static AxisLayout Of(IReadOnlyList<long> shape, int axis)
    {
        (long outer, long inner) = (1, 1);
        for (int i = 0; i < shape.Count; i++)
        {
            (outer, inner) = i < axis ? (outer * shape[i], inner) : i > axis ? (outer, inner * shape[i]) : (outer, inner);
        }

        return new AxisLayout(outer, shape[axis], inner);
    }

    /// <summary>Takes the values of some neighbouring rows.</summary>
    /// <param name="start">Index of the first value.</param>
    /// <param name="values">The rows, one after the other.</param>
    /// <param name="rows">Number of rows; fewer in the last group of a slab.</param>
    public delegate void Visitor(long start, ReadOnlySpan<float> values, int rows);

    /// <summary>Goes through the weight in groups of neighbouring rows.</summary>
    public void VisitGroups(TensorValues values, int rows, Visitor visit, System.Threading.CancellationToken cancellationToken)
    {
        var buffer = new float[checked((int)(Math.Min(rows, Length) * Inner))];
        for (long outer = 0; outer < Outer; outer++)
        {
            for (long row = 0; row < Length; row += rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int count = (int)Math.Min(rows, Length - row);
                long start = ((outer * Length) + row) * Inner;
                Span<float> group = buffer.AsSpan(0, (int)(count * Inner));
                values.Read(start, group);
                visit(start, group, count);
            }
        }
    }
}
