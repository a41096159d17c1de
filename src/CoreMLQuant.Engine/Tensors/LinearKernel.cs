using System;
using System.Buffers;
#if NET
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif

namespace CoreMLQuant.Tensors;

/// <summary>
/// Linear quantization of tiles: <c>q = clip(round(w / scale) + offset)</c>, ties to even, and what the integers decode to,
/// <c>scale * (q - offset)</c> in FP32.
/// </summary>
internal static class LinearKernel
{
    // Adding and subtracting 1.5 * 2^23 rounds an FP32 value below 2^22 to a whole number, ties to even.
    private const float Rounder = 12582912f;
    private const float LargestQuotient = 1 << 20;

    /// <summary>Quantizes a tile.</summary>
    /// <param name="grid">How the scales lie over the weight.</param>
    /// <param name="parameters">Scales and offsets.</param>
    /// <param name="range">The integers.</param>
    /// <param name="start">The tile's first element.</param>
    /// <param name="values">The tile; finite.</param>
    /// <param name="codes">Takes one integer a byte, signed ones in two's complement.</param>
    /// <param name="decoded">Takes what the integers decode to.</param>
    public static void Encode(
        BlockGrid grid,
        LinearParameters parameters,
        LinearRange range,
        long start,
        ReadOnlySpan<float> values,
        Span<byte> codes,
        Span<float> decoded)
    {
        // Short runs, channels on the last axis above all: a scale for each value is faster than a call for each run.
        const int ShortestRun = 8;
        float[] scales = ArrayPool<float>.Shared.Rent(Math.Max(values.Length, 1));
        float[] offsets = ArrayPool<float>.Shared.Rent(Math.Max(values.Length, 1));
        try
        {
            if (grid.RunLength < ShortestRun)
            {
                foreach ((int offset, int length, long block) in grid.Runs(start, values.Length))
                {
                    scales.AsSpan(offset, length).Fill(parameters.Scales[block]);
                    offsets.AsSpan(offset, length).Fill(parameters.Offsets?[block] ?? 0);
                }

                EncodeTile(values, scales, offsets, 1, range, codes, decoded);
                return;
            }

            foreach ((int offset, int length, long block) in grid.Runs(start, values.Length))
            {
                scales.AsSpan(0, 8).Fill(parameters.Scales[block]);
                offsets.AsSpan(0, 8).Fill(parameters.Offsets?[block] ?? 0);
                EncodeTile(values.Slice(offset, length), scales, offsets, 0, range, codes.Slice(offset, length), decoded.Slice(offset, length));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scales);
            ArrayPool<float>.Shared.Return(offsets);
        }
    }

    /// <summary>Quantizes values that have a scale each.</summary>
    /// <param name="values">The values; finite.</param>
    /// <param name="scales">Their scales.</param>
    /// <param name="offsets">Their offsets.</param>
    /// <param name="range">The integers.</param>
    /// <param name="codes">Takes one integer a byte, signed ones in two's complement.</param>
    /// <param name="decoded">Takes what the integers decode to.</param>
    public static void EncodeEach(
        ReadOnlySpan<float> values, ReadOnlySpan<float> scales, ReadOnlySpan<float> offsets, LinearRange range, Span<byte> codes, Span<float> decoded) =>
        EncodeTile(values, scales, offsets, 1, range, codes, decoded);

    /// <summary>The reference: one value after the other.</summary>
    /// <param name="values">The values.</param>
    /// <param name="scales">Their scales.</param>
    /// <param name="offsets">Their offsets.</param>
    /// <param name="stride">1 when every value has its own scale, 0 when the first one is for all.</param>
    /// <param name="range">The integers.</param>
    /// <param name="codes">Takes the integers.</param>
    /// <param name="decoded">Takes what they decode to.</param>
    public static void EncodeScalar(
        ReadOnlySpan<float> values,
        ReadOnlySpan<float> scales,
        ReadOnlySpan<float> offsets,
        int stride,
        LinearRange range,
        Span<byte> codes,
        Span<float> decoded)
    {
        for (int i = 0; i < values.Length; i++)
        {
            float scale = scales[i * stride], offset = offsets[i * stride];
            float quotient = Math.Min(Math.Max((float)(values[i] / scale), -LargestQuotient), LargestQuotient);
            float code = Math.Min(Math.Max((float)Math.Round(quotient) + offset, range.Min), range.Max);
            codes[i] = (byte)(int)code;
            decoded[i] = (float)((code - offset) * scale);
        }
    }

    private static void EncodeTile(
        ReadOnlySpan<float> values,
        ReadOnlySpan<float> scales,
        ReadOnlySpan<float> offsets,
        int stride,
        LinearRange range,
        Span<byte> codes,
        Span<float> decoded)
    {
        int done = 0;
#if NET
        if (Vector256.IsHardwareAccelerated)
        {
            done = EncodeVectors(values, scales, offsets, stride, range, codes, decoded);
        }
#endif
        EncodeScalar(values.Slice(done), scales.Slice(done * stride), offsets.Slice(done * stride), stride, range, codes.Slice(done), decoded.Slice(done));
    }

#if NET
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int EncodeVectors(
        ReadOnlySpan<float> values,
        ReadOnlySpan<float> scales,
        ReadOnlySpan<float> offsets,
        int stride,
        LinearRange range,
        Span<byte> codes,
        Span<float> decoded)
    {
        ReadOnlySpan<Vector256<float>> input = MemoryMarshal.Cast<float, Vector256<float>>(values);
        Span<Vector256<float>> output = MemoryMarshal.Cast<float, Vector256<float>>(decoded.Slice(0, input.Length * 8));
        Span<ulong> packed = MemoryMarshal.Cast<byte, ulong>(codes.Slice(0, input.Length * 8));
        Vector256<float> scale = Vector256.Create(scales[0]), offset = Vector256.Create(offsets[0]);
        Vector256<float> min = Vector256.Create((float)range.Min), max = Vector256.Create((float)range.Max);
        Vector256<float> rounder = Vector256.Create(Rounder), largest = Vector256.Create(LargestQuotient);
        for (int i = 0; i < input.Length; i++)
        {
            if (stride == 1)
            {
                scale = Vector256.Create(scales.Slice(8 * i, 8));
                offset = Vector256.Create(offsets.Slice(8 * i, 8));
            }

            Vector256<float> quotient = Vector256.Min(Vector256.Max(input[i] / scale, -largest), largest);
            Vector256<float> code = Vector256.Min(Vector256.Max((quotient + rounder) - rounder + offset, min), max);
            output[i] = (code - offset) * scale;

            // Eight integers to eight bytes: narrowing keeps the low halves, which is what two's complement needs.
            Vector256<short> words = Vector256.Narrow(Vector256.ConvertToInt32(code), Vector256<int>.Zero);
            packed[i] = Vector256.Narrow(words, Vector256<short>.Zero).AsUInt64()[0];
        }

        return input.Length * 8;
    }
#endif
}
