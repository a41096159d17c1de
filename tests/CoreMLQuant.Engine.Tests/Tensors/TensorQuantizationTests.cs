using CoreMLQuant.Tensors;
using Xunit;

namespace CoreMLQuant.Tests.Tensors;

/// <summary>Scales and zero points of ranges; the ordinary ones are compared with coremltools' in ActivationConformanceTests.</summary>
public class TensorQuantizationTests
{
    private static readonly LinearRange Symmetric = new(8, IsSigned: true, IsSymmetric: true);
    private static readonly LinearRange Affine = new(8, IsSigned: true, IsSymmetric: false);

    [Theory]
    [InlineData(-1.5, 0.25, 1.5f / 127)]
    [InlineData(0, 4, 4f / 127)]
    public void Of_Symmetric_LargestMagnitudeIsTheLargestInteger(double minimum, double maximum, float scale)
    {
        TensorQuantization found = TensorQuantization.Of(minimum, maximum, Symmetric, isHalf: true);

        Assert.Equal(scale, found.Scale, scale / 1024);
        Assert.Equal(0, found.ZeroPoint);
    }

    [Fact]
    public void Of_AffineOnOneSide_CoversZero()
    {
        TensorQuantization above = TensorQuantization.Of(2, 5.1, Affine, isHalf: false), below = TensorQuantization.Of(-5.1, -2, Affine, isHalf: false);

        Assert.Equal(5.1f / 255, above.Scale, 1e-4f);
        Assert.Equal((-128, 127), (above.ZeroPoint, below.ZeroPoint));
    }

    [Theory]
    [InlineData(true, false, 127)]
    [InlineData(false, false, 0)]
    [InlineData(false, true, 0)]
    public void Of_AlwaysZero_ScaleIsOne(bool isSymmetric, bool isSigned, int zeroPoint)
    {
        TensorQuantization found = TensorQuantization.Of(0, 0, new LinearRange(8, isSigned, isSymmetric), isHalf: true);

        Assert.Equal(new TensorQuantization(1, zeroPoint), found);
    }

    // What coremltools 9 computes for these ranges: products beyond FP16 whose zero point is right nevertheless, and subnormal scales that are near enough.
    [Theory]
    [InlineData(0, 710.8246272670589, false, 2.7890625, -128)]
    [InlineData(-2, 600, false, 2.361328125, -128)]
    [InlineData(0, 710.8246272670589, true, 5.59765625, 0)]
    [InlineData(0, 0.011482057085227237, false, 4.500150680541992e-05, -128)]
    [InlineData(-0.0041050087156847825, 0.00843755885739752, false, 4.9173831939697266e-05, -45)]
    [InlineData(-0.006602403567484857, 0.0019961198727477423, false, 3.3736228942871094e-05, 68)]
    [InlineData(-0.006602403567484857, 0.0019961198727477423, true, 5.1975250244140625e-05, 0)]
    public void Of_AtTheEndsOfHalf_FiguresOfCoremltools(double minimum, double maximum, bool isSymmetric, double scale, int zeroPoint)
    {
        LinearRange range = isSymmetric ? Symmetric : Affine;

        Assert.Equal(new TensorQuantization((float)scale, zeroPoint), TensorQuantization.Of(minimum, maximum, range, isHalf: true));
        Assert.Equal(new TensorQuantization((float)scale, zeroPoint), TensorQuantization.Of(minimum, maximum, range, isHalf: false));
    }

    [Fact]
    public void Of_ProductsBeyondHalf_OnlyTheZeroPointIsTheExactOne()
    {
        // coremltools has the same scale, and no number for the zero point.
        Assert.Equal(new TensorQuantization(16.34375f, -96), TensorQuantization.Of(-521.8649971765981, 3648.024144219064, Affine, isHalf: true));
    }

    [Fact]
    public void Of_ProductsBeyondHalf_ZeroPointIsTheExactOne()
    {
        // -128 * 600 is beyond FP16; coremltools' formula gives -128 here, which would cut off everything below zero.
        Assert.Equal(-124, TensorQuantization.Of(-10, 600, Affine, isHalf: true).ZeroPoint);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_RangeBeyondHalf_ScaleIsFinite(bool isHalf)
    {
        Assert.Equal(100_000f / 255, TensorQuantization.Of(-50_000, 50_000, Affine, isHalf).Scale, 0.2f);
        Assert.Equal(1e6f / 127, TensorQuantization.Of(-1e6, 0, Symmetric, isHalf).Scale, 4f);
    }

    [Fact]
    public void Of_RangeBeyondSingle_ScaleIsFinite()
    {
        TensorQuantization single = TensorQuantization.Of(-1e308, 1.5e308, Affine, isHalf: false), half = TensorQuantization.Of(-1e308, 1.5e308, Affine, isHalf: true);

        Assert.Equal((float.MaxValue, 65504f), (single.Scale, half.Scale));
        Assert.Equal((-26, -26), (single.ZeroPoint, half.ZeroPoint));
    }

    [Fact]
    public void Of_TinyRange_HalfScaleCoversIt()
    {
        const double Maximum = 1e-5;
        float scale = TensorQuantization.Of(0, Maximum, Symmetric, isHalf: true).Scale;

        Assert.True(scale * 127 >= Maximum, $"{scale}");
        Assert.Equal((float)(Maximum / 127), TensorQuantization.Of(0, Maximum, Symmetric, isHalf: false).Scale, 1e-10f);
        Assert.Equal(1e-12f / 127, TensorQuantization.Of(0, 1e-12, Symmetric, isHalf: false).Scale, 1e-18f);
    }
}
