using System;

namespace CoreMLQuant.Tensors;

/// <summary>
/// Scale and zero point of an activation, so that <c>x = scale * (q - zero point)</c>. The arithmetic is coremltools', which computes both in FP16 from a range
/// rounded to FP16, operation by operation, whatever the type of the activation. What FP16 gets wrong by more than one integer - products beyond its range, scales
/// that are few of its smallest steps - is computed in FP64 and rounded once, to FP32 where the activation is FP32; a subnormal FP16 scale is rounded up then,
/// because rounded down it would cut off the ends of the range. An activation that is always zero gets scale 1.
/// </summary>
/// <param name="Scale">Positive and finite; representable in the activation's type.</param>
/// <param name="ZeroPoint">The integer that stands for 0.</param>
internal readonly record struct TensorQuantization(float Scale, int ZeroPoint)
{
    // 2^-14 and 2^-24: below the first, FP16 numbers are multiples of the second.
    private const double SmallestNormalHalf = 6.103515625e-5;
    private const double SmallestHalf = 5.9604644775390625e-8;

    /// <summary>Computes them.</summary>
    /// <param name="minimum">Smallest value of the activation; finite.</param>
    /// <param name="maximum">Largest value; finite and not below <paramref name="minimum"/>.</param>
    /// <param name="range">The integers.</param>
    /// <param name="isHalf">Whether the activation is FP16; otherwise FP32.</param>
    public static TensorQuantization Of(double minimum, double maximum, LinearRange range, bool isHalf)
    {
        (double min, double max) = Widen(minimum, maximum, range);
        if (max == min)
        {
            return new TensorQuantization(1, range.IsSymmetric ? MiddleOf(range) : (int)Clamp(0, range));
        }

        float halfMin = Half(min), halfMax = Half(max);
        return new TensorQuantization(Scaled(min, max, halfMin, halfMax, range, isHalf), range.IsSymmetric ? MiddleOf(range) : Zero(min, max, halfMin, halfMax, range));
    }

    private static float Scaled(double min, double max, float halfMin, float halfMax, LinearRange range, bool isHalf)
    {
        int steps = range.Max - range.Min;
        double exact = (max / steps) - (min / steps);
        float half = Half(Half(halfMax - halfMin) / steps);
        return half is > 0 and <= HalfConversion.MaxValue && Math.Abs(half - exact) * steps <= half ? half : Stored(exact, isHalf);
    }

    private static float Stored(double scale, bool isHalf)
    {
        float stored = !isHalf ? (float)Math.Min(scale, float.MaxValue)
            : scale < SmallestNormalHalf ? (float)(Math.Ceiling(scale / SmallestHalf) * SmallestHalf)
            : Math.Min(Half(scale), HalfConversion.MaxValue);
        return stored > 0 ? stored : 1;
    }

    private static int Zero(double min, double max, float halfMin, float halfMax, LinearRange range)
    {
        double magnitude = Math.Max(-min, max), low = min / magnitude, high = max / magnitude;
        double exact = ((range.Min * high) - (range.Max * low)) / (high - low);
        float products = Half(Half(range.Min * halfMax) - Half(range.Max * halfMin));

        // Infinite products give one of the ends, or NaN, which is near nothing.
        double half = Clamp(Half(products / Half(halfMax - halfMin)), range);
        return (int)(Math.Abs(half - exact) <= 1 ? half : Clamp(exact, range));
    }

    // A symmetric range has zero in its middle, any other one has it somewhere.
    private static (double Minimum, double Maximum) Widen(double minimum, double maximum, LinearRange range)
    {
        double magnitude = Math.Max(Math.Abs(minimum), Math.Abs(maximum));
        return range.IsSymmetric ? (-magnitude, magnitude) : (Math.Min(0, minimum), Math.Max(0, maximum));
    }

    private static int MiddleOf(LinearRange range) => range.HasOffset ? range.Max / 2 : 0;

    private static double Clamp(double offset, LinearRange range) => Math.Min(Math.Max(Math.Round(offset), range.Min), range.Max);

    // Rounded once: an FP32 number between that is not exact is made odd, so that it never looks like a tie.
    private static float Half(double value)
    {
        float single = (float)value;
        if (single != value && !float.IsInfinity(single))
        {
            uint bits = SingleBits.ToBits(single);
            bits = Math.Abs((double)single) > Math.Abs(value) ? bits - 1 : bits;
            single = SingleBits.FromBits(bits | 1);
        }

        return HalfConversion.ToSingle(HalfConversion.FromSingleBits(SingleBits.ToBits(single)));
    }
}
