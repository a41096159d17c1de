using System;

namespace CoreMLQuant.Tensors;

/// <summary>
/// Scale and zero point of an activation, so that <c>x = scale * (q - zero point)</c>. The arithmetic is coremltools', which computes both in FP16 from a range
/// rounded to FP16, operation by operation, whatever the type of the activation. Guards, where FP16 does not hold what the formula computes: a range
/// whose products or scale leave the normal numbers of FP16 is computed in FP64 and rounded once, to FP32 where the activation is FP32; a subnormal FP16
/// scale is rounded up, because rounded down it would cut off the ends of the range; an activation that is always zero gets scale 1.
/// </summary>
/// <param name="Scale">Positive; representable in the activation's type.</param>
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
            return new TensorQuantization(1, range.IsSymmetric ? MiddleOf(range) : Clamp(0, range));
        }

        return InHalf((float)Half(min), (float)Half(max), range) ?? InDouble(min, max, range, isHalf);
    }

    // A symmetric range has zero in its middle, any other one has it somewhere.
    private static (double Minimum, double Maximum) Widen(double minimum, double maximum, LinearRange range)
    {
        double magnitude = Math.Max(Math.Abs(minimum), Math.Abs(maximum));
        return range.IsSymmetric ? (-magnitude, magnitude) : (Math.Min(0, minimum), Math.Max(0, maximum));
    }

    private static TensorQuantization? InHalf(float min, float max, LinearRange range)
    {
        float width = Half(max - min), scale = Half(width / (range.Max - range.Min));
        float low = Half(range.Min * max), high = Half(range.Max * min), offset = Half(Half(low - high) / width);
        bool isHeld = scale >= SmallestNormalHalf && !float.IsInfinity(width) && (range.IsSymmetric || !(float.IsInfinity(offset) || float.IsNaN(offset)));
        return isHeld ? new TensorQuantization(scale, range.IsSymmetric ? MiddleOf(range) : Clamp(offset, range)) : null;
    }

    private static TensorQuantization InDouble(double min, double max, LinearRange range, bool isHalf)
    {
        double scale = (max - min) / (range.Max - range.Min);
        float stored = !isHalf ? (float)scale
            : scale < SmallestNormalHalf ? (float)(Math.Ceiling(scale / SmallestHalf) * SmallestHalf)
            : Math.Min(Half(scale), HalfConversion.MaxValue);
        return new TensorQuantization(
            stored > 0 ? stored : 1,
            range.IsSymmetric ? MiddleOf(range) : Clamp(((range.Min * max) - (range.Max * min)) / (max - min), range));
    }

    private static int MiddleOf(LinearRange range) => range.HasOffset ? range.Max / 2 : 0;

    private static int Clamp(double offset, LinearRange range) => (int)Math.Min(Math.Max(Math.Round(offset), range.Min), range.Max);

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
