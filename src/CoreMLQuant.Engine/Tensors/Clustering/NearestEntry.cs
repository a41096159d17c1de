using System;
using System.Runtime.CompilerServices;
#if NET
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// Values to the index of the nearest entry of a table. An entry's realm ends halfway to the next one, so the index is the number
/// of borders that a value has reached; borders are the first FP32 value beyond the middle. FP64 holds the middle of two entries less
/// than 2^29 apart; what it rounds away for others is taken into account. So the nearest entry is exact, and every path finds the same.
/// </summary>
internal static class NearestEntry
{
    /// <summary>The largest table.</summary>
    public const int MaxEntries = 256;

    // Up to here, comparing with all borders at once beats looking up where to begin.
    private const int MostForVectors = 64;

    private const int Buckets = 2048;

    // Halving all borders takes eight steps.
    private const int MostInBucket = 4;

    // Below this, preparing a lookup costs more than it saves.
    private const int FewValues = 512;

    /// <summary>Finds the entries.</summary>
    /// <param name="values">Any; infinities go to the first and the last entry, NaN to index 0.</param>
    /// <param name="table">1 to 256 finite entries, ascending; of equal entries the first is used.</param>
    /// <param name="indices">Takes an index for each value: of the nearest entry, of two equally near ones the lower.</param>
    public static void Assign(ReadOnlySpan<float> values, ReadOnlySpan<float> table, Span<byte> indices)
    {
        // Beyond the last border stands NaN, which no value reaches.
        Span<float> borders = stackalloc float[MaxEntries];
        Span<byte> entries = stackalloc byte[MaxEntries];
        borders.Fill(float.NaN);
        int count = FindBorders(table, borders, entries), done = 0;
#if NET
        if (Vector256.IsHardwareAccelerated && table.Length <= MostForVectors)
        {
            done = CountVectors(values, borders.Slice(0, count), indices);
        }
#endif
        ReadOnlySpan<float> rest = values.Slice(done);
        if (rest.Length < FewValues || count == 0 || !Lookup(rest, borders, count, indices.Slice(done)))
        {
            Search(rest, borders, count, indices.Slice(done));
        }

        if (count + 1 < table.Length)
        {
            for (int i = 0; i < values.Length; i++)
            {
                indices[i] = entries[indices[i]];
            }
        }
    }

    /// <summary>The reference: one border after the other.</summary>
    public static byte AssignOne(float value, ReadOnlySpan<float> table)
    {
        byte index = 0;
        for (int i = 1; i < table.Length; i++)
        {
            if (table[i] != table[index] && IsBeyondMiddle(value, table[index], table[i]))
            {
                index = (byte)i;
            }
        }

        return index;
    }

    // No FP32 value lies between the exact middle and its rounding to FP64, so what was rounded away matters only to a value that is equal.
    private static bool IsBeyondMiddle(float value, float low, float high)
    {
        double sum = (double)low + high, middle = sum / 2;
        return value > middle || (value == middle && RoundedAway(low, high, sum) < 0);
    }

    // What the exact sum is more than its rounding; Knuth's two-sum, The Art of Computer Programming 2, 4.2.2.
    private static double RoundedAway(double low, double high, double sum)
    {
        double highPart = sum - low;
        return low - (sum - highPart) + (high - highPart);
    }

    // Borders between distinct entries, and where each distinct entry stands in the table. Returns the number of borders.
    private static int FindBorders(ReadOnlySpan<float> table, Span<float> borders, Span<byte> entries)
    {
        int count = 0;
        entries[0] = 0;
        for (int i = 1; i < table.Length; i++)
        {
            if (table[i] != table[i - 1])
            {
                borders[count++] = FirstBeyondMiddle(table[i - 1], table[i]);
                entries[count] = (byte)i;
            }
        }

        return count;
    }

    private static float FirstBeyondMiddle(float low, float high)
    {
        float near = (float)(((double)low + high) / 2);
        return IsBeyondMiddle(near, low, high) ? near : Next(near);
    }

    private static float Next(float value)
    {
        uint bits = SingleBits.ToBits(value);
        return value == 0 ? float.Epsilon : SingleBits.FromBits(value > 0 ? bits + 1 : bits - 1);
    }

    // Halving, in as many steps for every value: a step is an addition, not a jump that is guessed wrong half of the time.
    [MethodImpl(HotLoop.Optimized)]
    private static void Search(ReadOnlySpan<float> values, ReadOnlySpan<float> borders, int count, Span<byte> indices)
    {
        int half = 1;
        while (half <= count / 2)
        {
            half *= 2;
        }

        for (int i = 0; i < values.Length; i++)
        {
            int index = 0;
            for (int step = half; step > 0; step /= 2)
            {
                index += values[i] >= borders[index + step - 1] ? step : 0;
            }

            indices[i] = (byte)index;
        }
    }

    /// <summary>
    /// Cuts the range of the borders into equal buckets and remembers how many borders lie in buckets before each one; only those in the
    /// value's own bucket are left to compare. A value's bucket never decreases with the value, however the arithmetic rounds.
    /// </summary>
    /// <returns>Whether few enough borders share a bucket; if not, nothing was done.</returns>
    [MethodImpl(HotLoop.Optimized)]
    private static bool Lookup(ReadOnlySpan<float> values, ReadOnlySpan<float> borders, int count, Span<byte> indices)
    {
        double low = borders[0], scale = (Buckets - 1) / (borders[count - 1] - low);
        if (!(scale < double.MaxValue))
        {
            return false;
        }

        Span<byte> before = stackalloc byte[Buckets];
        int bucket = 0, most = 0;
        for (int i = 0, same = 0; i < count; i++)
        {
            int own = BucketOf(borders[i], low, scale);
            same = own >= bucket ? 1 : same + 1;
            most = Math.Max(most, same);
            for (; bucket <= own; bucket++)
            {
                before[bucket] = (byte)i;
            }
        }

        if (most > MostInBucket)
        {
            return false;
        }

        before.Slice(bucket).Fill((byte)count);
        for (int i = 0; i < values.Length; i++)
        {
            int index = before[BucketOf(values[i], low, scale)];
            for (int step = 0; step < most; step++)
            {
                index += values[i] >= borders[index] ? 1 : 0;
            }

            indices[i] = (byte)index;
        }

        return true;
    }

    // NaN and what lies below go to the first bucket, what lies above to the last.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int BucketOf(float value, double low, double scale)
    {
        double place = (value - low) * scale;
        return place > 0 ? (place < Buckets - 1 ? (int)place : Buckets - 1) : 0;
    }

#if NET
    // Thirty-two values against each border; returns how many were done. Masks are all ones, which is -1.
    [MethodImpl(HotLoop.Optimized)]
    private static int CountVectors(ReadOnlySpan<float> values, ReadOnlySpan<float> borders, Span<byte> indices)
    {
        int count = Math.Min(values.Length, indices.Length) & ~31;
        ref float value = ref MemoryMarshal.GetReference(values);
        ref byte index = ref MemoryMarshal.GetReference(indices);
        for (int i = 0; i < count; i += 32)
        {
            Vector256<float> v0 = Vector256.LoadUnsafe(ref value, (nuint)i), v1 = Vector256.LoadUnsafe(ref value, (nuint)i + 8);
            Vector256<float> v2 = Vector256.LoadUnsafe(ref value, (nuint)i + 16), v3 = Vector256.LoadUnsafe(ref value, (nuint)i + 24);
            Vector256<int> n0 = Vector256<int>.Zero, n1 = n0, n2 = n0, n3 = n0;
            foreach (float at in borders)
            {
                Vector256<float> border = Vector256.Create(at);
                n0 -= Vector256.GreaterThanOrEqual(v0, border).AsInt32();
                n1 -= Vector256.GreaterThanOrEqual(v1, border).AsInt32();
                n2 -= Vector256.GreaterThanOrEqual(v2, border).AsInt32();
                n3 -= Vector256.GreaterThanOrEqual(v3, border).AsInt32();
            }

            Vector256<ushort> low = Vector256.Narrow(n0.AsUInt32(), n1.AsUInt32()), high = Vector256.Narrow(n2.AsUInt32(), n3.AsUInt32());
            Vector256.Narrow(low, high).StoreUnsafe(ref index, (nuint)i);
        }

        return count;
    }
#endif
}
