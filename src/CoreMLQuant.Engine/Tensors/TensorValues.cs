using System;

namespace CoreMLQuant.Tensors;

/// <summary>
/// The values of a weight in FP32, read range by range, wherever and in whatever encoding they are stored. A weight
/// need not fit into memory. Safe for several readers at once.
/// </summary>
internal abstract class TensorValues
{
    /// <summary>Number of values, in C order.</summary>
    public abstract long Count { get; }

    /// <summary>Fills <paramref name="destination"/> from the value at <paramref name="start"/> on; the range must lie within the weight.</summary>
    public abstract void Read(long start, Span<float> destination);
}
