using System;
using System.Globalization;

namespace CoreMLQuant.Specification.Text;

/// <summary>A number of at least 60 bits: mantissa times a power of two.</summary>
/// <param name="Mantissa">The mantissa.</param>
/// <param name="Exponent">The power of two.</param>
/// <param name="IsInexact">Whether digits behind those of the mantissa were not zero.</param>
internal readonly record struct HexadecimalNumber(ulong Mantissa, int Exponent, bool IsInexact)
{
    // Far beyond what any format holds, far below what overflows.
    private const int MaxExponent = 1 << 20;

    /// <summary>A finite FP64 number that is not negative.</summary>
    public static HexadecimalNumber Of(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52);
        ulong fraction = (ulong)bits & ((1UL << 52) - 1);
        return exponent == 0 ? new HexadecimalNumber(fraction, -1074, false) : new HexadecimalNumber(fraction | (1UL << 52), exponent - 1075, false);
    }

    /// <summary>Reads <c>0x1.8p-3</c>, no sign; <see langword="null"/> for what is no such number.</summary>
    public static HexadecimalNumber? Parse(string text)
    {
        string[] parts = text.Substring(2).Split('p', 'P');
        int exponent = 0;
        if (parts.Length > 2 || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)))
        {
            return null;
        }

        exponent = Math.Max(-MaxExponent, Math.Min(MaxExponent, exponent));
        ulong mantissa = 0;
        bool isInexact = false, isFraction = false, hasDigits = false;
        foreach (char character in parts[0])
        {
            if (character == '.' && !isFraction)
            {
                isFraction = true;
                continue;
            }

            int digit = "0123456789abcdef".IndexOf(char.ToLowerInvariant(character));
            if (digit < 0)
            {
                return null;
            }

            hasDigits = true;
            if (mantissa >> 60 == 0)
            {
                mantissa = (mantissa << 4) | (uint)digit;
                exponent -= isFraction ? 4 : 0;
            }
            else
            {
                isInexact |= digit != 0;
                exponent += isFraction ? 0 : 4;
            }
        }

        return hasDigits ? new HexadecimalNumber(mantissa, exponent, isInexact) : null;
    }
}
