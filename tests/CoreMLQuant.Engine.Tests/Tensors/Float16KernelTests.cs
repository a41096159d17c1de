using System;
using System.Linq;
using CoreMLQuant.Tensors;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors;

/// <summary>The kernel that is used against the one that is easy to read: same bits, same figures.</summary>
public class Float16KernelTests
{
    private static readonly float[] Edges =
    [
        0f, -0f, 65504f, 65519.996f, 65520f, -65536f, 6.1035156e-5f, 5.9604645e-8f, 2.9802322e-8f, 2.98e-8f,
        float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
    ];

    private static readonly Gen<float> AnySingle = Gen.OneOf(
        Gen.UInt.Select(BitConverter.UInt32BitsToSingle),
        Gen.Float[-2, 2],
        Gen.Float[-70000, 70000],
        Gen.Float[-1e-4f, 1e-4f],
        Gen.Int[0, Edges.Length - 1].Select(index => Edges[index]));

    [Fact]
    public void Encode_AnyValues_EqualsScalarInBitsAndFigures() =>
        AnySingle.Array[0, 200].Select(Gen.Bool).Sample((values, keepNonZero) =>
        {
            (ushort[] expected, ErrorMeter reference) = Run(values, keepNonZero, Float16Kernel.EncodeScalar);
            (ushort[] actual, ErrorMeter meter) = Run(values, keepNonZero, Float16Kernel.Encode);
            Assert.Equal(expected, actual);
            Assert.Equal(ErrorMeter.Total([reference]), ErrorMeter.Total([meter]));
            Assert.Equal(reference.Signal, meter.Signal);
            Assert.Equal(reference.Noise, meter.Noise);
        });

    [Fact]
    public void Encode_AnyValues_FiguresEqualAPlainComputation() =>
        AnySingle.Array[1, 300].Sample(values =>
        {
            (ushort[] halves, ErrorMeter meter) = Run(values, false, Float16Kernel.Encode);
            double signal = 0, noise = 0, max = 0;
            for (int i = 0; i < values.Length; i++)
            {
                if (float.IsFinite(values[i]))
                {
                    double difference = values[i] - (double)(float)BitConverter.UInt16BitsToHalf(halves[i]);
                    signal += (double)values[i] * values[i];
                    noise += difference * difference;
                    max = Math.Max(max, Math.Abs(difference));
                }
            }

            WeightError error = ErrorMeter.Total([meter]);
            Assert.Equal(values.Length, error.Count);
            AssertClose(signal, error.SignalEnergy);
            AssertClose(noise, error.NoiseEnergy);
            AssertClose(max, error.MaxAbsoluteError);
            Assert.Equal(values.LongCount(value => float.IsFinite(value) && Math.Abs(value) >= 65520), error.SaturatedCount);
            Assert.Equal(values.LongCount(value => value != 0 && Math.Abs(value) <= 2.9802322e-8f), error.UnderflowCount);
        });

    [Fact]
    public void Encode_FiniteBeyondHalf_Saturates_InfinityStays()
    {
        (ushort[] halves, _) = Run([1e30f, -1e30f, float.PositiveInfinity, float.NegativeInfinity], false, Float16Kernel.Encode);
        Assert.Equal([0x7BFF, 0xFBFF, 0x7C00, 0xFC00], halves.Select(half => (int)half));
    }

    [Fact]
    public void Encode_KeepNonZero_UnderflowStopsAtTheSmallestSubnormal()
    {
        (ushort[] halves, ErrorMeter meter) = Run([1e-12f, -1e-12f, 0, -0f, 1e-5f], true, Float16Kernel.Encode);
        Assert.Equal([0x0001, 0x8001, 0x0000, 0x8000, 0x00A8], halves.Select(half => (int)half));
        Assert.Equal(0, meter.Underflowed);
    }

    private static (ushort[] Halves, ErrorMeter Meter) Run(float[] values, bool keepNonZero, Kernel kernel)
    {
        var halves = new ushort[values.Length];
        var meter = new ErrorMeter();
        kernel(values, halves, keepNonZero, meter);
        return (halves, meter);
    }

    private static void AssertClose(double expected, double actual) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-6 * Math.Abs(expected), $"{expected:R} but {actual:R}");

    private delegate void Kernel(ReadOnlySpan<float> source, Span<ushort> destination, bool keepNonZero, ErrorMeter meter);
}
