using System;

namespace CoreMLQuant.Tensors;

/// <summary>A range of a weight.</summary>
/// <param name="values">The weight.</param>
/// <param name="start">Index of the range's first value.</param>
/// <param name="count">Number of values.</param>
internal sealed class ValueSlice(TensorValues values, long start, long count) : TensorValues
{
    public override long Count => count;

    public override void Read(long from, Span<float> destination) => values.Read(start + from, destination);
}
