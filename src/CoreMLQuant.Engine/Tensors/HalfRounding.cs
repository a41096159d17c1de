using System;
#if NET
using System.Numerics.Tensors;
#endif

namespace CoreMLQuant.Tensors;

/// <summary>FP32 values rounded to what FP16 can hold, as a decoder with FP16 output does.</summary>
internal static class HalfRounding
{
    /// <summary>Rounds in place, to nearest, ties to even; what is beyond FP16 becomes infinity.</summary>
    public static void Round(Span<float> values)
    {
        int done = 0;
#if NET
        // The framework's conversion is vectorised; NaN apart, which a decoder's products of finite numbers are not, it gives the same bits.
        Half[] halves = System.Buffers.ArrayPool<Half>.Shared.Rent(Math.Max(values.Length, 1));
        TensorPrimitives.ConvertToHalf(values, halves);
        TensorPrimitives.ConvertToSingle(halves.AsSpan(0, values.Length), values);
        System.Buffers.ArrayPool<Half>.Shared.Return(halves);
        done = values.Length;
#endif
        for (int i = done; i < values.Length; i++)
        {
            values[i] = HalfConversion.ToSingle(HalfConversion.FromSingleBits(SingleBits.ToBits(values[i])));
        }
    }

    /// <summary>Reads FP16 bit patterns.</summary>
    public static void Widen(ReadOnlySpan<ushort> halves, Span<float> values)
    {
#if NET
        TensorPrimitives.ConvertToSingle(System.Runtime.InteropServices.MemoryMarshal.Cast<ushort, Half>(halves), values);
#else
        for (int i = 0; i < halves.Length; i++)
        {
            values[i] = HalfConversion.ToSingle(halves[i]);
        }
#endif
    }
}
