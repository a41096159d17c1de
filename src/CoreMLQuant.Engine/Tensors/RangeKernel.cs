using System;
using System.Numerics.Tensors;
#if NET
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif

namespace CoreMLQuant.Tensors;

/// <summary>The smallest and the largest of finite values, of which there is one at least. -0 is below +0.</summary>
internal static class RangeKernel
{
    /// <summary>Finds both.</summary>
    public static (float Min, float Max) Of(ReadOnlySpan<float> values)
    {
#if NET
        if (Vector256.IsHardwareAccelerated && values.Length >= Vector256<float>.Count)
        {
            // Of zeros, the native operations take either.
            (float min, float max) = OfVectors(values);
            if (min != 0 && max != 0)
            {
                return (min, max);
            }
        }
#endif
        return (TensorPrimitives.Min(values), TensorPrimitives.Max(values));
    }

#if NET
    [MethodImpl(HotLoop.Optimized)]
    private static (float Min, float Max) OfVectors(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(values);

        // The last eight may overlap with others, which does not matter here. Two of each, so that one need not wait for the other.
        Vector256<float> last = Vector256.Create(values.Slice(values.Length - Vector256<float>.Count));
        (Vector256<float> min, Vector256<float> max, Vector256<float> otherMin, Vector256<float> otherMax) = (last, last, last, last);
        int i = 0;
        for (; i < vectors.Length - 1; i += 2)
        {
            (Vector256<float> first, Vector256<float> second) = (vectors[i], vectors[i + 1]);
            min = Vector256.MinNative(min, first);
            max = Vector256.MaxNative(max, first);
            otherMin = Vector256.MinNative(otherMin, second);
            otherMax = Vector256.MaxNative(otherMax, second);
        }

        if (i < vectors.Length)
        {
            (otherMin, otherMax) = (Vector256.MinNative(otherMin, vectors[i]), Vector256.MaxNative(otherMax, vectors[i]));
        }

        (min, max) = (Vector256.MinNative(min, otherMin), Vector256.MaxNative(max, otherMax));
        (float least, float largest) = (min[0], max[0]);
        for (int lane = 1; lane < Vector256<float>.Count; lane++)
        {
            (least, largest) = (Math.Min(least, min[lane]), Math.Max(largest, max[lane]));
        }

        return (least, largest);
    }
#endif
}
