using System;
using System.Runtime.CompilerServices;
#if NET
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// A table of evenly spaced entries from the least to the greatest value, bit for bit as coremltools makes it of FP32
/// weights: the range in FP32, step and entries in FP64, rounded once; indices in FP32, half to even.
/// </summary>
/// <remarks>
/// Where that fails - all values are equal and it divides by zero, or FP32 cannot hold the range - the range is FP64 and indices
/// are those of the nearest entry.
/// </remarks>
internal static class UniformTable
{
    // Adding it leaves no fraction in an FP32 below 2^22; the FPU rounds half to even.
    private const float Rounder = 12582912f;

    /// <summary>Makes the table.</summary>
    /// <param name="min">The least value, finite.</param>
    /// <param name="max">The greatest value, finite.</param>
    /// <param name="table">Takes 2 to 256 entries, ascending.</param>
    public static void Fill(float min, float max, Span<float> table)
    {
        double[] entries = Entries(min, max, table.Length);
        for (int i = 0; i < entries.Length; i++)
        {
            table[i] = (float)entries[i];
        }
    }

    /// <summary>The entries before they are rounded to a type.</summary>
    /// <param name="min">The least value, finite.</param>
    /// <param name="max">The greatest value, finite.</param>
    /// <param name="count">Number of entries, 2 to 256.</param>
    public static double[] Entries(float min, float max, int count)
    {
        double range = IsGuarded(min, max) ? (double)max - min : (float)(max - min), step = range / (count - 1);
        double[] entries = new double[count];
        for (int i = 0; i < count; i++)
        {
            entries[i] = (i * step) + min;
        }

        return entries;
    }

    /// <summary>Finds the index of each value.</summary>
    /// <param name="values">From <paramref name="min"/> to <paramref name="max"/>.</param>
    /// <param name="min">The least value.</param>
    /// <param name="max">The greatest value.</param>
    /// <param name="table">What <see cref="Fill"/> made of them.</param>
    /// <param name="indices">Takes an index for each value.</param>
    public static void Assign(ReadOnlySpan<float> values, float min, float max, ReadOnlySpan<float> table, Span<byte> indices)
    {
        if (IsGuarded(min, max))
        {
            NearestEntry.Assign(values, table, indices);
            return;
        }

        int done = 0;
#if NET
        if (Vector256.IsHardwareAccelerated)
        {
            done = AssignVectors(values, min, max - min, table.Length - 1, indices);
        }
#endif
        AssignScalar(values.Slice(done), min, max - min, table.Length - 1, indices.Slice(done));
    }

    /// <summary>Whether coremltools' arithmetic fails for the range.</summary>
    public static bool IsGuarded(float min, float max) => min == max || float.IsInfinity((float)(max - min));

    [MethodImpl(HotLoop.Optimized)]
    private static void AssignScalar(ReadOnlySpan<float> values, float min, float range, float steps, Span<byte> indices)
    {
        for (int i = 0; i < values.Length; i++)
        {
            float place = (float)((float)((float)(values[i] - min) / range) * steps);
            indices[i] = (byte)(float)((float)(place + Rounder) - Rounder);
        }
    }

#if NET
    // Thirty-two values at a time; returns how many were done.
    [MethodImpl(HotLoop.Optimized)]
    private static int AssignVectors(ReadOnlySpan<float> values, float min, float range, float steps, Span<byte> indices)
    {
        int count = Math.Min(values.Length, indices.Length) & ~31;
        ref float value = ref MemoryMarshal.GetReference(values);
        ref byte index = ref MemoryMarshal.GetReference(indices);
        Vector256<float> mins = Vector256.Create(min), ranges = Vector256.Create(range), levels = Vector256.Create(steps);
        for (int i = 0; i < count; i += 32)
        {
            Vector256<uint> first = Places(ref value, i, mins, ranges, levels), second = Places(ref value, i + 8, mins, ranges, levels);
            Vector256<uint> third = Places(ref value, i + 16, mins, ranges, levels), fourth = Places(ref value, i + 24, mins, ranges, levels);
            Vector256.Narrow(Vector256.Narrow(first, second), Vector256.Narrow(third, fourth)).StoreUnsafe(ref index, (nuint)i);
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Places(ref float value, int at, Vector256<float> min, Vector256<float> range, Vector256<float> steps)
    {
        // The sum's lowest bits are the rounded number.
        Vector256<float> place = (Vector256.LoadUnsafe(ref value, (nuint)at) - min) / range * steps;
        return (place + Vector256.Create(Rounder)).AsUInt32() & Vector256.Create(0xFFFFu);
    }
#endif
}
