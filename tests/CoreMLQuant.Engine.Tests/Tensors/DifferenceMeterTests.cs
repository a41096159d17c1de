using System;
using System.Linq;
using CoreMLQuant.Tensors;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors;

public class DifferenceMeterTests
{
    private static readonly float[] Unusual =
    [
        0f, -0f, 65504f, 65519f, 65520f, -65520f, 1e30f, float.MaxValue, 2.98023224e-8f, -2.9e-8f, 2.981e-8f, 1e-40f,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN,
    ];

    private static readonly Gen<float> AnyValue = Gen.Frequency((6, Gen.Float[-2, 2]), (1, Gen.Int[0, Unusual.Length - 1].Select(i => Unusual[i])));

    [Fact]
    public void Add_IsTheSumOverEightLanesToTheLastBit() => Gen.Select(AnyValue.Array[0, 70], AnyValue.Array[70]).Sample((reference, others) =>
    {
        float[] difference = others.Take(reference.Length).ToArray();
        var meter = new DifferenceMeter();
        (double signal, double noise) = meter.Add(reference, difference);
        double[] x = reference.Select(value => (double)value).ToArray(), y = difference.Select(value => (double)value).ToArray();
        Assert.Equal(Lanes(x, i => x[i] * x[i]), meter.Signal);
        Assert.Equal(Lanes(x, i => double.IsFinite(y[i]) ? (x[i] - y[i]) * (x[i] - y[i]) : double.PositiveInfinity), meter.Noise);
        Assert.Equal(Lanes(x, i => double.IsFinite(y[i]) ? y[i] * y[i] : 0), meter.Other);
        Assert.Equal(Lanes(x, i => double.IsFinite(y[i]) ? x[i] * y[i] : 0), meter.Dot);
        Assert.Equal((meter.Signal, meter.Noise), (signal, noise));
        int[] finite = Enumerable.Range(0, x.Length).Where(i => double.IsFinite(x[i])).ToArray();
        Assert.Equal(finite.Select(i => double.IsFinite(y[i]) ? Math.Abs(x[i] - y[i]) : double.PositiveInfinity).Append(0).Max(), meter.MaxAbsoluteError);
        Assert.Equal(finite.Select(i => Math.Abs(reference[i])).Append(0f).Max(), meter.Peak);
        Assert.Equal(
            (x.Length, x.Count(value => value == 0), y.Count(value => value == 0), x.Length - finite.Length, y.Count(value => !double.IsFinite(value))),
            (meter.Count, meter.ReferenceZeros, meter.DifferenceZeros, meter.ReferenceNonFinite, meter.DifferenceNonFinite));
        Assert.Equal(finite.Count(i => Math.Abs(x[i]) >= 65520 && !(Math.Abs(y[i]) < 65504)), meter.Overflowed);
        Assert.Equal(finite.Count(i => x[i] != 0 && (float)(Half)reference[i] == 0 && y[i] == 0), meter.Underflowed);
    });

    [Fact]
    public void Add_OfWhatFollows_IsTheSum()
    {
        float[] x = Enumerable.Range(0, 100).Select(i => (float)Math.Sin(i)).ToArray(), y = x.Select(value => MathF.Round(value, 2)).ToArray();
        var parts = new DifferenceMeter();
        var second = new DifferenceMeter();
        (double first, _) = parts.Add(x.AsSpan(0, 37), y.AsSpan(0, 37));
        second.Add(x.AsSpan(37), y.AsSpan(37));
        parts.Add(second);
        Assert.Equal(first + second.Signal, parts.Signal);
        var whole = new DifferenceMeter();
        whole.Add(x, y);
        Assert.Equal((whole.Count, whole.MaxAbsoluteError, whole.Peak), (parts.Count, parts.MaxAbsoluteError, parts.Peak));
        Assert.Equal(whole.Noise, parts.Noise, 1e-12);
    }

    [Theory]
    [InlineData(0, 5, 3, 40)]
    [InlineData(0, 40, 1, 1)]
    [InlineData(1, 3, 7, 1)]
    [InlineData(1, 4, 5, 33)]
    [InlineData(2, 3, 2, 6)]
    public void Channels_AreThoseOfTheAxis_HoweverTheyAreCut(int axis, int a, int b, int c)
    {
        long[] shape = [a, b, c];
        int count = a * b * c;
        var random = new Random(count + axis);
        float[] x = Enumerable.Range(0, count).Select(_ => (float)random.NextDouble() - 0.5f).ToArray();
        float[] y = x.Select(value => random.Next(4) == 0 ? value : MathF.Round(value, 1)).ToArray();
        AxisLayout layout = AxisLayout.Of(shape, axis);
        (int Channel, double Signal, double Noise)[] expected = Enumerable.Range(0, count)
            .GroupBy(i => (int)(i / layout.Inner % layout.Length))
            .Select(group => (group.Key, group.Sum(i => (double)x[i] * x[i]), group.Sum(i => Math.Pow((double)x[i] - y[i], 2))))
            .Where(channel => channel.Item3 > 0)
            .OrderBy(channel => channel.Item2 / channel.Item3)
            .ToArray();
        foreach (int cut in new[] { 1, 7, 8, 50, count })
        {
            ChannelErrors all = ChannelErrors.Of(layout);
            var total = new DifferenceMeter();
            for (int start = 0; start < count; start += cut)
            {
                int length = Math.Min(cut, count - start);
                ChannelErrors part = ChannelErrors.Of(layout, start, length);
                part.Add(total, start, x.AsSpan(start, length), y.AsSpan(start, length));
                all.Add(part);
            }

            (int channel, double signal, double noise) = all.Worst()!.Value;
            Assert.Equal(expected[0].Channel, channel);
            Assert.Equal(expected[0].Signal, signal, 1e-12);
            Assert.Equal(expected[0].Noise, noise, 1e-12);
            Assert.Equal(x.Sum(value => (double)value * value), total.Signal, 1e-10);
        }
    }

    [Fact]
    public void Channels_WithoutNoise_HaveNoWorst_AndLostValuesAreTheWorst()
    {
        AxisLayout layout = AxisLayout.Of([2, 2], 0);
        float[] x = [1, float.NaN, 3, 4];
        ChannelErrors same = ChannelErrors.Of(layout);
        same.Add(new DifferenceMeter(), 0, x, x);
        Assert.Null(same.Worst());
        ChannelErrors lost = ChannelErrors.Of(layout);
        lost.Add(new DifferenceMeter(), 0, x, [1.5f, 2, 3, float.PositiveInfinity]);
        Assert.Equal((1, 25, double.PositiveInfinity), lost.Worst());
    }

    private static double Lanes(double[] x, Func<int, double> term)
    {
        double[] lanes = new double[8];
        for (int i = 0; i < x.Length; i++)
        {
            lanes[i % 8] += double.IsFinite(x[i]) ? term(i) : 0;
        }

        return lanes.Aggregate(0d, (sum, lane) => sum + lane);
    }
}
