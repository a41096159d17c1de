using System;
using System.Linq;
using CoreMLQuant.Tensors;
using Xunit;

namespace CoreMLQuant.Tests.Tensors;

/// <summary>The scalar reference against .NET's own conversions, over every half and every place where rounding changes.</summary>
public class HalfConversionTests
{
    [Fact]
    public void ToSingle_EveryHalf_EqualsTheFrameworksConversion()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            float actual = HalfConversion.ToSingle((ushort)bits);
            Assert.True(
                float.IsNaN(expected) ? float.IsNaN(actual) : BitConverter.SingleToUInt32Bits(expected) == BitConverter.SingleToUInt32Bits(actual),
                $"half 0x{bits:X4}: {expected} but {actual}");
        }
    }

    [Fact]
    public void FromSingle_EveryHalfAndTheNeighboursOfEveryMidpoint_RoundsToNearestEven()
    {
        // Between two neighbouring halves only three places matter: the midpoint and the floats beside it.
        for (int bits = 0; bits < 0x7C00; bits++)
        {
            float low = HalfConversion.ToSingle((ushort)bits);
            float high = bits == 0x7BFF ? 65536f : HalfConversion.ToSingle((ushort)(bits + 1));
            float middle = (float)(((double)low + high) / 2);
            foreach (float value in new[] { low, high, middle, MathF.BitDecrement(middle), MathF.BitIncrement(middle) })
            {
                foreach (float signed in new[] { value, -value })
                {
                    ushort expected = BitConverter.HalfToUInt16Bits((Half)signed);
                    ushort actual = HalfConversion.FromSingleBits(BitConverter.SingleToUInt32Bits(signed));
                    Assert.True(expected == actual, $"{signed:R}: 0x{expected:X4} but 0x{actual:X4}");
                }
            }
        }
    }

    [Theory]
    [InlineData(0x7F800001u, 0x7C01)] // A payload that would vanish leaves its lowest bit, or NaN would turn into infinity.
    [InlineData(0xFF800001u, 0xFC01)]
    [InlineData(0x7FC00000u, 0x7E00)]
    [InlineData(0xFFFFFFFFu, 0xFFFF)]
    [InlineData(0x7F800000u, 0x7C00)]
    [InlineData(0xFF800000u, 0xFC00)]
    [InlineData(0x00000001u, 0x0000)]
    [InlineData(0x80000001u, 0x8000)]
    [InlineData(0x477FF000u, 0x7C00)] // 65520, the first that rounds beyond the largest finite half.
    [InlineData(0x477FEFFFu, 0x7BFF)]
    public void FromSingle_SpecialValues_KeepSignAndPayload(uint single, int half) =>
        Assert.Equal((ushort)half, HalfConversion.FromSingleBits(single));

    [Fact]
    public void MagnitudeScan_KnowsSentinelsInfinitiesAndOverflow()
    {
        MagnitudeScan Scan(params float[] values)
        {
            var scan = new MagnitudeScan();
            scan.Add(values);
            return scan;
        }

        Assert.False(Scan(1, -65504, 0).OverflowsFloat16);
        Assert.True(Scan(1, -65505, 0).OverflowsFloat16);
        Assert.False(Scan(float.MinValue, 3).OverflowsFloat16);
        Assert.True(Scan(float.MinValue, 3).HasSentinel);
        Assert.True(Scan(float.NaN, 1e6f).OverflowsFloat16);
        Assert.True(Scan(float.NaN, 1).HasNaN);
        Assert.Equal(7, Scan(float.NegativeInfinity, -7, float.NaN).MaxMagnitude);
        Assert.True(Scan(Enumerable.Repeat(1f, 1000).Append(70000).ToArray()).OverflowsFloat16);
    }
}
