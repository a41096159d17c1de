using System;
#if NET
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif

namespace CoreMLQuant.Tensors;

/// <summary>
/// Adds up what a conversion costs. Eight running sums, element <c>i</c> in sum <c>i mod 8</c>, so that the scalar and
/// the vectorised kernel, and any machine, add in the same order and get the same bits.
/// </summary>
internal sealed class ErrorMeter
{
    /// <summary>Number of running sums.</summary>
    public const int Lanes = 8;

    /// <summary>Sums of squares of the source, by lane.</summary>
    public double[] Signal { get; } = new double[Lanes];

    /// <summary>Sums of squares of the differences, by lane.</summary>
    public double[] Noise { get; } = new double[Lanes];

    /// <summary>Largest absolute difference.</summary>
    public float MaxAbsoluteError { get; set; }

    /// <summary>Finite values that would have become infinity and were saturated.</summary>
    public long Saturated { get; set; }

    /// <summary>Non-zero values that became zero.</summary>
    public long Underflowed { get; set; }

    /// <summary>Values seen.</summary>
    public long Count { get; set; }

    /// <summary>Adds one value; infinities and NaN count as exact.</summary>
    /// <param name="lane">Index of the value modulo <see cref="Lanes"/>.</param>
    /// <param name="source">The value as read.</param>
    /// <param name="result">The value as written.</param>
    public void Add(int lane, float source, float result)
    {
        Count++;
        if (float.IsInfinity(source) || float.IsNaN(source))
        {
            return;
        }

        float difference = source - result;
        Signal[lane] += (double)source * source;
        Noise[lane] += (double)difference * difference;
        MaxAbsoluteError = Math.Max(MaxAbsoluteError, Math.Abs(difference));
        Underflowed += source != 0 && result == 0 ? 1 : 0;
        Saturated += Math.Abs(source) >= HalfConversion.FirstUnrepresentable && Math.Abs(result) == HalfConversion.MaxValue ? 1 : 0;
    }

    /// <summary>Adds a tile whose first value's index is a multiple of <see cref="Lanes"/>.</summary>
    /// <param name="source">The values as read.</param>
    /// <param name="result">The values as written.</param>
    public void Add(ReadOnlySpan<float> source, ReadOnlySpan<float> result)
    {
        int done = 0;
#if NET
        if (Vector256.IsHardwareAccelerated)
        {
            // Groups with values beyond FP16, or that are not finite, are rare and go one by one.
            int whole = source.Length / Lanes * Lanes;
            while ((done += AddVectors(source.Slice(done), result.Slice(done))) < whole)
            {
                AddScalars(source.Slice(done, Lanes), result.Slice(done, Lanes));
                done += Lanes;
            }
        }
#endif
        AddScalars(source.Slice(done), result.Slice(done));
    }

    private void AddScalars(ReadOnlySpan<float> source, ReadOnlySpan<float> result)
    {
        for (int i = 0; i < source.Length; i++)
        {
            Add(i % Lanes, source[i], result[i]);
        }
    }

    /// <summary>Adds what another meter has seen.</summary>
    public void Add(ErrorMeter other)
    {
        for (int lane = 0; lane < Lanes; lane++)
        {
            Signal[lane] += other.Signal[lane];
            Noise[lane] += other.Noise[lane];
        }

        MaxAbsoluteError = Math.Max(MaxAbsoluteError, other.MaxAbsoluteError);
        Saturated += other.Saturated;
        Underflowed += other.Underflowed;
        Count += other.Count;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(Signal, 0, Lanes);
        Array.Clear(Noise, 0, Lanes);
        MaxAbsoluteError = 0;
        (Saturated, Underflowed, Count) = (0, 0, 0);
    }

    /// <summary>Adds up meters in the order given.</summary>
    public static WeightError Total(ReadOnlySpan<ErrorMeter> meters)
    {
        double signal = 0, noise = 0;
        float max = 0;
        long saturated = 0, underflowed = 0, count = 0;
        foreach (ErrorMeter meter in meters)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                signal += meter.Signal[lane];
                noise += meter.Noise[lane];
            }

            max = Math.Max(max, meter.MaxAbsoluteError);
            saturated += meter.Saturated;
            underflowed += meter.Underflowed;
            count += meter.Count;
        }

        return new WeightError(count, signal, noise, max, saturated, underflowed);
    }

#if NET
    /// <summary>Adds eight values at a time, up to the first group with a value that is beyond FP16 or not finite.</summary>
    /// <returns>Number of values added.</returns>
    [MethodImpl(HotLoop.Optimized)]
    private int AddVectors(ReadOnlySpan<float> source, ReadOnlySpan<float> result)
    {
        ReadOnlySpan<Vector256<float>> before = MemoryMarshal.Cast<float, Vector256<float>>(source);
        ReadOnlySpan<Vector256<float>> after = MemoryMarshal.Cast<float, Vector256<float>>(result.Slice(0, before.Length * Lanes));
        Vector256<double> signal0 = Vector256.Create<double>(Signal), signal4 = Vector256.Create<double>(Signal.AsSpan(4));
        Vector256<double> noise0 = Vector256.Create<double>(Noise), noise4 = Vector256.Create<double>(Noise.AsSpan(4));
        Vector256<float> max = Vector256.Create(MaxAbsoluteError), unusual = Vector256.Create(HalfConversion.FirstUnrepresentable);
        Vector256<int> underflowed = Vector256<int>.Zero;
        int i = 0;
        for (; i < before.Length; i++)
        {
            Vector256<float> value = before[i], written = after[i], difference = value - written;
            if (!Vector256.LessThanAll(Vector256.Abs(value), unusual))
            {
                break;
            }

            // The square of an FP32 value is exact in FP64, so it does not matter whether the sums use fused operations.
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(value);
            signal0 = Vector256.MultiplyAddEstimate(low, low, signal0);
            signal4 = Vector256.MultiplyAddEstimate(high, high, signal4);
            (low, high) = Vector256.Widen(difference);
            noise0 = Vector256.MultiplyAddEstimate(low, low, noise0);
            noise4 = Vector256.MultiplyAddEstimate(high, high, noise4);
            max = Vector256.MaxNative(max, Vector256.Abs(difference));

            // Masks are all ones, which is -1.
            underflowed -= Vector256.AndNot(Vector256.Equals(written, Vector256<float>.Zero), Vector256.Equals(value, Vector256<float>.Zero)).AsInt32();
        }

        signal0.CopyTo(Signal);
        signal4.CopyTo(Signal, 4);
        noise0.CopyTo(Noise);
        noise4.CopyTo(Noise, 4);
        for (int lane = 0; lane < Lanes; lane++)
        {
            MaxAbsoluteError = Math.Max(MaxAbsoluteError, max[lane]);
        }

        Underflowed += Vector256.Sum(underflowed);
        Count += i * Lanes;
        return i * Lanes;
    }
#endif
}
