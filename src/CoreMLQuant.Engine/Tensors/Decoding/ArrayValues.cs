using System;

namespace CoreMLQuant.Tensors.Decoding;

/// <summary>Values in memory. For small tables and settings.</summary>
internal sealed class ArrayValues(ReadOnlyMemory<float> values) : TensorValues
{
    public override long Count => values.Length;

    public override void Read(long start, Span<float> destination) =>
        values.Span.Slice(checked((int)start), destination.Length).CopyTo(destination);
}
