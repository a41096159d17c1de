using System;

namespace CoreMLQuant.Tensors;

/// <summary>
/// FP32 to FP16 and back, on bit patterns, the scalar reference. Rounds to nearest, ties to even; a NaN keeps its sign and
/// the upper bits of its payload, as numpy's conversion does, so that results compare bit for bit with coremltools'.
/// </summary>
internal static class HalfConversion
{
    /// <summary>The largest finite FP16.</summary>
    public const float MaxValue = 65504f;

    /// <summary>The first FP32 magnitude that rounds to infinity.</summary>
    public const float FirstUnrepresentable = 65520f;

    /// <summary>The largest FP32 magnitude that rounds to zero: 2^-25, half of the smallest FP16 number, which rounds to even.</summary>
    public const float LargestUnderflow = 2.98023223876953125e-8f;

    /// <summary>Bits of +infinity.</summary>
    public const ushort PositiveInfinity = 0x7C00;

    /// <summary>Bits of the largest finite value.</summary>
    public const ushort MaxFinite = 0x7BFF;

    /// <summary>Bits of -0.</summary>
    public const ushort SignBit = 0x8000;

    private const uint SingleInfinity = 0x7F800000;

    // 2^16, the first power of two beyond FP16, and 2^-14, its smallest normal number, as FP32 bits.
    private const uint FirstBeyondHalf = 143u << 23;
    private const uint SmallestNormalHalf = 113u << 23;

    /// <summary>FP16 bits of an FP32 value given as bits; a finite value beyond FP16 becomes infinity.</summary>
    public static ushort FromSingleBits(uint bits)
    {
        uint sign = bits & 0x80000000;
        uint magnitude = bits ^ sign;
        uint half;
        if (magnitude > SingleInfinity)
        {
            half = Math.Max(PositiveInfinity + ((magnitude & 0x7FFFFF) >> 13), PositiveInfinity + 1u);
        }
        else if (magnitude >= FirstBeyondHalf)
        {
            half = PositiveInfinity;
        }
        else if (magnitude < SmallestNormalHalf)
        {
            // Adding 0.5 moves the subnormal's bits to the bottom of the significand, where the FPU rounds them.
            half = SingleBits.ToBits(SingleBits.FromBits(magnitude) + 0.5f) - (126u << 23);
        }
        else
        {
            uint roundUp = 0xFFF + ((magnitude >> 13) & 1);
            half = (magnitude - (112u << 23) + roundUp) >> 13;
        }

        return (ushort)(half | (sign >> 16));
    }

    /// <summary>The FP32 value of FP16 bits; exact.</summary>
    public static float ToSingle(ushort half)
    {
        uint sign = (uint)(half & SignBit) << 16;
        uint magnitude = (uint)(half & 0x7FFF) << 13;
        uint bits = magnitude >= (uint)PositiveInfinity << 13
            ? magnitude | SingleInfinity
            : SingleBits.ToBits(SingleBits.FromBits(magnitude) * HalfExponentScale);
        return SingleBits.FromBits(bits | sign);
    }

    /// <summary>2^112: the factor between an FP16 read with FP32's exponent bias and its value.</summary>
    public const float HalfExponentScale = 5.192296858534828e33f;
}
