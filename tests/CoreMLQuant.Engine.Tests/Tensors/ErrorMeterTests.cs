using System;
using System.Linq;
using CoreMLQuant.Tensors;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors;

/// <summary>Tiles are measured as single values are, bit for bit.</summary>
public class ErrorMeterTests
{
    private static readonly Gen<float> Values = Gen.OneOf(
        Gen.Float[-1, 1], Gen.Float[-1e5f, 1e5f], Gen.Const(0f), Gen.Const(float.PositiveInfinity), Gen.Const(float.NaN), Gen.Const(65504f), Gen.Const(65520f));

    [Fact]
    public void Add_OfATile_EqualsOneByOne() => Gen.Select(Values, Gen.Float[-1, 1]).Array[0, 100].Sample(pairs =>
    {
        float[] source = pairs.Select(pair => pair.Item1).ToArray(), result = pairs.Select(pair => pair.Item2).ToArray();
        var tile = new ErrorMeter();
        var single = new ErrorMeter();
        tile.Add(source, result);
        for (int i = 0; i < source.Length; i++)
        {
            single.Add(i % ErrorMeter.Lanes, source[i], result[i]);
        }

        Assert.Equal(ErrorMeter.Total([single]), ErrorMeter.Total([tile]));
    });

    [Fact]
    public void Scan_FindsZerosMagnitudesAndWhatIsNotFinite() => Values.Array[0, 100].Sample(values =>
    {
        var scan = new ValueScan();
        scan.Add(values);
        Assert.Equal(values.Any(value => float.IsNaN(value) || float.IsInfinity(value)), scan.HasNonFinite);
        Assert.Equal(values.Count(value => value == 0), scan.ZeroCount);
        Assert.True(scan.HasNonFinite || scan.MaxMagnitude == values.Select(Math.Abs).DefaultIfEmpty(0).Max());
    });
}
