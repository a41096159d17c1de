using System;
using System.Threading;
using CoreMLQuant.Tensors.Compensation;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Compensation;

public class GramFactorsTests
{
    private static readonly GramMatrix Matrix = new([2, 1, 1, 3], 0, 2);

    [Fact]
    public void Of_WhileKept_FindsEachFactorOnce()
    {
        GramFactors factors = Factors();
        using (factors.Keep())
        {
            InverseFactor[] first = factors.Of(0, Matrix, byActivation: true, CancellationToken.None), second = factors.Of(0, Matrix, byActivation: true, CancellationToken.None);
            Assert.Equal(2, first.Length);
            Assert.Same(first[0], second[0]);
            Assert.Same(first[1], second[1]);
            Assert.Same(first[1], Assert.Single(factors.Of(0, Matrix, byActivation: false, CancellationToken.None)));
        }

        Assert.NotSame(Assert.Single(factors.Of(0, Matrix, byActivation: false, CancellationToken.None)), Assert.Single(factors.Of(0, Matrix, byActivation: false, CancellationToken.None)));
    }

    [Fact]
    public void Keep_Nested_LastsUntilTheLastOne()
    {
        GramFactors factors = Factors();
        IDisposable outer = factors.Keep();
        InverseFactor before;
        using (factors.Keep())
        {
            before = factors.Of(0, Matrix, byActivation: false, CancellationToken.None)[0];
        }

        Assert.Same(before, factors.Of(0, Matrix, byActivation: false, CancellationToken.None)[0]);
        outer.Dispose();
        outer.Dispose();
        Assert.NotSame(before, factors.Of(0, Matrix, byActivation: false, CancellationToken.None)[0]);
    }

    [Fact]
    public void Of_MatrixOfZeros_HasNoFactor() => Assert.Empty(Factors().Of(0, new GramMatrix(new double[4], 0, 2), byActivation: true, CancellationToken.None));

    private static GramFactors Factors() => new(() => [Matrix], 0.01);
}
