using System;

namespace CoreMLQuant.Tensors;

/// <summary>
/// Keeps what is not zero. Every value is written and the position moves on only behind one that stays: no branch that
/// random weights would mispredict. Destinations have room for all values.
/// </summary>
internal static class SparseKernel
{
    /// <summary>Values other than zero, one after the other.</summary>
    /// <returns>How many.</returns>
    public static int Compact(ReadOnlySpan<float> values, Span<float> destination)
    {
        int count = 0;
        foreach (float value in values)
        {
            destination[count] = value;
            count += value != 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>Values other than zero as FP16, which holds them exactly.</summary>
    /// <returns>How many.</returns>
    public static int CompactHalves(ReadOnlySpan<float> values, Span<ushort> destination)
    {
        int count = 0;
        foreach (float value in values)
        {
            destination[count] = HalfConversion.FromSingleBits(SingleBits.ToBits(value));
            count += value != 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>Codes of the values other than zero.</summary>
    /// <returns>How many.</returns>
    public static int Compact(ReadOnlySpan<float> values, ReadOnlySpan<byte> codes, Span<byte> destination)
    {
        int count = 0;
        for (int i = 0; i < values.Length; i++)
        {
            destination[count] = codes[i];
            count += values[i] != 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>Sets to zero what belongs to a value that is zero.</summary>
    public static void ClearZeros(ReadOnlySpan<float> values, Span<float> decoded)
    {
        for (int i = 0; i < values.Length; i++)
        {
            decoded[i] = values[i] != 0 ? decoded[i] : 0f;
        }
    }
}
