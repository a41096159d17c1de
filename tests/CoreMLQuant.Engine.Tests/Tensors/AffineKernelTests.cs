using System;
using System.Linq;
using CoreMLQuant.Tensors;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors;

/// <summary>NeuralNetwork quantization: the fast path is the reference, codes are the nearest, and no range is too small or too large.</summary>
public class AffineKernelTests
{
    private static readonly (AffineForm Form, int Bits)[] All =
    [
        .. Enumerable.Range(1, 8).Select(bits => (AffineForm.Range, bits)),
        .. Enumerable.Range(2, 7).Select(bits => (AffineForm.Centred, bits)),
        (AffineForm.Signed, 8),
    ];

    private static readonly Gen<(AffineForm Form, int Bits)> Forms = Gen.Int[0, All.Length - 1].Select(i => All[i]);

    [Fact]
    public void Encode_AnyBlocks_IsTheReference() =>
        Gen.Select(Forms, Gen.Int[1, 6], Gen.Int[1, 70], Gen.Double[-12, 6], Gen.Int).Sample((form, channels, length, exponent, seed) =>
        {
            float[] values = Values(channels * length, seed, Math.Pow(10, exponent));
            var grid = new BlockGrid([channels, length], [channels, 1]);
            AffineParameters parameters = Parameters(grid, values, form);
            byte[] codes = new byte[values.Length], expected = new byte[values.Length];
            float[] decoded = new float[values.Length], expectedDecoded = new float[values.Length];
            AffineKernel.Encode(grid, parameters, 0, values, codes, decoded);
            for (int channel = 0; channel < channels; channel++)
            {
                var run = new AffineKernel.Run(parameters, channel);
                AffineKernel.EncodeScalar(values.AsSpan(channel * length, length), run, expected.AsSpan(channel * length), expectedDecoded.AsSpan(channel * length));
            }

            return codes.SequenceEqual(expected) && decoded.SequenceEqual(expectedDecoded);
        });

    // Half-way between two codes, or next to it, the quotient itself must decide, and ties go to the even code.
    [Fact]
    public void Encode_ValuesInTheMiddleOfTwoCodes_IsTheReference() =>
        Gen.Select(Forms, Gen.Double[-6, 6], Gen.Int[-1, 1], Gen.Int).Sample((form, exponent, neighbour, seed) =>
        {
            float[] ends = Values(2, seed, Math.Pow(10, exponent));
            var grid = BlockGrid.Whole([64]);
            AffineParameters parameters = Parameters(grid, ends, form);
            float[] values = Enumerable.Range(0, 64)
                .Select(i => (float)(parameters.Origins[0] + ((parameters.Min + i + 0.5) * parameters.Steps[0])))
                .Select(value => neighbour > 0 ? MathF.BitIncrement(value) : neighbour < 0 ? MathF.BitDecrement(value) : value)
                .ToArray();
            byte[] codes = new byte[64], expected = new byte[64];
            float[] decoded = new float[64], expectedDecoded = new float[64];
            AffineKernel.Encode(grid, parameters, 0, values, codes, decoded);
            AffineKernel.EncodeScalar(values, new AffineKernel.Run(parameters, 0), expected, expectedDecoded);
            return codes.SequenceEqual(expected) && decoded.SequenceEqual(expectedDecoded);
        });

    [Fact]
    public void Encode_MultiplesOfHalfAStep_GoToTheEvenCode()
    {
        // The step is 1 / 128 exactly, so that every other value is a tie.
        float[] values = Enumerable.Range(-254, 509).Select(i => i / 256f).ToArray(), decoded = new float[values.Length];
        AffineParameters parameters = Parameters(BlockGrid.Whole([values.Length]), values, (AffineForm.Signed, 8));
        byte[] codes = new byte[values.Length];
        AffineKernel.Encode(BlockGrid.Whole([values.Length]), parameters, 0, values, codes, decoded);
        Assert.Equal(values.Select(value => (sbyte)Math.Round(value * 128.0, MidpointRounding.ToEven)), codes.Select(code => (sbyte)code));
    }

    [Fact]
    public void Encode_AnyRange_IsHalfAStepOffAtMost() =>
        Gen.Select(Forms, Gen.Double[-44, 37.5], Gen.Int).Sample((form, exponent, seed) =>
        {
            float[] values = Values(100, seed, Math.Pow(10, exponent));
            AffineParameters parameters = Parameters(BlockGrid.Whole([100]), values, form);
            float[] decoded = new float[values.Length];
            byte[] codes = new byte[values.Length];
            AffineKernel.Encode(BlockGrid.Whole([100]), parameters, 0, values, codes, decoded);
            float scale = parameters.Scales[0];
            Assert.True(scale > 0 && !float.IsInfinity(scale) && !float.IsInfinity(parameters.Biases[0]));

            // Rounding scale, bias and result to FP32 costs a little besides.
            double slack = (values.Max(Math.Abs) * 4e-7) + (2 * (double)float.Epsilon);
            return values.Zip(decoded).All(pair => Math.Abs((double)pair.First - pair.Second) <= (0.5 * scale) + slack);
        });

    [Theory]
    [InlineData(nameof(AffineForm.Range), 8, 0f)]
    [InlineData(nameof(AffineForm.Range), 1, 3.7f)]
    [InlineData(nameof(AffineForm.Range), 4, -1e-30f)]
    [InlineData(nameof(AffineForm.Centred), 8, 0f)]
    [InlineData(nameof(AffineForm.Signed), 8, 0f)]
    [InlineData(nameof(AffineForm.Range), 8, 9e37f)]
    public void Encode_EqualValues_AreExact(string form, int bits, float value)
    {
        float[] values = Enumerable.Repeat(value, 20).ToArray(), decoded = new float[20];
        AffineParameters parameters = Parameters(BlockGrid.Whole([20]), values, (Enum.Parse<AffineForm>(form), bits));
        AffineKernel.Encode(BlockGrid.Whole([20]), parameters, 0, values, new byte[20], decoded);
        Assert.Equal(values, decoded);
        Assert.Equal(1, parameters.Scales[0]);
    }

    [Fact]
    public void Encode_SmallestRanges_KeepTheirValues()
    {
        // coremltools would give all of them one code: the scale is far below 1e-6.
        float[] values = [0, float.Epsilon, 2 * float.Epsilon, 1e-40f], decoded = new float[4];
        AffineParameters parameters = Parameters(BlockGrid.Whole([4]), values, (AffineForm.Range, 8));
        byte[] codes = new byte[4];
        AffineKernel.Encode(BlockGrid.Whole([4]), parameters, 0, values, codes, decoded);
        Assert.True(values.Zip(decoded).All(pair => Math.Abs(pair.First - pair.Second) <= parameters.Scales[0]));
        Assert.NotEqual(codes[0], codes[3]);
    }

    [Theory]
    [InlineData(nameof(AffineForm.Range), 1)]
    [InlineData(nameof(AffineForm.Range), 8)]
    [InlineData(nameof(AffineForm.Centred), 8)]
    [InlineData(nameof(AffineForm.Signed), 8)]
    public void Encode_LargestRange_StaysFinite(string form, int bits)
    {
        float[] values = [-9.9e37f, 0, 9.9e37f], decoded = new float[3];
        AffineParameters parameters = Parameters(BlockGrid.Whole([3]), values, (Enum.Parse<AffineForm>(form), bits));
        AffineKernel.Encode(BlockGrid.Whole([3]), parameters, 0, values, new byte[3], decoded);
        Assert.DoesNotContain(decoded.Concat(parameters.Scales.ToArray()).Concat(parameters.Biases.ToArray()), value => float.IsInfinity(value) || float.IsNaN(value));
    }

    private static AffineParameters Parameters(BlockGrid grid, float[] values, (AffineForm Form, int Bits) form)
    {
        var ranges = new BlockRanges(grid);
        ranges.Add(0, values);
        return AffineParameters.Of(ranges, form.Form, form.Bits);
    }

    private static float[] Values(int count, int seed, double magnitude)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.4) * magnitude)).ToArray();
    }
}
