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
        if (grid.RunLength < ShortestRun)
        {
            EncodeShortRuns(grid, parameters, range, start, values, codes, decoded);
            return;
        }

        Span<float> scales = stackalloc float[1], offsets = stackalloc float[1];
        foreach ((int offset, int length, long block) in grid.Runs(start, values.Length))
        {
            (scales[0], offsets[0]) = (parameters.Scales[block], parameters.Offsets?[block] ?? 0);
            EncodeTile(values.Slice(offset, length), scales, offsets, 0, range, codes.Slice(offset, length), decoded.Slice(offset, length));
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
            float code = Math.Min(Math.Max((float)Math.Round((float)(values[i] / scale)) + offset, range.Min), range.Max);
            codes[i] = (byte)(int)code;
            decoded[i] = (float)((code - offset) * scale);
        }
    }

    private static void EncodeShortRuns(
        BlockGrid grid, LinearParameters parameters, LinearRange range, long start, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded)
    {
        float[] scales = ArrayPool<float>.Shared.Rent(values.Length), offsets = ArrayPool<float>.Shared.Rent(values.Length);
        try
        {
            foreach ((int offset, int length, long block) in grid.Runs(start, values.Length))
            {
                scales.AsSpan(offset, length).Fill(parameters.Scales[block]);
                offsets.AsSpan(offset, length).Fill(parameters.Offsets?[block] ?? 0);
            }

            EncodeTile(values, scales, offsets, 1, range, codes, decoded);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scales);
            ArrayPool<float>.Shared.Return(offsets);
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
    [MethodImpl(HotLoop.Optimized)]
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
        for (int i = 0; i < input.Length; i++)
        {
            if (stride == 1)
            {
                scale = Vector256.Create(scales.Slice(8 * i, 8));
                offset = Vector256.Create(offsets.Slice(8 * i, 8));
            }

            // Nothing here is NaN, or zero at a bound of zero, which the native operations treat otherwise.
            Vector256<float> code = Vector256.MinNative(Vector256.MaxNative(Vector256.Round(input[i] / scale) + offset, min), max);
            output[i] = (code - offset) * scale;
            packed[i] = CodeBytes.Of(Vector256.ConvertToInt32Native(code));
        }

        return input.Length * 8;
    }
#endif
}
