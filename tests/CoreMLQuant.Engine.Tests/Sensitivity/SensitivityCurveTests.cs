using System;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Sensitivity;
using Xunit;

namespace CoreMLQuant.Tests.Sensitivity;

/// <summary>Which encodings of a weight are measured, and what follows for the others.</summary>
public class SensitivityCurveTests
{
    [Fact]
    public void Estimate_ErrorsNearEachOther_ChangesByAsManyDecibels()
    {
        SensitivityCurve curve = Tables(40, 38, 33);
        Assert.Equal([0], References(curve, 3));
        Assert.Equal(23, curve.Estimate(2, encoding => encoding == 0 ? 30 : double.NaN));
        Assert.Equal([0], curve.ReferencesOf(1));
    }

    [Fact]
    public void Estimate_ErrorsApart_IsInterpolatedBetweenTheSmallestAndTheLargest()
    {
        SensitivityCurve curve = Tables(20, 35, 28, 12);
        Assert.Equal([1, 3], References(curve, 4));
        Assert.Equal(25.5, curve.Estimate(0, encoding => encoding == 1 ? 33 : 21.5));
        Assert.Equal(29.5, curve.Estimate(2, encoding => encoding == 1 ? 33 : 21.5));
    }

    [Fact]
    public void References_ErrorsFarApart_HaveOthersBetweenThem()
    {
        SensitivityCurve curve = Tables(50, 40, 28, 20, 8);
        Assert.Equal([0, 2, 4], References(curve, 5));
        Assert.Equal([2, 4], curve.ReferencesOf(3).Order());
    }

    [Fact]
    public void References_EachKindOfError_HasItsOwn()
    {
        var curve = new SensitivityCurve([Level(WeightEncoding.Linear, 40), Level(WeightEncoding.Palettized, 41), Level(WeightEncoding.Palettized, 36)]);
        Assert.Equal([0, 1], References(curve, 3));
        Assert.Equal([1], curve.ReferencesOf(2));
    }

    [Theory]
    [InlineData(double.PositiveInfinity, 8, 18)]
    [InlineData(35, double.NegativeInfinity, 25)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity)]
    public void Estimate_BesideAnInfiniteRatio_GoesByTheOtherReference(double smallest, double largest, double expected) =>
        Assert.Equal(expected, Tables(40, 30, 20).Estimate(1, encoding => encoding == 0 ? smallest : largest));

    [Theory]
    [InlineData(null, 8.0, 18.0)]
    [InlineData(35.0, null, 25.0)]
    [InlineData(double.PositiveInfinity, null, double.PositiveInfinity)]
    [InlineData(null, null, null)]
    public void Estimate_BesideAnUnknownFigure_GoesByTheOtherReference(double? smallest, double? largest, double? expected) =>
        Assert.Equal(expected, Tables(40, 30, 20).Estimate(1, encoding => encoding == 0 ? smallest : largest));

    [Fact]
    public void Estimate_UnknownInputs_GoesByTheErrorOfTheValues()
    {
        var curve = new SensitivityCurve([new ErrorLevel(WeightEncoding.Palettized, null, 40), new ErrorLevel(WeightEncoding.Palettized, 10, 35)]);
        Assert.Equal(25, curve.Estimate(1, _ => 30));
    }

    [Fact]
    public void References_LosslessEncoding_LeavesTheOthersToTheirLayer()
    {
        var curve = new SensitivityCurve(
        [
            new ErrorLevel(WeightEncoding.Palettized, double.PositiveInfinity, double.PositiveInfinity),
            new ErrorLevel(WeightEncoding.Palettized, 40, 20),
            new ErrorLevel(WeightEncoding.Palettized, 33, 19),
        ]);
        Assert.Equal([0, 1], References(curve, 3));
        Assert.Equal(23, curve.Estimate(2, _ => 30));
    }

    private static int[] References(SensitivityCurve curve, int count) => Enumerable.Range(0, count).Where(curve.IsReference).ToArray();

    private static SensitivityCurve Tables(params double[] levels) => new(Array.ConvertAll(levels, level => Level(WeightEncoding.Palettized, level)));

    private static ErrorLevel Level(WeightEncoding kind, double layerSnr) => new(kind, layerSnr, 20);
}
