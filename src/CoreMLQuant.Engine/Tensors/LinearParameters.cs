using System;

namespace CoreMLQuant.Tensors;

/// <summary>
/// Scale and offset of each block, from its range, so that <c>w = scale * (q - offset)</c>. For FP32 weights the
/// arithmetic is coremltools', operation by operation in FP32; scales of FP16 weights are computed in FP32 and rounded
/// once. Guards, where coremltools' formula breaks down:
/// a block of zeros gets scale 1; a range that does not fit FP32 is computed in FP64; an FP16 scale too small
/// to be normal is rounded up, because rounded down it would cut off the largest values or vanish; one that would turn
/// the largest integer into infinity is rounded down.
/// </summary>
internal sealed class LinearParameters
{
    // 2^-14 and 2^-24: below the first, FP16 numbers are multiples of the second.
    private const float SmallestNormalHalf = 6.103515625e-5f;
    private const float SmallestHalf = 5.9604645e-8f;

    private LinearParameters(float[] scales, float[]? offsets)
    {
        Scales = scales;
        Offsets = offsets;
    }

    /// <summary>Scale of each block; representable in FP16 when asked for.</summary>
    public float[] Scales { get; }

    /// <summary>Offset of each block, a whole number; <see langword="null"/> where all are zero by definition.</summary>
    public float[]? Offsets { get; }

    /// <summary>Number of blocks for which a guard took the place of the formula, of those that were computed together.</summary>
    public long GuardedCount { get; private set; }

    /// <summary>Computes the parameters.</summary>
    /// <param name="ranges">Range of each block; finite.</param>
    /// <param name="range">The integers.</param>
    /// <param name="isHalf">Whether scales are stored in FP16.</param>
    public static LinearParameters Of(BlockRanges ranges, LinearRange range, bool isHalf)
    {
        LinearParameters parameters = Of(ranges.Min.Length, range);
        for (int block = 0; block < ranges.Min.Length; block++)
        {
            parameters.GuardedCount += parameters.Set(block, ranges.Min[block], ranges.Max[block], range, isHalf) ? 1 : 0;
        }

        return parameters;
    }

    /// <summary>Room for the parameters, which are set block by block.</summary>
    /// <param name="count">Number of blocks.</param>
    /// <param name="range">The integers.</param>
    public static LinearParameters Of(int count, LinearRange range) => new(new float[count], range.HasOffset ? new float[count] : null);

    /// <summary>Computes the parameters of one block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="min">Its smallest value.</param>
    /// <param name="max">Its largest value.</param>
    /// <param name="range">The integers.</param>
    /// <param name="isHalf">Whether scales are stored in FP16.</param>
    /// <returns>Whether a guard took the place of the formula.</returns>
    public bool Set(int block, float min, float max, LinearRange range, bool isHalf)
    {
        if (range.IsSymmetric)
        {
            max = Math.Max(Math.Abs(min), Math.Abs(max));
            min = -max;
        }
        else
        {
            min = Math.Min(0f, min);
            max = Math.Max(0f, max);
        }

        int levels = range.Max - range.Min;
        float width = (float)(max - min);
        float scale = (float)(width / levels);
        float formula = scale;
        if (float.IsInfinity(width))
        {
            scale = (float)(((double)max - min) / levels);
        }
        else if (isHalf && scale > 0)
        {
            scale = ToHalf(scale, Math.Max(-min, max));
            formula = HalfConversion.ToSingle(HalfConversion.FromSingleBits(SingleBits.ToBits(formula)));
        }

        // A block of zeros, or of values so small that even their scale is none.
        bool isEmpty = scale == 0;
        Scales[block] = isEmpty ? 1 : scale;
        if (Offsets is not null)
        {
            Offsets[block] = range.IsSymmetric ? range.Max / 2
                : isEmpty ? Math.Min(Math.Max(0, range.Min), range.Max)
                : Offset(min, max, width, range);
        }

        return isEmpty || scale != formula;
    }

    private static float Offset(float min, float max, float width, LinearRange range)
    {
        float low = (float)(range.Min * max), high = (float)(range.Max * min);
        float offset = (float)((float)(low - high) / width);
        if (float.IsInfinity(width) || float.IsInfinity(low) || float.IsInfinity(high) || float.IsNaN(offset))
        {
            offset = (float)((((double)range.Min * max) - ((double)range.Max * min)) / ((double)max - min));
        }

        return Math.Min(Math.Max((float)Math.Round(offset), range.Min), range.Max);
    }

    private static float ToHalf(float scale, float largestMagnitude)
    {
        if (scale < SmallestNormalHalf)
        {
            return (float)(Math.Ceiling((double)scale / SmallestHalf) * SmallestHalf);
        }

        ushort half = HalfConversion.FromSingleBits(SingleBits.ToBits(scale));

        // One step down may not be enough: few levels multiply a coarse scale.
        while (Math.Round((double)largestMagnitude / HalfConversion.ToSingle(half)) * HalfConversion.ToSingle(half) >= HalfConversion.FirstUnrepresentable)
        {
            half--;
        }

        return HalfConversion.ToSingle(half);
    }
}
