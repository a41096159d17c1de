using System;
using System.Runtime.CompilerServices;
#if NET
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif

namespace CoreMLQuant.Tensors;

/// <summary>
/// Adds up in FP64 how far two tensors are apart. Within a call, element <c>i</c> goes into sum <c>i mod 8</c>; calls are added in
/// their order. So the scalar and the vectorised kernel, and any machine, get the same bits from the same calls. What is not
/// finite in the reference is left out; what is finite there and not in the other tensor is an infinite error.
/// </summary>
internal sealed class DifferenceMeter
{
    private const int Lanes = 8;
    private const int InfinityBits = 0x7F800000;
#if NET
    private const uint AllBits = (1u << Lanes) - 1;
#endif

    // Where the lanes of each sum begin.
    private const int SignalLanes = 0, NoiseLanes = Lanes, OtherLanes = 2 * Lanes, DotLanes = 3 * Lanes, AllLanes = 4 * Lanes;

    /// <summary>Sum of the squares of the reference.</summary>
    public double Signal { get; private set; }

    /// <summary>Sum of the squares of the differences.</summary>
    public double Noise { get; private set; }

    /// <summary>Sum of the squares of the other tensor.</summary>
    public double Other { get; private set; }

    /// <summary>Sum of the products.</summary>
    public double Dot { get; private set; }

    /// <summary>Largest absolute difference.</summary>
    public double MaxAbsoluteError { get; private set; }

    /// <summary>Largest finite magnitude of the reference.</summary>
    public float Peak { get; private set; }

    /// <summary>Values seen.</summary>
    public long Count { get; private set; }

    /// <summary>Zeros of the reference, of either sign.</summary>
    public long ReferenceZeros { get; private set; }

    /// <summary>Zeros of the other tensor.</summary>
    public long DifferenceZeros { get; private set; }

    /// <summary>Infinities and NaN of the reference.</summary>
    public long ReferenceNonFinite { get; private set; }

    /// <summary>Infinities and NaN of the other tensor.</summary>
    public long DifferenceNonFinite { get; private set; }

    /// <summary>Finite values beyond FP16 that are FP16's largest, or not finite, in the other tensor.</summary>
    public long Overflowed { get; private set; }

    /// <summary>Values other than zero that FP16 rounds to zero, and that are zero in the other tensor.</summary>
    public long Underflowed { get; private set; }

    /// <summary>Adds the next values of both.</summary>
    /// <returns>The sums of squares of these values and of their differences.</returns>
    public (double Signal, double Noise) Add(ReadOnlySpan<float> reference, ReadOnlySpan<float> difference)
    {
        Span<double> lanes = stackalloc double[AllLanes];
        lanes.Clear();
        int done = 0;
#if NET
        if (Vector256.IsHardwareAccelerated)
        {
            // Groups with values that FP16 loses, or that are not finite, are rare and go one by one.
            int whole = reference.Length / Lanes * Lanes;
            while ((done += AddVectors(reference.Slice(done), difference.Slice(done), lanes)) < whole)
            {
                AddScalars(reference.Slice(done, Lanes), difference.Slice(done, Lanes), lanes);
                done += Lanes;
            }
        }
#endif
        AddScalars(reference.Slice(done), difference.Slice(done), lanes);
        (double signal, double noise) = (Sum(lanes, SignalLanes), Sum(lanes, NoiseLanes));
        Count += reference.Length;
        Signal += signal;
        Noise += noise;
        Other += Sum(lanes, OtherLanes);
        Dot += Sum(lanes, DotLanes);
        return (signal, noise);
    }

    /// <summary>Adds what was seen of the values that follow.</summary>
    public void Add(DifferenceMeter next)
    {
        Signal += next.Signal;
        Noise += next.Noise;
        Other += next.Other;
        Dot += next.Dot;
        MaxAbsoluteError = Math.Max(MaxAbsoluteError, next.MaxAbsoluteError);
        Peak = Math.Max(Peak, next.Peak);
        Count += next.Count;
        ReferenceZeros += next.ReferenceZeros;
        DifferenceZeros += next.DifferenceZeros;
        ReferenceNonFinite += next.ReferenceNonFinite;
        DifferenceNonFinite += next.DifferenceNonFinite;
        Overflowed += next.Overflowed;
        Underflowed += next.Underflowed;
    }

    [MethodImpl(HotLoop.Optimized)]
    private void AddScalars(ReadOnlySpan<float> reference, ReadOnlySpan<float> difference, Span<double> lanes)
    {
        for (int i = 0; i < reference.Length; i++)
        {
            AddOne(i % Lanes, reference[i], difference[i], lanes);
        }
    }

    private void AddOne(int lane, float value, float other, Span<double> lanes)
    {
        bool isFinite = IsFinite(other);
        DifferenceNonFinite += isFinite ? 0 : 1;
        DifferenceZeros += other == 0 ? 1 : 0;
        if (!IsFinite(value))
        {
            ReferenceNonFinite++;
            return;
        }

        float magnitude = Math.Abs(value);
        Peak = Math.Max(Peak, magnitude);
        ReferenceZeros += magnitude == 0 ? 1 : 0;
        Overflowed += magnitude >= HalfConversion.FirstUnrepresentable && !(Math.Abs(other) < HalfConversion.MaxValue) ? 1 : 0;
        Underflowed += magnitude is > 0 and <= HalfConversion.LargestUnderflow && other == 0 ? 1 : 0;
        double exact = value, found = other;
        lanes[SignalLanes + lane] += exact * exact;
        if (!isFinite)
        {
            lanes[NoiseLanes + lane] = double.PositiveInfinity;
            MaxAbsoluteError = double.PositiveInfinity;
            return;
        }

        double error = exact - found;
        lanes[NoiseLanes + lane] += error * error;
        lanes[OtherLanes + lane] += found * found;
        lanes[DotLanes + lane] += exact * found;
        MaxAbsoluteError = Math.Max(MaxAbsoluteError, Math.Abs(error));
    }

    private static bool IsFinite(float value) => (SingleBits.ToBits(value) & InfinityBits) != InfinityBits;

    private static double Sum(ReadOnlySpan<double> lanes, int start)
    {
        double sum = 0;
        foreach (double lane in lanes.Slice(start, Lanes))
        {
            sum += lane;
        }

        return sum;
    }

#if NET
    /// <summary>Adds eight values at a time, up to the first group with a value that FP16 loses or that is not finite.</summary>
    /// <returns>Number of values added.</returns>
    [MethodImpl(HotLoop.Optimized)]
    private int AddVectors(ReadOnlySpan<float> reference, ReadOnlySpan<float> difference, Span<double> lanes)
    {
        ReadOnlySpan<Vector256<float>> before = MemoryMarshal.Cast<float, Vector256<float>>(reference);
        ReadOnlySpan<Vector256<float>> after = MemoryMarshal.Cast<float, Vector256<float>>(difference.Slice(0, before.Length * Lanes));
        Span<Vector256<double>> sums = MemoryMarshal.Cast<double, Vector256<double>>(lanes);
        Vector256<double> signal0 = sums[0], signal4 = sums[1], noise0 = sums[2], noise4 = sums[3];
        Vector256<double> other0 = sums[4], other4 = sums[5], dot0 = sums[6], dot4 = sums[7], largest = default;
        Vector256<float> peak = default;
        int zeros = 0, otherZeros = 0, i = 0;
        for (; i < before.Length; i++)
        {
            Vector256<float> value = before[i], other = after[i], magnitude = Vector256.Abs(value), isZero = Vector256.Equals(value, Vector256<float>.Zero);
            Vector256<float> isUsual = Vector256.LessThan(magnitude, Vector256.Create(HalfConversion.FirstUnrepresentable))
                & (Vector256.GreaterThan(magnitude, Vector256.Create(HalfConversion.LargestUnderflow)) | isZero)
                & Vector256.Equals(other - other, Vector256<float>.Zero);
            if (Vector256.ExtractMostSignificantBits(isUsual) != AllBits)
            {
                break;
            }

            // Zeros are counted outside the vector registers, and one half goes after the other, so that all sums stay in registers.
            peak = Vector256.MaxNative(peak, magnitude);
            zeros += BitOperations.PopCount(Vector256.ExtractMostSignificantBits(isZero));
            otherZeros += BitOperations.PopCount(Vector256.ExtractMostSignificantBits(Vector256.Equals(other, Vector256<float>.Zero)));

            // Products of two FP32 values are exact in FP64, so it does not matter whether their sums use fused operations.
            Vector256<double> exact = Vector256.WidenLower(value), found = Vector256.WidenLower(other), error = exact - found;
            signal0 = Vector256.MultiplyAddEstimate(exact, exact, signal0);
            other0 = Vector256.MultiplyAddEstimate(found, found, other0);
            dot0 = Vector256.MultiplyAddEstimate(exact, found, dot0);
            noise0 += error * error;
            largest = Vector256.MaxNative(largest, Vector256.Abs(error));
            (exact, found) = (Vector256.WidenUpper(value), Vector256.WidenUpper(other));
            error = exact - found;
            signal4 = Vector256.MultiplyAddEstimate(exact, exact, signal4);
            other4 = Vector256.MultiplyAddEstimate(found, found, other4);
            dot4 = Vector256.MultiplyAddEstimate(exact, found, dot4);
            noise4 += error * error;
            largest = Vector256.MaxNative(largest, Vector256.Abs(error));
        }

        ReferenceZeros += zeros;
        DifferenceZeros += otherZeros;
        (sums[0], sums[1], sums[2], sums[3]) = (signal0, signal4, noise0, noise4);
        (sums[4], sums[5], sums[6], sums[7]) = (other0, other4, dot0, dot4);
        for (int lane = 0; lane < Lanes; lane++)
        {
            Peak = Math.Max(Peak, peak[lane]);
            MaxAbsoluteError = Math.Max(MaxAbsoluteError, largest[lane % Vector256<double>.Count]);
        }

        return i * Lanes;
    }
#endif
}
