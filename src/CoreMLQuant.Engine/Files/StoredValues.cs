using System;
using System.Buffers;
using System.Runtime.InteropServices;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Files;

/// <summary>Values that are stored as they are, in any element type, those below 8 bits packed.</summary>
/// <param name="data">The bytes; they hold at least <paramref name="count"/> elements.</param>
/// <param name="type">Type of the elements.</param>
/// <param name="count">Number of elements.</param>
/// <param name="order">Which bits of a byte the first of several packed values has.</param>
internal sealed class StoredValues(WeightData data, ElementType type, long count, BitOrder order = BitOrder.LowestFirst) : TensorValues
{
    public override long Count => count;

    /// <summary>Type of the elements.</summary>
    public ElementType ElementType => type;

    public override void Read(long start, Span<float> destination)
    {
        if (type == ElementType.Float32)
        {
            data.Read(start * sizeof(float), MemoryMarshal.AsBytes(destination));
        }
        else if (type.BitWidth() >= 8)
        {
            ReadWhole(start, destination);
        }
        else
        {
            ReadPacked(start, destination);
        }
    }

    private void ReadWhole(long start, Span<float> destination)
    {
        int size = type.BitWidth() / 8;
        int length = checked(destination.Length * size);
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            data.Read(start * size, bytes.AsSpan(0, length));
            ElementConversion.ToSingles(type, bytes.AsSpan(0, length), destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void ReadPacked(long start, Span<float> destination)
    {
        bool isSigned = type == ElementType.Int4;
        byte[] values = ArrayPool<byte>.Shared.Rent(destination.Length);
        try
        {
            PackedData.Read(data, type.BitWidth(), isSigned, order, start, values.AsSpan(0, destination.Length));
            ElementConversion.ToSingles(isSigned ? ElementType.Int8 : ElementType.UInt8, values.AsSpan(0, destination.Length), destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(values);
        }
    }
}
