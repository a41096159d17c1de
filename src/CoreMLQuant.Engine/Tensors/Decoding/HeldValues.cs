using System;

namespace CoreMLQuant.Tensors.Decoding;

/// <summary>
/// A small table - scales, offsets, a lookup table - that is read when it is first asked for and kept, because every tile
/// of its weight needs it.
/// </summary>
internal sealed class HeldValues : TensorValues
{
    // 64 KB. What is larger belongs to a weight so large that reading the part that a tile needs costs nothing beside it.
    private const int MaxCount = 16 << 10;

    private readonly TensorValues _source;
    private readonly Lazy<float[]> _values;

    private HeldValues(TensorValues source)
    {
        _source = source;
        _values = new Lazy<float[]>(() =>
        {
            float[] values = new float[source.Count];
            source.Read(0, values);
            return values;
        });
    }

    public override long Count => _source.Count;

    /// <summary>Values that are kept when there are few, the values themselves otherwise.</summary>
    public static TensorValues Of(TensorValues source) => source is ArrayValues || source.Count > MaxCount ? source : new HeldValues(source);

    public override void Read(long start, Span<float> destination) =>
        _values.Value.AsSpan((int)start, destination.Length).CopyTo(destination);
}
