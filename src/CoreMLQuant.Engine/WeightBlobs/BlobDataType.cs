using System;
using System.Collections.Generic;
using CoreMLQuant.Elements;

namespace CoreMLQuant.WeightBlobs;

/// <summary>Data types of weight.bin (MILBlob storage version 2). Not the numbers of MIL's own data types.</summary>
internal enum BlobDataType : uint
{
    Float16 = 1,
    Float32 = 2,
    UInt8 = 3,
    Int8 = 4,
    BFloat16 = 5,
    Int16 = 6,
    UInt16 = 7,
    Int4 = 8,
    UInt1 = 9,
    UInt2 = 10,
    UInt4 = 11,
    UInt3 = 12,
    UInt6 = 13,
    Int32 = 14,
    UInt32 = 15,
    Float8E4M3FN = 16,
    Float8E5M2 = 17,
}

/// <summary>The blob data types in the field's general names.</summary>
internal static class BlobDataTypes
{
    private static readonly Dictionary<BlobDataType, ElementType> ElementTypeOf = new()
    {
        [BlobDataType.Float16] = ElementType.Float16,
        [BlobDataType.Float32] = ElementType.Float32,
        [BlobDataType.UInt8] = ElementType.UInt8,
        [BlobDataType.Int8] = ElementType.Int8,
        [BlobDataType.BFloat16] = ElementType.BFloat16,
        [BlobDataType.Int16] = ElementType.Int16,
        [BlobDataType.UInt16] = ElementType.UInt16,
        [BlobDataType.Int4] = ElementType.Int4,
        [BlobDataType.UInt1] = ElementType.UInt1,
        [BlobDataType.UInt2] = ElementType.UInt2,
        [BlobDataType.UInt4] = ElementType.UInt4,
        [BlobDataType.UInt3] = ElementType.UInt3,
        [BlobDataType.UInt6] = ElementType.UInt6,
        [BlobDataType.Int32] = ElementType.Int32,
        [BlobDataType.UInt32] = ElementType.UInt32,
        [BlobDataType.Float8E4M3FN] = ElementType.Float8E4M3FN,
        [BlobDataType.Float8E5M2] = ElementType.Float8E5M2,
    };

    private static readonly Dictionary<ElementType, BlobDataType> DataTypeOf = Invert();

    /// <summary>The element type, or <see cref="ElementType.Unknown"/> for a number that is no blob data type.</summary>
    public static ElementType ToElementType(this BlobDataType type) =>
        ElementTypeOf.TryGetValue(type, out ElementType element) ? element : ElementType.Unknown;

    /// <summary>The blob data type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The element type cannot stand in a weight file (bool, 64-bit types).</exception>
    public static BlobDataType ToBlobDataType(this ElementType type) =>
        DataTypeOf.TryGetValue(type, out BlobDataType blob) ? blob : throw new ArgumentOutOfRangeException(nameof(type), type, "Not a weight file's type.");

    private static Dictionary<ElementType, BlobDataType> Invert()
    {
        var inverse = new Dictionary<ElementType, BlobDataType>();
        foreach (KeyValuePair<BlobDataType, ElementType> pair in ElementTypeOf)
        {
            inverse.Add(pair.Value, pair.Key);
        }

        return inverse;
    }
}
