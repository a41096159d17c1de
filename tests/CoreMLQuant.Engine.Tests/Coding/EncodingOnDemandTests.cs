using System;
using System.Linq;
using System.Threading;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Coding;

/// <summary>Codes, tables and errors do not depend on whether the whole weight was looked at first.</summary>
public sealed class EncodingOnDemandTests
{
    private static readonly Gen<(int Channels, int Length, int Tile, int Seed)> Weights = Gen.Select(Gen.Int[1, 12], Gen.Int[8, 60], Gen.Int[1, 12].Select(groups => 8 * groups), Gen.Int);

    [Theory]
    [InlineData(false, nameof(ElementType.Float32))]
    [InlineData(true, nameof(ElementType.Float32))]
    [InlineData(false, nameof(ElementType.Float16))]
    public void Encode_LinearBeforePreparing_EqualsEncodingAfterwards(bool isSymmetric, string type) => Weights.Sample(weight =>
        Check(weight, grid => new LinearCoder(grid, new LinearRange(8, true, isSymmetric), Enum.Parse<ElementType>(type))));

    [Theory]
    [InlineData(nameof(AffineForm.Range))]
    [InlineData(nameof(AffineForm.Centred))]
    [InlineData(nameof(AffineForm.Signed))]
    public void Encode_AffineBeforePreparing_EqualsEncodingAfterwards(string form) => Weights.Sample(weight =>
        Check(weight, grid => new AffineCoder(grid, Enum.Parse<AffineForm>(form), 8)));

    [Fact]
    public void EncodesOnDemand_BlocksThatDoNotFollowOneAnother_False() =>
        Assert.False(new LinearCoder(new BlockGrid([8, 4, 8], [1, 4, 1]), new LinearRange(8, true, true), ElementType.Float32).EncodesOnDemand);

    private static void Check((int Channels, int Length, int Tile, int Seed) weight, Func<BlockGrid, ScalarCoder> coder)
    {
        var random = new Random(weight.Seed);
        var values = new ArrayValues(Enumerable.Range(0, weight.Channels * weight.Length).Select(_ => (float)(random.NextDouble() - 0.4)).ToArray());
        var grid = new BlockGrid([weight.Channels, weight.Length], [weight.Channels, 1]);
        (ScalarCoder prepared, ScalarCoder onDemand) = (coder(grid), coder(grid));
        Assert.True(onDemand.EncodesOnDemand);
        prepared.Prepare(values, CancellationToken.None);
        byte[] expected = new byte[values.Count], codes = new byte[values.Count];
        var expectedError = new ErrorMeter();
        prepared.Encode(values, 0, expected, expectedError);

        // Some tiles, the last one first, then the tables, then the others: the meters are added in the order of the values.
        int[] starts = Enumerable.Range(0, (codes.Length + weight.Tile - 1) / weight.Tile).Select(tile => tile * weight.Tile).ToArray();
        var meters = starts.Select(_ => new ErrorMeter()).ToArray();
        foreach (int tile in Enumerable.Range(0, starts.Length).Reverse().Where(tile => tile % 3 == 0))
        {
            Encode(tile);
        }

        onDemand.Prepare(values, CancellationToken.None);
        for (int table = 0; table < prepared.Tables.Count; table++)
        {
            Assert.Equal(prepared.TableBytes(table), onDemand.TableBytes(table));
        }

        foreach (int tile in Enumerable.Range(0, starts.Length).Where(tile => tile % 3 != 0))
        {
            Encode(tile);
        }

        Assert.Equal(expected, codes);
        Assert.Equal(ErrorMeter.Total([expectedError]).MaxAbsoluteError, ErrorMeter.Total(meters).MaxAbsoluteError);
        Assert.Equal(ErrorMeter.Total([expectedError]).NoiseEnergy, ErrorMeter.Total(meters).NoiseEnergy, 1e-9);

        void Encode(int tile) =>
            onDemand.Encode(values, starts[tile], codes.AsSpan(starts[tile], Math.Min(weight.Tile, codes.Length - starts[tile])), meters[tile]);
    }
}
