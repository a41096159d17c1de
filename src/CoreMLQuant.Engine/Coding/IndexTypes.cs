using System;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Coding;

/// <summary>The types that indices into lookup tables have.</summary>
internal static class IndexTypes
{
    /// <summary>The type of a number of bits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 to 8.</exception>
    public static ElementType Of(int bits) => bits switch
    {
        1 => ElementType.UInt1,
        2 => ElementType.UInt2,
        3 => ElementType.UInt3,
        4 => ElementType.UInt4,
        5 => ElementType.UInt5,
        6 => ElementType.UInt6,
        7 => ElementType.UInt7,
        8 => ElementType.UInt8,
        _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "An index has 1 to 8 bits."),
    };
}
