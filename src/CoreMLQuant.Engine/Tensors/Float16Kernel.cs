using System;
#if NET
using System.Runtime.CompilerServices;
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
#if NET

    // Bits of 65520, the first magnitude that rounds to infinity; infinity and NaN are above it as well.
    private const uint FirstUnrepresentable = 0x477FF000;

    // Values that are encoded at a time: the halves of two vectors are one.
    private const int Group = 16;
#endif

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
            // Groups with a value that FP16 cannot hold (infinity, NaN, overflow) are rare and go one by one.
            int whole = source.Length / Group * Group;
            while ((done += EncodeVectors(source.Slice(done), destination.Slice(done), meter)) < whole)
            {
                EncodeScalar(source.Slice(done, Group), destination.Slice(done, Group), false, meter);
                done += Group;
            }
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
    /// <summary>
    /// Encodes sixteen values at a time, up to the first group with one that FP16 cannot hold. Local variables, not fields or captured ones, so that the sums stay
    /// in registers; optimized at once, because the first call already has megabytes to do.
    /// </summary>
    /// <returns>Number of values encoded.</returns>
    [MethodImpl(HotLoop.Optimized)]
    private static int EncodeVectors(ReadOnlySpan<float> source, Span<ushort> destination, ErrorMeter meter)
    {
        int count = source.Length / Group * Group;
        ReadOnlySpan<Vector256<float>> input = MemoryMarshal.Cast<float, Vector256<float>>(source.Slice(0, count));
        Span<Vector256<ushort>> output = MemoryMarshal.Cast<ushort, Vector256<ushort>>(destination.Slice(0, count));
        Vector256<double> signal0 = Vector256.Create<double>(meter.Signal), signal4 = Vector256.Create<double>(meter.Signal.AsSpan(4));
        Vector256<double> noise0 = Vector256.Create<double>(meter.Noise), noise4 = Vector256.Create<double>(meter.Noise.AsSpan(4));
        Vector256<float> max = Vector256.Create(meter.MaxAbsoluteError);
        Vector256<uint> underflowed = Vector256<uint>.Zero;
        Vector256<float> absolute = Vector256.Create(0x7FFFFFFFu).AsSingle();
        int i = 0;
        for (; i < output.Length; i++)
        {
            Vector256<float> first = input[2 * i], second = input[(2 * i) + 1], signal = first & absolute;
            if (Vector256.GreaterThanOrEqualAny(Vector256.Max(signal.AsUInt32(), (second & absolute).AsUInt32()), Vector256.Create(FirstUnrepresentable)))
            {
                break;
            }

            // One vector after the other, so that all sums stay in registers. The square of an FP32 value is exact in FP64, so it does not matter whether they use fused operations.
            Vector256<uint> half = ToHalf(signal);
            Vector256<float> noise = (signal - ToSingle(half)) & absolute;
            signal0 = AddSquares(Vector256.WidenLower(signal), signal0);
            signal4 = AddSquares(Vector256.WidenUpper(signal), signal4);
            noise0 = AddSquares(Vector256.WidenLower(noise), noise0);
            noise4 = AddSquares(Vector256.WidenUpper(noise), noise4);
            max = Vector256.MaxNative(max, noise);

            // Masks are all ones, which is -1.
            underflowed -= Vector256.AndNot(Vector256.Equals(half, Vector256<uint>.Zero), Vector256.Equals(signal.AsUInt32(), Vector256<uint>.Zero));
            Vector256<uint> firstHalf = half | Vector256.ShiftRightLogical(first.AsUInt32() ^ signal.AsUInt32(), 16);

            signal = second & absolute;
            half = ToHalf(signal);
            noise = (signal - ToSingle(half)) & absolute;
            signal0 = AddSquares(Vector256.WidenLower(signal), signal0);
            signal4 = AddSquares(Vector256.WidenUpper(signal), signal4);
            noise0 = AddSquares(Vector256.WidenLower(noise), noise0);
            noise4 = AddSquares(Vector256.WidenUpper(noise), noise4);
            max = Vector256.MaxNative(max, noise);
            underflowed -= Vector256.AndNot(Vector256.Equals(half, Vector256<uint>.Zero), Vector256.Equals(signal.AsUInt32(), Vector256<uint>.Zero));
            output[i] = Vector256.Narrow(firstHalf, half | Vector256.ShiftRightLogical(second.AsUInt32() ^ signal.AsUInt32(), 16));
        }

        signal0.CopyTo(meter.Signal);
        signal4.CopyTo(meter.Signal, 4);
        noise0.CopyTo(meter.Noise);
        noise4.CopyTo(meter.Noise, 4);
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
        {
            meter.MaxAbsoluteError = Math.Max(meter.MaxAbsoluteError, max[lane]);
        }

        meter.Underflowed += Vector256.Sum(underflowed);
        meter.Count += i * Group;
        return i * Group;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> AddSquares(Vector256<double> values, Vector256<double> sums) => Vector256.MultiplyAddEstimate(values, values, sums);

    /// <summary>FP16 magnitudes of FP32 magnitudes below 65520; as <see cref="HalfConversion.FromSingleBits"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> ToHalf(Vector256<float> magnitude)
    {
        Vector256<uint> bits = magnitude.AsUInt32();
        Vector256<uint> subnormal = (magnitude + Vector256.Create(0.5f)).AsUInt32() - Vector256.Create(126u << 23);
        Vector256<uint> odd = Vector256.ShiftRightLogical(bits, 13) & Vector256<uint>.One;
        Vector256<uint> normal = Vector256.ShiftRightLogical(bits - Vector256.Create((112u << 23) - 0xFFF) + odd, 13);
        // Below 2^31 a signed comparison is the same and needs one instruction.
        Vector256<int> isSubnormal = Vector256.LessThan(bits.AsInt32(), Vector256.Create(113 << 23));
        return Vector256.ConditionalSelect(isSubnormal.AsUInt32(), subnormal, normal);
    }

    /// <summary>FP32 magnitudes of finite FP16 magnitudes; exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> ToSingle(Vector256<uint> half) =>
        Vector256.ShiftLeft(half, 13).AsSingle() * Vector256.Create(HalfConversion.HalfExponentScale);
#endif
}
