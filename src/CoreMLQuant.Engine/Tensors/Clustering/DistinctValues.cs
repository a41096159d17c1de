using System;
using System.Runtime.CompilerServices;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>Sorts FP32 values and merges equal ones, by their bits: time proportional to their number.</summary>
internal static class DistinctValues
{
    private const int DigitBits = 11;
    private const int Digits = 3;
    private const int Radix = 1 << DigitBits;

    /// <summary>Below this, insertion is faster than counting digits.</summary>
    private const int FewValues = 64;

    /// <summary>Finds the distinct values.</summary>
    /// <param name="values">Finite, in any order; -0 counts as +0.</param>
    /// <param name="distinct">Takes them, ascending; as long as <paramref name="values"/>.</param>
    /// <param name="counts">Takes how often each occurs; as long as <paramref name="values"/>.</param>
    /// <returns>How many there are.</returns>
    public static int Find(ReadOnlySpan<float> values, Span<double> distinct, Span<double> counts)
    {
        uint[] keys = ScratchArray.Rent<uint>(values.Length), scratch = ScratchArray.Rent<uint>(values.Length);
        try
        {
            ToKeys(values, keys);
            return Merge(Sort(keys, scratch, values.Length), values.Length, distinct, counts);
        }
        finally
        {
            ScratchArray.Return(keys);
            ScratchArray.Return(scratch);
        }
    }

    /// <summary>An integer in the order of the values; -0 and +0 give the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ToKey(float value)
    {
        // Adding +0 turns -0 into +0 and nothing else into anything else.
        uint bits = SingleBits.ToBits(value + 0f);
        return bits ^ ((uint)((int)bits >> 31) | 0x80000000);
    }

    /// <summary>The keys of values.</summary>
    [MethodImpl(HotLoop.Optimized)]
    public static void ToKeys(ReadOnlySpan<float> values, Span<uint> keys)
    {
        for (int i = 0; i < values.Length; i++)
        {
            keys[i] = ToKey(values[i]);
        }
    }

    /// <summary>The value of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FromKey(uint key) => SingleBits.FromBits(key ^ (~(uint)((int)key >> 31) | 0x80000000));

    /// <summary>Sorts the first <paramref name="count"/> keys, least significant digit first; returns the array that holds them.</summary>
    [MethodImpl(HotLoop.Optimized)]
    public static uint[] Sort(uint[] keys, uint[] scratch, int count)
    {
        if (count <= FewValues)
        {
            Array.Sort(keys, 0, count);
            return keys;
        }

        int[] rented = ScratchArray.Rent<int>(Digits * Radix);
        Span<int> low = rented.AsSpan(0, Radix), middle = rented.AsSpan(Radix, Radix), high = rented.AsSpan(2 * Radix, Radix);
        rented.AsSpan(0, Digits * Radix).Clear();
        for (int i = 0; i < count; i++)
        {
            uint key = keys[i];
            low[(int)(key & (Radix - 1))]++;
            middle[(int)((key >> DigitBits) & (Radix - 1))]++;
            high[(int)(key >> (2 * DigitBits))]++;
        }

        for (int digit = 0; digit < Digits; digit++)
        {
            int shift = digit * DigitBits;
            Span<int> next = rented.AsSpan(digit * Radix, Radix);
            if (next[(int)((keys[0] >> shift) & (Radix - 1))] == count)
            {
                continue; // All keys have this digit.
            }

            int begin = 0;
            for (int i = 0; i < Radix; i++)
            {
                int length = next[i];
                next[i] = begin;
                begin += length;
            }

            for (int i = 0; i < count; i++)
            {
                uint key = keys[i];
                scratch[next[(int)((key >> shift) & (Radix - 1))]++] = key;
            }

            (keys, scratch) = (scratch, keys);
        }

        ScratchArray.Return(rented);
        return keys;
    }

    [MethodImpl(HotLoop.Optimized)]
    private static int Merge(uint[] sorted, int count, Span<double> distinct, Span<double> counts)
    {
        int found = 0;
        for (int i = 0; i < count;)
        {
            uint key = sorted[i];
            int begin = i;
            do
            {
                i++;
            }
            while (i < count && sorted[i] == key);
            distinct[found] = FromKey(key);
            counts[found++] = i - begin;
        }

        return found;
    }
}
