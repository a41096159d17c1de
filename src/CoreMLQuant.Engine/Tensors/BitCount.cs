using System;
using System.Runtime.InteropServices;

namespace CoreMLQuant.Tensors;

/// <summary>Counts bits.</summary>
internal static class BitCount
{
    /// <summary>Number of ones among the bits from <paramref name="start"/> on, bit 0 being the lowest of the first byte.</summary>
    /// <param name="bytes">The bits.</param>
    /// <param name="start">The first bit; 0 to 7.</param>
    /// <param name="length">Number of bits.</param>
    public static int Ones(ReadOnlySpan<byte> bytes, int start, int length)
    {
        if (length == 0)
        {
            return 0;
        }

        int end = start + length;
        int last = (end - 1) / 8;
        int outside = Ones(bytes[0] & ((1u << start) - 1)) + Ones((uint)bytes[last] >> (((end - 1) % 8) + 1));
        ReadOnlySpan<byte> all = bytes.Slice(0, last + 1);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(all);
        int ones = 0;
        foreach (ulong word in words)
        {
            ones += Ones(word);
        }

        foreach (byte rest in all.Slice(words.Length * sizeof(ulong)))
        {
            ones += Ones(rest);
        }

        return ones - outside;
    }

    private static int Ones(ulong word)
    {
#if NET
        return System.Numerics.BitOperations.PopCount(word);
#else
        // Sums of neighbouring bits, pairs and nibbles; the multiplication adds up the bytes in the highest one.
        word -= (word >> 1) & 0x5555555555555555;
        word = (word & 0x3333333333333333) + ((word >> 2) & 0x3333333333333333);
        return (int)((((word + (word >> 4)) & 0x0F0F0F0F0F0F0F0F) * 0x0101010101010101) >> 56);
#endif
    }
}
