using System;
using System.Globalization;
using System.Text;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Specification.Text;

/// <summary>
/// A binary floating-point format, and its numbers as text: C's hexadecimal form, which is exact (<c>0x1.8p-3</c> is 0.1875). Numbers with
/// more digits than the format has are rounded to nearest, ties to even.
/// </summary>
/// <param name="ExponentBits">Bits of the exponent.</param>
/// <param name="MantissaBits">Bits of the mantissa, without the hidden one.</param>
/// <param name="HasInfinity">Whether the highest exponent means infinities and NaNs only, as in IEEE 754; otherwise only all ones are a NaN.</param>
internal sealed record FloatFormat(int ExponentBits, int MantissaBits, bool HasInfinity = true)
{
    private static readonly FloatFormat Double = new(11, 52);

    private int Bias => (1 << (ExponentBits - 1)) - 1;

    private ulong SignBit => 1UL << (ExponentBits + MantissaBits);

    private ulong MantissaMask => (1UL << MantissaBits) - 1;

    // The least pattern, sign left out, that is no finite number.
    private ulong NotFinite => HasInfinity ? ((1UL << ExponentBits) - 1) << MantissaBits : SignBit - 1;

    private ulong QuietNaN => HasInfinity ? NotFinite | (1UL << (MantissaBits - 1)) : NotFinite;

    /// <summary>Bytes of a number.</summary>
    public int Size => (1 + ExponentBits + MantissaBits) / 8;

    /// <summary>The format of a type; <see langword="null"/> for one that is no float.</summary>
    public static FloatFormat? Of(DataType type) => type switch
    {
        DataType.Float16 => new FloatFormat(5, 10),
        DataType.Bfloat16 => new FloatFormat(8, 7),
        DataType.Float32 => new FloatFormat(8, 23),
        DataType.Float64 => Double,
        DataType.Float8E4M3Fn => new FloatFormat(4, 3, HasInfinity: false),
        DataType.Float8E5M2 => new FloatFormat(5, 2),
        _ => null,
    };

    /// <summary>A number as text.</summary>
    /// <param name="bits">Its bits.</param>
    public string Write(ulong bits)
    {
        string sign = (bits & SignBit) != 0 ? "-" : string.Empty;
        ulong magnitude = bits & (SignBit - 1);
        if (magnitude >= NotFinite)
        {
            return HasInfinity && magnitude == NotFinite ? sign + "inf"
                : bits == QuietNaN ? "nan"
                : FormattableString.Invariant($"nan(0x{bits:x})");
        }

        if (magnitude == 0)
        {
            return sign + "0x0p+0";
        }

        int exponent = (int)(magnitude >> MantissaBits) - Bias;
        ulong fraction = magnitude & MantissaMask;
        if (exponent == -Bias)
        {
            // A subnormal number is shifted until it has its leading one.
            exponent++;
            while ((fraction & ~MantissaMask) == 0)
            {
                fraction <<= 1;
                exponent--;
            }

            fraction &= MantissaMask;
        }

        int digits = (MantissaBits + 3) / 4;
        string hex = (fraction << ((digits * 4) - MantissaBits)).ToString("x" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).TrimEnd('0');
        var text = new StringBuilder(sign).Append("0x1").Append(hex.Length > 0 ? "." : string.Empty).Append(hex);
        return text.Append('p').Append(exponent < 0 ? string.Empty : "+").Append(exponent.ToString(CultureInfo.InvariantCulture)).ToString();
    }

    /// <summary>A number as people read it: decimal, of at most seven digits.</summary>
    /// <param name="bits">Its bits.</param>
    public string WriteDecimal(ulong bits)
    {
        ulong magnitude = bits & (SignBit - 1);
        if (magnitude >= NotFinite)
        {
            return Write(bits);
        }

        int exponent = (int)(magnitude >> MantissaBits);
        double mantissa = (magnitude & MantissaMask) + (exponent > 0 ? MantissaMask + 1 : 0);
        double value = mantissa * Math.Pow(2, Math.Max(exponent, 1) - Bias - MantissaBits);
        return ((bits & SignBit) != 0 ? -value : value).ToString("G7", CultureInfo.InvariantCulture);
    }

    /// <summary>The bits of a number, hexadecimal or decimal; <see langword="null"/> for what is no number, or none that the format can hold.</summary>
    public ulong? Read(string text)
    {
        bool isNegative = text.StartsWith("-", StringComparison.Ordinal);
        string number = text.TrimStart('-', '+');
        if (text.Length - number.Length > 1)
        {
            return null;
        }

        ulong sign = isNegative ? SignBit : 0;
        if (number is "inf" or "infinity")
        {
            return HasInfinity ? sign | NotFinite : null;
        }

        if (number == "nan")
        {
            return sign | QuietNaN;
        }

        if (number.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return HexadecimalNumber.Parse(number) is { } exact ? sign | Round(exact) : null;
        }

        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value) || double.IsInfinity(value))
        {
            return null;
        }

        return sign | Round(HexadecimalNumber.Of(value));
    }

    /// <summary>The bits of a NaN that are spelled out; <see langword="null"/> when they are those of a number.</summary>
    public ulong? ReadNaN(string bits) =>
        bits.StartsWith("0x", StringComparison.Ordinal)
        && ulong.TryParse(bits.Substring(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong pattern)
        && pattern < SignBit << 1
        && Write(pattern).StartsWith("nan", StringComparison.Ordinal) ? pattern : null;

    // What lies beyond the largest finite number is infinite, as when a float is computed.
    private ulong? Round(HexadecimalNumber number)
    {
        if (number.Mantissa == 0)
        {
            return 0;
        }

        (ulong mantissa, int exponent) = (number.Mantissa, number.Exponent + 63);
        while (mantissa >> 63 == 0)
        {
            mantissa <<= 1;
            exponent--;
        }

        int lowest = 1 - Bias;
        long dropped = 63L - MantissaBits + Math.Max(0L, (long)lowest - exponent);
        ulong kept = dropped > 63 ? 0 : mantissa >> (int)dropped;
        if (dropped <= 64)
        {
            ulong rest = dropped == 64 ? mantissa : mantissa & ((1UL << (int)dropped) - 1);
            ulong half = 1UL << (int)(dropped - 1);
            kept += rest > half || (rest == half && (number.IsInexact || (kept & 1) != 0)) ? 1UL : 0;
        }

        // A carry out of the mantissa raises the exponent by itself.
        ulong bits = exponent < lowest ? kept : exponent > Bias + 1 ? NotFinite : ((ulong)(exponent + Bias) << MantissaBits) + kept - (1UL << MantissaBits);
        return bits < NotFinite ? bits : HasInfinity ? NotFinite : null;
    }
}
