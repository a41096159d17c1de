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
    public void Of_TinyRange_HalfScaleCoversIt()
    {
        const double Maximum = 1e-5;
        float scale = TensorQuantization.Of(0, Maximum, Symmetric, isHalf: true).Scale;

        Assert.True(scale * 127 >= Maximum, $"{scale}");
        Assert.Equal((float)(Maximum / 127), TensorQuantization.Of(0, Maximum, Symmetric, isHalf: false).Scale, 1e-10f);
        Assert.Equal(1e-12f / 127, TensorQuantization.Of(0, 1e-12, Symmetric, isHalf: false).Scale, 1e-18f);
    }
}
