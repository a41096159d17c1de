using System.Globalization;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Specification.Text;

/// <summary>An integer type.</summary>
/// <param name="Bits">Its bits.</param>
/// <param name="IsSigned">Whether it is two's complement.</param>
internal sealed record IntegerFormat(int Bits, bool IsSigned)
{
    /// <summary>The format of a type; <see langword="null"/> for one that is no integer.</summary>
    public static IntegerFormat? Of(DataType type) => type switch
    {
        DataType.Int4 => new IntegerFormat(4, true),
        DataType.Int8 => new IntegerFormat(8, true),
        DataType.Int16 => new IntegerFormat(16, true),
        DataType.Int32 => new IntegerFormat(32, true),
        DataType.Int64 => new IntegerFormat(64, true),
        DataType.Uint1 => new IntegerFormat(1, false),
        DataType.Uint2 => new IntegerFormat(2, false),
        DataType.Uint3 => new IntegerFormat(3, false),
        DataType.Uint4 => new IntegerFormat(4, false),
        DataType.Uint6 => new IntegerFormat(6, false),
        DataType.Uint8 => new IntegerFormat(8, false),
        DataType.Uint16 => new IntegerFormat(16, false),
        DataType.Uint32 => new IntegerFormat(32, false),
        DataType.Uint64 => new IntegerFormat(64, false),
        _ => null,
    };

    /// <summary>The bits of a number, sign-extended; <see langword="null"/> for what is no number, or none that the type can hold.</summary>
    public long? Read(string text)
    {
        if (!IsSigned && Bits == 64)
        {
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong large) ? (long)large : null;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            return null;
        }

        return IsSigned
            ? number >> (Bits - 1) is 0 or -1 ? number : null
            : number >> Bits == 0 ? number : null;
    }

    /// <summary>A number as text.</summary>
    /// <param name="bits">Its bits; those above <see cref="Bits"/> are not looked at.</param>
    public string Write(ulong bits)
    {
        int unused = 64 - Bits;
        return IsSigned
            ? ((long)(bits << unused) >> unused).ToString(CultureInfo.InvariantCulture)
            : (bits << unused >> unused).ToString(CultureInfo.InvariantCulture);
    }
}
