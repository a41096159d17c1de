using System;
#if NET
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif

namespace CoreMLQuant.Tensors;

/// <summary>What has to be known of a weight before its compression can be planned: is everything finite, and how many zeros are there.</summary>
internal sealed class ValueScan
{
    private const int MagnitudeMask = 0x7FFFFFFF;
    private const int InfinityBits = 0x7F800000;

    private int _largest;

    /// <summary>Values that are plus or minus zero.</summary>
    public long ZeroCount { get; private set; }

    /// <summary>Whether there is an infinity or a NaN.</summary>
    public bool HasNonFinite => _largest >= InfinityBits;

    /// <summary>Largest magnitude; infinity or NaN when there are such values.</summary>
    public float MaxMagnitude => SingleBits.FromBits((uint)_largest);

    /// <summary>Looks at more values.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        int done = 0;
#if NET
        if (Vector256.IsHardwareAccelerated)
        {
            done = AddVectors(values);
        }
#endif
        foreach (float value in values.Slice(done))
        {
            int magnitude = (int)(SingleBits.ToBits(value) & MagnitudeMask);
            _largest = Math.Max(_largest, magnitude);
            ZeroCount += magnitude == 0 ? 1 : 0;
        }
    }

#if NET
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int AddVectors(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector256<int>> vectors = MemoryMarshal.Cast<float, Vector256<int>>(values);
        Vector256<int> largest = Vector256<int>.Zero, zeros = Vector256<int>.Zero;
        for (int i = 0; i < vectors.Length; i++)
        {
            // Magnitudes are not negative as integers, and their order is that of the values; NaN is above infinity.
            Vector256<int> magnitude = vectors[i] & Vector256.Create(MagnitudeMask);
            largest = Vector256.Max(largest, magnitude);
            zeros -= Vector256.Equals(magnitude, Vector256<int>.Zero);
        }

        for (int lane = 0; lane < Vector256<int>.Count; lane++)
        {
            _largest = Math.Max(_largest, largest[lane]);
            ZeroCount += zeros[lane];
        }

        return vectors.Length * Vector256<int>.Count;
    }
#endif
}
