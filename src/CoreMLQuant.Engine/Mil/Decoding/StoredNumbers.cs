using System;
using System.Buffers.Binary;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Decoding;

/// <summary>Integers of a program's small values: axes, shapes, and whatever else stands in the specification as numbers.</summary>
internal static class StoredNumbers
{
    /// <summary>Reads integers; <see langword="null"/> when the value is none of them.</summary>
    /// <param name="value">The value.</param>
    /// <param name="data">Its data, as found by <see cref="TensorCatalog"/>.</param>
    public static long[]? Read(Value value, TensorData data) => data.Data is null
        ? value.ImmediateValue?.Tensor switch
        {
            { Ints: { } ints } => ints.Values.Select(number => (long)number).ToArray(),
            { LongInts: { } longs } => longs.Values.ToArray(),
            { Bools: { } bools } => bools.Values.Select(flag => flag ? 1L : 0L).ToArray(),
            _ => null,
        }
        : Parse(data);

    private static long[]? Parse(TensorData data)
    {
        byte[] bytes = data.Data!.ToArray();
        Func<int, long>? read = data.ElementType switch
        {
            ElementType.Int8 => at => (sbyte)bytes[at],
            ElementType.UInt8 or ElementType.Boolean => at => bytes[at],
            ElementType.Int16 => at => BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(at)),
            ElementType.UInt16 => at => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at)),
            ElementType.Int32 => at => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)),
            ElementType.UInt32 => at => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)),
            ElementType.Int64 => at => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at)),
            _ => null,
        };
        int size = data.ElementType.BitWidth() / 8;
        return read is null ? null : Enumerable.Range(0, (int)data.ElementCount).Select(index => read(index * size)).ToArray();
    }
}
