namespace CoreMLQuant.Elements;

/// <summary>Element types that a weight can be stored in; the field's usual names, widths in bits.</summary>
public enum ElementType
{
    /// <summary>Not known to this module.</summary>
    Unknown,

    /// <summary>IEEE 754 binary32.</summary>
    Float32,

    /// <summary>IEEE 754 binary16.</summary>
    Float16,

    /// <summary>IEEE 754 binary64.</summary>
    Float64,

    /// <summary>The upper half of a binary32.</summary>
    BFloat16,

    /// <summary>8-bit float, 4 exponent bits, no infinities.</summary>
    Float8E4M3FN,

    /// <summary>8-bit float, 5 exponent bits.</summary>
    Float8E5M2,

    /// <summary>Signed 4-bit, two's complement.</summary>
    Int4,

    /// <summary>Signed 8-bit.</summary>
    Int8,

    /// <summary>Signed 16-bit.</summary>
    Int16,

    /// <summary>Signed 32-bit.</summary>
    Int32,

    /// <summary>Signed 64-bit.</summary>
    Int64,

    /// <summary>Unsigned 1-bit.</summary>
    UInt1,

    /// <summary>Unsigned 2-bit.</summary>
    UInt2,

    /// <summary>Unsigned 3-bit.</summary>
    UInt3,

    /// <summary>Unsigned 4-bit.</summary>
    UInt4,

    /// <summary>Unsigned 5-bit; NeuralNetwork only.</summary>
    UInt5,

    /// <summary>Unsigned 6-bit.</summary>
    UInt6,

    /// <summary>Unsigned 7-bit; NeuralNetwork only.</summary>
    UInt7,

    /// <summary>Unsigned 8-bit.</summary>
    UInt8,

    /// <summary>Unsigned 16-bit.</summary>
    UInt16,

    /// <summary>Unsigned 32-bit.</summary>
    UInt32,

    /// <summary>Unsigned 64-bit.</summary>
    UInt64,

    /// <summary>True or false, one byte each.</summary>
    Boolean,

    /// <summary>Text.</summary>
    String,
}
