using System;
using System.Linq;
using CoreMLQuant.Tensors;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors;

/// <summary>Linear quantization of tiles: the vectorised path, any grid, and the guards.</summary>
public class LinearKernelTests
{
    private static readonly Gen<float> Values = Gen.OneOf(
        Gen.Float[-1, 1], Gen.Float[-1e-6f, 1e-6f], Gen.Float[-3e38f, 3e38f], Gen.Const(0f), Gen.Const(-0f), Gen.Float[-1e-44f, 1e-44f]);

    private static readonly Gen<LinearRange> Ranges = Gen.Select(Gen.OneOf(Gen.Const(4), Gen.Const(8)), Gen.Bool, Gen.Bool).Select((bits, signed, symmetric) => new LinearRange(bits, signed, symmetric));

    [Fact]
    public void Encode_OfAnyGrid_EqualsTheScalarReference() => Gen.Select(Values.Array[96], Ranges, Gen.Int[0, 4], Gen.Bool).Sample((values, range, kind, half) =>
    {
        BlockGrid grid = Grid(kind);
        LinearParameters parameters = Parameters(grid, values, range, half);
        byte[] codes = new byte[96], expected = new byte[96];
        var decoded = new float[96];
        var reference = new float[96];
        LinearKernel.Encode(grid, parameters, range, 0, values, codes, decoded);
        float[] scales = Enumerable.Range(0, 96).Select(i => parameters.Scales[grid.BlockOf(i)]).ToArray();
        float[] offsets = Enumerable.Range(0, 96).Select(i => parameters.Offsets?[grid.BlockOf(i)] ?? 0).ToArray();
        LinearKernel.EncodeScalar(values, scales, offsets, 1, range, expected, reference);
        Assert.Equal(expected, codes);
        Assert.Equal(reference.Select(SingleBits.ToBits), decoded.Select(SingleBits.ToBits));
    });

    [Fact]
    public void Encode_StaysWithinHalfAStepAndInRange() => Gen.Select(Gen.Float[-100, 100].Array[96], Ranges, Gen.Int[0, 2]).Sample((values, range, kind) =>
    {
        BlockGrid grid = Grid(kind);
        LinearParameters parameters = Parameters(grid, values, range, false);
        byte[] codes = new byte[96];
        var decoded = new float[96];
        LinearKernel.Encode(grid, parameters, range, 0, values, codes, decoded);
        for (int i = 0; i < values.Length; i++)
        {
            int code = range.IsSigned ? (sbyte)codes[i] : codes[i];
            Assert.InRange(code, range.Min, range.Max);

            // The rounded offset may shift the range by half a step, which clips at one end.
            float scale = parameters.Scales[grid.BlockOf(i)];
            Assert.True(Math.Abs(values[i] - decoded[i]) <= scale * (range.IsSymmetric ? 0.501 : 1.001), $"{values[i]} -> {decoded[i]}, scale {scale}");
        }
    });

    [Fact]
    public void Parameters_OfAnyFiniteRange_AreFiniteAndNotZero() => Gen.Select(Values, Values, Ranges, Gen.Bool).Sample((a, b, range, half) =>
    {
        float limit = half ? HalfConversion.MaxValue : float.MaxValue;
        float[] values = [Math.Min(Math.Max(a, -limit), limit), Math.Min(Math.Max(b, -limit), limit)];
        var grid = BlockGrid.Whole([2]);
        LinearParameters parameters = Parameters(grid, values, range, half);
        Assert.True(parameters.Scales[0] > 0 && !float.IsInfinity(parameters.Scales[0]));
        Assert.True(parameters.Offsets is null || (parameters.Offsets[0] >= range.Min && parameters.Offsets[0] <= range.Max));
        byte[] codes = new byte[2];
        var decoded = new float[2];
        LinearKernel.Encode(grid, parameters, range, 0, values, codes, decoded);
        if (half)
        {
            HalfRounding.Round(decoded);
        }

        Assert.All(decoded, value => Assert.False(float.IsNaN(value) || float.IsInfinity(value), $"{values[0]} {values[1]} -> {value}"));
    });

    [Fact]
    public void Parameters_InFloat16_StepDownAsFarAsItTakes()
    {
        float[] values = [-65504, 102.46667f];
        var range = new LinearRange(4, false, false);
        LinearParameters parameters = Parameters(BlockGrid.Whole([2]), values, range, true);
        byte[] codes = new byte[2];
        var decoded = new float[2];
        LinearKernel.Encode(BlockGrid.Whole([2]), parameters, range, 0, values, codes, decoded);
        Assert.InRange(decoded[0], -HalfConversion.MaxValue, -65400);
    }

    [Fact]
    public void Parameters_OfZeros_ScaleByOne()
    {
        LinearParameters parameters = Parameters(BlockGrid.Whole([4]), [0, 0, -0f, 0], new LinearRange(8, true, true), false);
        Assert.Equal(1, parameters.Scales[0]);
        Assert.Equal(1, parameters.GuardedCount);
    }

    [Fact]
    public void Parameters_InFloat16_NeverRoundASmallScaleDown()
    {
        // 1.5e-6 / 127 is a fifth of the smallest FP16 number: rounded to nearest it would be zero.
        float[] values = [1.5e-6f, -1.1e-6f, 3e-7f, 0];
        LinearParameters parameters = Parameters(BlockGrid.Whole([4]), values, new LinearRange(8, true, true), true);
        byte[] codes = new byte[4];
        var decoded = new float[4];
        LinearKernel.Encode(BlockGrid.Whole([4]), parameters, new LinearRange(8, true, true), 0, values, codes, decoded);
        Assert.All(values.Zip(decoded), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 3e-8));
    }

    private static BlockGrid Grid(int kind) => kind switch
    {
        0 => BlockGrid.Whole([6, 16]),
        1 => new BlockGrid([6, 16], [6, 1]),
        2 => new BlockGrid([6, 16], [1, 16]),
        3 => new BlockGrid([6, 16], [3, 4]),
        _ => new BlockGrid([4, 8, 3], [1, 8, 1]),
    };

    private static LinearParameters Parameters(BlockGrid grid, float[] values, LinearRange range, bool half)
    {
        var ranges = new BlockRanges(grid);
        ranges.Add(0, values.AsSpan(0, values.Length / 2));
        ranges.Add(values.Length / 2, values.AsSpan(values.Length / 2));
        return LinearParameters.Of(ranges, range, half);
    }
}
