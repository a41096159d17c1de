using CoreMLQuant.Sensitivity;
using Xunit;

namespace CoreMLQuant.Tests.Sensitivity;

/// <summary>Figures of outputs as decibels, and back.</summary>
public class FigureScaleTests
{
    [Theory]
    [InlineData(0.9, 0.99)]
    [InlineData(-0.5, 0.85)]
    public void Cosine_TenDecibelsMore_LacksATenthAsMuch(double cosine, double expected) =>
        Assert.Equal(expected, FigureScale.Cosine.ToFigure(FigureScale.Cosine.ToDecibels(Row with { Cosine = cosine }) + 10)!.Value, 1e-12);

    [Fact]
    public void Agreement_TwentyDecibelsMore_LacksATenthAsMuch() =>
        Assert.Equal(0.98, FigureScale.Agreement.ToFigure(FigureScale.Agreement.ToDecibels(Row with { Top1Agreement = 0.8 }) + 20)!.Value, 1e-12);

    [Fact]
    public void Figures_OfLargeErrors_StayInTheirRange()
    {
        Assert.Equal(-1, FigureScale.Cosine.ToFigure(FigureScale.Cosine.ToDecibels(Row with { Cosine = 0.5 }) - 50));
        Assert.Equal(0, FigureScale.Agreement.ToFigure(FigureScale.Agreement.ToDecibels(Row with { Top1Agreement = 0.5 }) - 50));
    }

    [Fact]
    public void Figures_OfUnchangedOutputs_AreInfiniteDecibelsAndBack()
    {
        // What is left of equal values may be more than 1 by rounding.
        Assert.Equal(double.PositiveInfinity, FigureScale.Cosine.ToDecibels(Row with { Cosine = 1 + 1e-15 }));
        Assert.Equal(double.PositiveInfinity, FigureScale.Agreement.ToDecibels(Row with { Top1Agreement = 1 }));
        Assert.Equal(1, FigureScale.Cosine.ToFigure(double.PositiveInfinity));
        Assert.Equal(1, FigureScale.Agreement.ToFigure(double.PositiveInfinity));
    }

    [Fact]
    public void Figures_ThatAreNotKnown_StayUnknown()
    {
        foreach (FigureScale scale in new[] { FigureScale.Snr, FigureScale.Cosine, FigureScale.Agreement })
        {
            Assert.Null(scale.ToFigure(scale.ToDecibels(Row)));
        }
    }

    private static WeightSensitivity Row => new("model", "weight")
    {
        OpType = "conv",
        OpName = "conv",
        Order = 0,
        WeightCount = 1,
        WeightNames = ["weight"],
        ElementCount = 1,
        Recipe = "recipe",
        Before = 1,
        After = 1,
        IsExact = false,
        SampleCount = 1,
    };
}
