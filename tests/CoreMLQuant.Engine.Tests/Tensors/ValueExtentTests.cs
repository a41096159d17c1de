using CoreMLQuant.Tensors;
using Xunit;

namespace CoreMLQuant.Tests.Tensors;

public class ValueExtentTests
{
    [Fact]
    public void Add_LeavesOutWhatIsNotFinite()
    {
        var extent = new ValueExtent();
        extent.Add([float.NaN, float.NegativeInfinity, float.PositiveInfinity]);
        Assert.True(extent.IsEmpty);

        extent.Add([float.NaN, 3, float.MaxValue, float.PositiveInfinity, -2]);
        Assert.False(extent.IsEmpty);
        Assert.Equal((-2f, float.MaxValue), (extent.Minimum, extent.Maximum));
    }

    [Fact]
    public void Add_OfAnotherExtent_CoversBoth_AndAnEmptyOneChangesNothing()
    {
        ValueExtent extent = Of(1, 2), other = Of(-5, 1.5f);
        extent.Add(new ValueExtent());
        Assert.Equal((1f, 2f), (extent.Minimum, extent.Maximum));
        extent.Add(other);
        Assert.Equal((-5f, 2f), (extent.Minimum, extent.Maximum));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Add_OfZeros_GivesThePositiveOne(bool isNegativeFirst)
    {
        ValueExtent extent = isNegativeFirst ? Of(-0f, 0f) : Of(0f, -0f);
        Assert.False(float.IsNegative(extent.Minimum) || float.IsNegative(extent.Maximum));
    }

    private static ValueExtent Of(params float[] values)
    {
        var extent = new ValueExtent();
        extent.Add(values);
        return extent;
    }
}
