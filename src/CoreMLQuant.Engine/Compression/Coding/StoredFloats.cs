using System;
using System.Buffers;
using System.Runtime.InteropServices;
using CoreMLQuant.Models;
using CoreMLQuant.Packaging;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Compression.Coding;

/// <summary>A weight that is stored as plain FP32 or FP16.</summary>
internal sealed class StoredFloats : TensorValues
{
    private readonly WeightData _data;
    private readonly bool _isHalf;

    /// <summary>Takes little-endian data.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="type">FP32 or FP16.</param>
    public StoredFloats(WeightData data, ElementType type)
    {
        _data = data;
        _isHalf = type == ElementType.Float16;
        Count = data.Length / (_isHalf ? sizeof(ushort) : sizeof(float));
    }

    public override long Count { get; }

    public override void Read(long start, Span<float> destination)
    {
        if (!_isHalf)
        {
            _data.Read(start * sizeof(float), MemoryMarshal.AsBytes(destination));
            return;
        }

        ushort[] halves = ArrayPool<ushort>.Shared.Rent(destination.Length);
        try
        {
            Span<ushort> tile = halves.AsSpan(0, destination.Length);
            _data.Read(start * sizeof(ushort), MemoryMarshal.AsBytes(tile));
            HalfRounding.Widen(tile, destination);
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(halves);
        }
    }
}
