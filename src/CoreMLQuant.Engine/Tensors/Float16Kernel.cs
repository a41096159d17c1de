using System;
#if NET
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif

namespace CoreMLQuant.Tensors;

/// <summary>
/// FP32 tiles to FP16, and what it costs, in one pass. Finite values beyond FP16 saturate to the largest finite
/// FP16; infinities and NaN stay. With <c>keepNonZero</c>, a value too small for FP16 becomes the smallest subnormal
/// with its sign, because a small epsilon that turns into zero divides by zero later.
/// </summary>
internal static class Float16Kernel
{
    // coremltools treats the smallest FP32 subnormal as zero (its closeness test uses it as tolerance).
    private const uint SmallestSubnormalSingle = 1;

    /// <summary>Encodes a tile.</summary>
    /// <param name="source">FP32 values; the first one's index in its tensor is a multiple of 8.</param>
    /// <param name="destination">As many FP16 bit patterns.</param>
    /// <param name="keepNonZero">Whether underflow stops at the smallest subnormal.</param>
    /// <param name="meter">Takes the error.</param>
    public static void Encode(ReadOnlySpan<float> source, Span<ushort> destination, bool keepNonZero, ErrorMeter meter)
    {
        int done = 0;
#if NET
        if (Vector256.IsHardwareAccelerated && !keepNonZero)
        {
            done = EncodeVectors(source, destination, meter);
        }
#endif
        EncodeScalar(source.Slice(done), destination.Slice(done), keepNonZero, meter);
    }

    /// <summary>The reference: one value after the other.</summary>
    public static void EncodeScalar(ReadOnlySpan<float> source, Span<ushort> destination, bool keepNonZero, ErrorMeter meter)
    {
        for (int i = 0; i < source.Length; i++)
        {
            uint bits = SingleBits.ToBits(source[i]);
            ushort half = HalfConversion.FromSingleBits(bits);
            ushort sign = (ushort)(half & HalfConversion.SignBit);
            if ((half ^ sign) == HalfConversion.PositiveInfinity && !float.IsInfinity(source[i]))
            {
                half = (ushort)(sign | HalfConversion.MaxFinite);
            }
            else if (keepNonZero && half == sign && (bits & 0x7FFFFFFF) > SmallestSubnormalSingle)
            {
                half = (ushort)(sign | 1);
            }

            destination[i] = half;
            meter.Add(i % ErrorMeter.Lanes, source[i], HalfConversion.ToSingle(half));
        }
    }

#if NET
    /// <summary>Sixteen values at a time; returns how many were done.</summary>
    private static int EncodeVectors(ReadOnlySpan<float> source, Span<ushort> destination, ErrorMeter meter)
    {
        int count = source.Length & ~15;
        Vector256<double> signalLow = Vector256.Create<double>(meter.Signal), signalHigh = Vector256.Create<double>(meter.Signal.AsSpan(4));
        Vector256<double> noiseLow = Vector256.Create<double>(meter.Noise), noiseHigh = Vector256.Create<double>(meter.Noise.AsSpan(4));
        Vector256<float> max = Vector256.Create(meter.MaxAbsoluteError);
        Vector256<int> saturated = Vector256<int>.Zero, underflowed = Vector256<int>.Zero;
        ReadOnlySpan<Vector256<float>> input = MemoryMarshal.Cast<float, Vector256<float>>(source.Slice(0, count));
        Span<Vector256<ushort>> output = MemoryMarshal.Cast<ushort, Vector256<ushort>>(destination.Slice(0, count));
        for (int i = 0; i < output.Length; i++)
        {
            Vector256<uint> first = Convert(input[2 * i]);
            Vector256<uint> second = Convert(input[(2 * i) + 1]);
            output[i] = Vector256.Narrow(first, second);
        }

        signalLow.CopyTo(meter.Signal);
        signalHigh.CopyTo(meter.Signal, 4);
        noiseLow.CopyTo(meter.Noise);
        noiseHigh.CopyTo(meter.Noise, 4);
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
        {
            meter.MaxAbsoluteError = Math.Max(meter.MaxAbsoluteError, max[lane]);
        }

        // Masks are -1 where true.
        meter.Saturated -= Vector256.Sum(saturated);
        meter.Underflowed -= Vector256.Sum(underflowed);
        meter.Count += count;
        return count;

        Vector256<uint> Convert(Vector256<float> value)
        {
            Vector256<uint> bits = value.AsUInt32();
            Vector256<uint> sign = bits & Vector256.Create(0x80000000u);
            Vector256<uint> magnitude = bits ^ sign;
            Vector256<uint> subnormal = (magnitude.AsSingle() + Vector256.Create(0.5f)).AsUInt32() - Vector256.Create(126u << 23);
            Vector256<uint> odd = Vector256.ShiftRightLogical(magnitude, 13) & Vector256<uint>.One;
            Vector256<uint> normal = Vector256.ShiftRightLogical(magnitude - Vector256.Create((112u << 23) - 0xFFF) + odd, 13);
            Vector256<uint> half = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(113u << 23)), subnormal, normal);

            Vector256<uint> finite = Vector256.LessThan(magnitude, Vector256.Create(0x7F800000u));
            Vector256<uint> nan = Vector256.GreaterThan(magnitude, Vector256.Create(0x7F800000u));
            Vector256<uint> payload = Vector256.Max(
                Vector256.ShiftRightLogical(magnitude & Vector256.Create(0x7FFFFFu), 13) + Vector256.Create((uint)HalfConversion.PositiveInfinity),
                Vector256.Create(HalfConversion.PositiveInfinity + 1u));
            Vector256<uint> special = Vector256.ConditionalSelect(nan, payload, Vector256.Create((uint)HalfConversion.PositiveInfinity));
            // 65520 is the first value that rounds beyond the largest finite FP16.
            Vector256<uint> beyond = finite & Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(0x477FF000u));
            half = Vector256.ConditionalSelect(beyond, Vector256.Create((uint)HalfConversion.MaxFinite), half);
            half = Vector256.ConditionalSelect(finite, half, special);

            Vector256<float> back = Vector256.ShiftLeft(half, 13).AsSingle() * Vector256.Create(HalfConversion.HalfExponentScale);
            Vector256<float> signal = magnitude.AsSingle() & finite.AsSingle();
            Vector256<float> difference = Vector256.Abs(signal - back) & finite.AsSingle();
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(signal);
            signalLow += low * low;
            signalHigh += high * high;
            (low, high) = Vector256.Widen(difference);
            noiseLow += low * low;
            noiseHigh += high * high;
            max = Vector256.Max(max, difference);
            saturated += (Vector256.GreaterThan(magnitude, Vector256.Create(0x477FE000u)) & finite & Vector256.Equals(half, Vector256.Create((uint)HalfConversion.MaxFinite))).AsInt32();
            underflowed += (Vector256.Equals(half, Vector256<uint>.Zero) & Vector256.GreaterThan(magnitude, Vector256<uint>.Zero)).AsInt32();
            return half | Vector256.ShiftRightLogical(sign, 16);
        }
    }
#endif
}
