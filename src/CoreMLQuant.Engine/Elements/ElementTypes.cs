using System;

namespace CoreMLQuant.Elements;

/// <summary>Facts about element types.</summary>
public static class ElementTypes
{
    /// <summary>Bits of one element; 0 for types without a fixed width.</summary>
    public static int BitWidth(this ElementType type) => type switch
    {
        ElementType.UInt1 => 1,
        ElementType.UInt2 => 2,
        ElementType.UInt3 => 3,
        ElementType.UInt4 or ElementType.Int4 => 4,
        ElementType.UInt5 => 5,
        ElementType.UInt6 => 6,
        ElementType.UInt7 => 7,
        ElementType.UInt8 or ElementType.Int8 or ElementType.Boolean
            or ElementType.Float8E4M3FN or ElementType.Float8E5M2 => 8,
        ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 16,
        ElementType.UInt32 or ElementType.Int32 or ElementType.Float32 => 32,
        ElementType.UInt64 or ElementType.Int64 or ElementType.Float64 => 64,
        _ => 0,
    };

    /// <summary>Bytes of <paramref name="count"/> packed elements: <c>ceil(count * bits / 8)</c>.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="count">Number of elements, not negative.</param>
    /// <exception cref="OverflowException">The number of bytes does not fit 63 bits.</exception>
    public static long ByteCount(this ElementType type, long count)
    {
        int bits = type.BitWidth();
        return bits >= 8
            ? checked(count * (bits / 8))
            : PackedByteCount(count, bits);
    }

    /// <summary>Bytes of <paramref name="count"/> values of <paramref name="bits"/> bits each, one after the other, the last byte filled up.</summary>
    /// <param name="count">Number of values, not negative.</param>
    /// <param name="bits">1 to 8.</param>
    /// <exception cref="OverflowException">The number of bytes does not fit 63 bits.</exception>
    internal static long PackedByteCount(long count, int bits) => checked((count / 8 * bits) + (((count % 8 * bits) + 7) / 8));
}
