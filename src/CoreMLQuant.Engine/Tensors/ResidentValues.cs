using System;
using System.Buffers;

namespace CoreMLQuant.Tensors;

/// <summary>Values that have been read into memory, for a weight small enough to be looked at more than once.</summary>
internal sealed class ResidentValues : TensorValues, IDisposable
{
    private float[]? _values;

    private ResidentValues(float[] values, int count)
    {
        _values = values;
        Count = count;
    }

    public override long Count { get; }

    /// <summary>All values.</summary>
    public ReadOnlySpan<float> Span => _values.AsSpan(0, (int)Count);

    /// <summary>Reads a weight; its memory is returned when this is disposed.</summary>
    public static ResidentValues Load(TensorValues values)
    {
        var resident = new ResidentValues(ArrayPool<float>.Shared.Rent((int)values.Count), (int)values.Count);
        values.Read(0, resident._values.AsSpan(0, (int)values.Count));
        return resident;
    }

    public override void Read(long start, Span<float> destination) => Span.Slice((int)start, destination.Length).CopyTo(destination);

    public void Dispose()
    {
        if (_values is not null)
        {
            ArrayPool<float>.Shared.Return(_values);
            _values = null;
        }
    }
}
