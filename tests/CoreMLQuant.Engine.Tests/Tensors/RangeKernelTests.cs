using System;
using System.Linq;
using CoreMLQuant.Tensors;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors;

/// <summary>The smallest and the largest value are those of a comparison one by one, the signs of zeros included.</summary>
public class RangeKernelTests
{
    private static readonly Gen<float> Values = Gen.OneOf(Gen.Float[-1, 1], Gen.Float[0, 1], Gen.Float[-3e38f, 3e38f], Gen.Const(0f), Gen.Const(-0f));

    [Fact]
    public void Of_AnyValues_IsTheComparisonOneByOne() => Values.Array[1, 100].Sample(Check);

    [Fact]
    public void Of_ValuesOfOneSign_IsTheComparisonOneByOne() =>
        Gen.Select(Values.Array[1, 100], Gen.Bool).Sample((values, isNegative) => Check(values.Select(value => isNegative ? Math.Min(value, 0f) : Math.Max(value, -0f)).ToArray()));

    private static void Check(float[] values)
    {
        (float min, float max) = RangeKernel.Of(values);
        Assert.Equal(SingleBits.ToBits(values.Aggregate(Math.Min)), SingleBits.ToBits(min));
        Assert.Equal(SingleBits.ToBits(values.Aggregate(Math.Max)), SingleBits.ToBits(max));
    }
}
