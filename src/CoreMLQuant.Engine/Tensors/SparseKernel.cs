using System;
#if NET
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
#endif

namespace CoreMLQuant.Tensors;

/// <summary>
/// Keeps what is not zero. Every value is written and the position moves on only behind one that stays: no branch that
/// random weights would mispredict. Destinations have room for all values.
/// </summary>
internal static class SparseKernel
{
#if NET

    // For each pattern of eight values that stay, which ones go where.
    private static readonly Vector256<int>[] Moves = CreateMoves();
#endif

    /// <summary>One bit for each value, the first one lowest: whether it is other than zero. Spare bits are zero.</summary>
    /// <param name="values">The values.</param>
    /// <param name="mask">Takes a byte for every eight of them.</param>
    public static void Mask(ReadOnlySpan<float> values, Span<byte> mask)
    {
        int done = 0;
#if NET
        if (Vector256.IsHardwareAccelerated)
        {
            ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(values);
            for (int i = 0; i < vectors.Length; i++)
            {
                mask[i] = (byte)~Vector256.Equals(vectors[i], Vector256<float>.Zero).ExtractMostSignificantBits();
            }

            done = vectors.Length * 8;
        }
#endif
        for (int i = done; i < values.Length; i += 8)
        {
            int bits = 0;
            for (int j = i; j < Math.Min(i + 8, values.Length); j++)
            {
                bits |= values[j] != 0 ? 1 << (j - i) : 0;
            }

            mask[i / 8] = (byte)bits;
        }
    }

    /// <summary>Values other than zero, one after the other. May be the same memory.</summary>
    /// <returns>How many.</returns>
    public static int Compact(ReadOnlySpan<float> values, Span<float> destination)
    {
        int count = 0, done = 0;
#if NET
        if (Avx2.IsSupported)
        {
            ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(values);
            for (int i = 0; i < vectors.Length; i++)
            {
                Vector256<float> vector = vectors[i];
                uint kept = 0xFF & ~Vector256.Equals(vector, Vector256<float>.Zero).ExtractMostSignificantBits();
                Avx2.PermuteVar8x32(vector, Moves[kept]).CopyTo(destination.Slice(count, 8));
                count += System.Numerics.BitOperations.PopCount(kept);
            }

            done = vectors.Length * 8;
        }
#endif
        foreach (float value in values.Slice(done))
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

    /// <summary>What belongs to the values other than zero, such as their codes. May be the same memory.</summary>
    /// <returns>How many.</returns>
    public static int Compact<T>(ReadOnlySpan<float> values, ReadOnlySpan<T> codes, Span<T> destination)
        where T : struct
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

#if NET
    private static Vector256<int>[] CreateMoves()
    {
        var moves = new Vector256<int>[256];
        Span<int> from = stackalloc int[8];
        for (int kept = 0; kept < moves.Length; kept++)
        {
            from.Clear();
            int count = 0;
            for (int i = 0; i < 8; i++)
            {
                if ((kept & (1 << i)) != 0)
                {
                    from[count++] = i;
                }
            }

            moves[kept] = Vector256.Create<int>(from);
        }

        return moves;
    }
#endif
}
