using System;
using System.Linq;
using CoreMLQuant.Reporting.Values;
using CoreMLQuant.Tensors.Decoding;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Reporting;

public class DistributionMeterTests
{
    private static readonly Gen<float[]> Weights = Gen.Float[-4, 4].Array[1, 300];

    [Fact]
    public void Measure_CountsEveryFiniteValueInItsBin() => Weights.Sample(values =>
    {
        ValueDistribution distribution = Measure(values, null)!;
        double width = (distribution.Maximum - distribution.Minimum) / distribution.Reference.Count;
        Assert.Equal(values.Length, distribution.Reference.Sum());
        for (int bin = 0; bin < distribution.Reference.Count; bin++)
        {
            // Values within a millionth of a bin's edge may be on either side.
            double from = distribution.Minimum + (bin * width), to = from + width, edge = width * 1e-6;
            Assert.InRange(
                distribution.Reference[bin],
                values.Count(value => value >= from + edge && value < to - edge),
                values.Count(value => value >= from - edge && value <= to + edge));
        }
    });

    [Fact]
    public void Measure_OfAWeightInSeveralPieces_FindsWhatIsInEach()
    {
        // Pieces of a million values: a level in each, the least value in the first and the largest in the last.
        float[] values = Enumerable.Range(0, 2_500_000).Select(index => (float)(index / 1_000_000)).ToArray();
        ValueDistribution distribution = Measure(values, null)!;
        Assert.Equal((0d, 2d), (distribution.Minimum, distribution.Maximum));
        Assert.Equal([0f, 1f, 2f], distribution.Levels);
        Assert.Equal([1_000_000L, 1_000_000, 500_000], distribution.Reference.Where(count => count > 0));
    }

    [Fact]
    public void Measure_PutsBothOnOneScale() => Gen.Select(Weights, Weights).Sample((before, after) =>
    {
        ValueDistribution distribution = Measure(before, after)!;
        Assert.Equal(before.Length, distribution.Reference.Sum());
        Assert.Equal(after.Length, distribution.Difference!.Sum());
        if (before.Concat(after).Distinct().Count() > 1)
        {
            Assert.Equal((before.Concat(after).Min(), before.Concat(after).Max()), (distribution.Minimum, distribution.Maximum));
        }
    });

    [Fact]
    public void Measure_LeavesOutWhatIsNotFinite()
    {
        ValueDistribution distribution = Measure([1, float.NaN, float.PositiveInfinity, 2, float.NegativeInfinity], null)!;
        Assert.Equal((2, 1d, 2d), (distribution.Reference.Sum(), distribution.Minimum, distribution.Maximum));
        Assert.Equal([1f, 2f], distribution.Levels);
        Assert.Null(Measure([float.NaN], null));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-3f)]
    [InlineData(float.MaxValue)]
    public void Measure_OfOneValue_HasBinsAroundIt(float value)
    {
        ValueDistribution distribution = Measure([value, value], null)!;
        Assert.True(distribution.Minimum < value && value < distribution.Maximum);
        Assert.Equal(2, distribution.Reference.Max());
    }

    [Fact]
    public void Levels_AreThoseOfTheCounterpart_OrOfItsChannelWhereTheyAreTooMany()
    {
        // Three channels of 200 values each: 600 different ones, 200 in a channel.
        float[] before = Enumerable.Range(0, 600).Select(value => value + 0.5f).ToArray();
        float[] after = Enumerable.Range(0, 600).Select(value => (float)value).ToArray();
        Assert.Empty(Measure(before, after)!.Levels);

        ValueDistribution rows = Measure(before, after, new ChannelOfWeight([3, 200], 0, 1))!;
        Assert.Equal(after.Skip(200).Take(200), rows.Levels);
        Assert.Equal(1, rows.LevelsChannel);
        Assert.Equal(after.Where((_, index) => index % 3 == 2), Measure(before, after, new ChannelOfWeight([200, 3], 1, 2))!.Levels);

        // A counterpart of another shape has no such channel.
        Assert.Empty(Measure(before, after, new ChannelOfWeight([3, 100], 0, 1))!.Levels);

        float[] few = before.Select(value => (float)Math.Round(value / 40)).ToArray();
        Assert.Equal(few.Distinct().Order(), Measure(before, few)!.Levels);
        Assert.Null(Measure(before, few, new ChannelOfWeight([3, 200], 0, 1))!.LevelsChannel);
    }

    private static ValueDistribution? Measure(float[] reference, float[]? difference, ChannelOfWeight? channel = null) =>
        DistributionMeter.Measure(new ArrayValues(reference), difference is null ? null : new ArrayValues(difference), channel, default);
}
