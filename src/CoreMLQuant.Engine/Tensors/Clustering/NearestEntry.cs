using System;
using System.Buffers;
using System.Runtime.CompilerServices;
#if NET
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif

namespace CoreMLQuant.Tensors;

/// <summary>
/// Values to the index of the nearest entry of a table. An entry's realm ends halfway to the next one, so the index is the number
/// of borders that a value has reached; borders are the first FP32 value beyond the middle, which FP64 holds exactly (up to 2^29
/// between the entries). So there is nothing to round, and every path finds the same.
/// </summary>
internal static class NearestEntry
{
    /// <summary>The largest table.</summary>
    public const int MaxEntries = 256;

    // Up to here, comparing with all borders at once beats looking up where to begin.
    private const int MostForVectors = 64;

    // Below this, preparing a lookup costs more than it saves.
    private const int FewValues = 512;

    /// <summary>Finds the entries.</summary>
    /// <param name="values">Any; infinities go to the first and the last entry, NaN to index 0.</param>
    /// <param name="table">1 to 256 finite entries, ascending; of equal entries the first is used.</param>
    /// <param name="indices">Takes an index for each value: of the nearest entry, of two equally near ones the lower.</param>
    public static void Assign(ReadOnlySpan<float> values, ReadOnlySpan<float> table, Span<byte> indices)
    {
        Span<float> borders = stackalloc float[MaxEntries];
        Span<byte> entries = stackalloc byte[MaxEntries];
        int count = FindBorders(table, borders, entries);
        borders = borders.Slice(0, count);
        int done = 0;
#if NET
        if (Vector256.IsHardwareAccelerated && table.Length <= MostForVectors)
        {
            done = CountVectors(values, borders, indices);
        }
#endif
        if (done < values.Length)
        {
            if (values.Length - done < FewValues)
            {
                Search(values.Slice(done), borders, indices.Slice(done));
            }
            else
            {
                Lookup(values.Slice(done), borders, indices.Slice(done));
            }
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
            if (table[i] != table[index] && value > Middle(table[index], table[i]))
            {
                index = (byte)i;
            }
        }

        return index;
    }

    private static double Middle(float low, float high) => ((double)low + high) / 2;

    // Borders between distinct entries, and where each distinct entry stands in the table. Returns the number of borders.
    private static int FindBorders(ReadOnlySpan<float> table, Span<float> borders, Span<byte> entries)
    {
        int count = 0;
        entries[0] = 0;
        for (int i = 1; i < table.Length; i++)
        {
            if (table[i] != table[i - 1])
            {
                borders[count++] = FirstBeyond(Middle(table[i - 1], table[i]));
                entries[count] = (byte)i;
            }
        }

        return count;
    }

    // The smallest FP32 value greater than a finite number within its range.
    private static float FirstBeyond(double bound)
    {
        float near = (float)bound;
        if (near > bound)
        {
            return near;
        }

        uint bits = SingleBits.ToBits(near);
        return near == 0 ? float.Epsilon : SingleBits.FromBits(near > 0 ? bits + 1 : bits - 1);
    }

    private static void Search(ReadOnlySpan<float> values, ReadOnlySpan<float> borders, Span<byte> indices)
    {
        for (int i = 0; i < values.Length; i++)
        {
            int low = 0, high = borders.Length;
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = values[i] >= borders[middle] ? (middle + 1, high) : (low, middle);
            }

            indices[i] = (byte)low;
        }
    }

    /// <summary>
    /// Cuts the range of the borders into equal buckets and remembers how many borders lie in buckets before each one; only those
    /// in the value's own bucket are then compared. A value's bucket never decreases with the value, however the arithmetic rounds.
    /// </summary>
    [MethodImpl(HotLoop.Optimized)]
    private static void Lookup(ReadOnlySpan<float> values, ReadOnlySpan<float> borders, Span<byte> indices)
    {
        if (borders.IsEmpty)
        {
            indices.Slice(0, values.Length).Clear();
            return;
        }

        const int Buckets = 2048;
        float lowest = borders[0], highest = borders[borders.Length - 1];
        double scale = (Buckets - 1) / Math.Max((double)highest - lowest, double.Epsilon);
        scale = double.IsInfinity(scale) ? 0 : scale;
        byte[] before = ArrayPool<byte>.Shared.Rent(Buckets + 1);
        int bucket = 0;
        for (int i = 0; i < borders.Length; i++)
        {
            for (int end = (int)((borders[i] - (double)lowest) * scale); bucket <= end; bucket++)
            {
                before[bucket] = (byte)i;
            }
        }

        for (; bucket <= Buckets; bucket++)
        {
            before[bucket] = (byte)borders.Length;
        }

        byte last = (byte)borders.Length;
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            if (!(value >= lowest))
            {
                indices[i] = 0; // NaN as well.
            }
            else if (value >= highest)
            {
                indices[i] = last;
            }
            else
            {
                int at = (int)((value - (double)lowest) * scale);
                int index = before[at], end = before[at + 1];
                while (index < end && value >= borders[index])
                {
                    index++;
                }

                indices[i] = (byte)index;
            }
        }

        ArrayPool<byte>.Shared.Return(before);
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
