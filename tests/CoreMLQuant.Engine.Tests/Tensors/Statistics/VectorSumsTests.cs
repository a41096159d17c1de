using System;
using System.Linq;
using CoreMLQuant.Tensors.Statistics;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Statistics;

public class VectorSumsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 40)]
    [InlineData(7, 513)]
    [InlineData(50, 100)]
    [InlineData(97, 1100)]
    public void Add_Matrix_GivesSumsSquaresAndProducts(int columns, int rows)
    {
        var random = new Random(columns);
        float[] values = Enumerable.Range(0, rows * columns).Select(_ => (float)(random.NextDouble() - 0.3)).ToArray();
        var sums = new VectorSums(1, columns, withGram: true);
        VectorMeter.Add(values, [rows, columns], new AxisVectors(columns, 1), sums, int.MaxValue, 0);
        Assert.Equal(rows, sums.Count);
        for (int i = 0; i < columns; i++)
        {
            Close(Enumerable.Range(0, rows).Sum(row => (double)values[(row * columns) + i]), sums.Sums[i]);
            Close(Enumerable.Range(0, rows).Sum(row => Math.Pow(values[(row * columns) + i], 2)), sums.Squares[i]);
            for (int j = 0; j <= i; j++)
            {
                Close(Enumerable.Range(0, rows).Sum(row => (double)values[(row * columns) + i] * values[(row * columns) + j]), sums.Products![(i * columns) + j]);
            }

            Assert.All(Enumerable.Range(i + 1, columns - i - 1), j => Assert.Equal(0, sums.Products![(i * columns) + j]));
        }

        void Close(double expected, double actual) => Assert.InRange(actual, expected - (1e-6 * rows), expected + (1e-6 * rows));
    }

    [Fact]
    public void Add_MoreVectorsThanWanted_TakesEvenlySpreadOnesAndOthersOfTheNextValue()
    {
        float[] values = Enumerable.Range(0, 1000).Select(value => (float)value).ToArray();
        VectorSums first = Sums(0), second = Sums(1);
        Assert.Equal(100, first.Count);
        Assert.Equal(Enumerable.Range(0, 100).Sum(i => 10.0 * i), first.Sums[0]);
        Assert.Equal(100, second.Count);
        Assert.NotEqual(first.Sums[0], second.Sums[0]);

        VectorSums Sums(int ordinal)
        {
            var sums = new VectorSums(1, 1, withGram: false);
            VectorMeter.Add(values, [1000, 1], new AxisVectors(1, 1), sums, 100, ordinal);
            return sums;
        }
    }

    [Fact]
    public void Add_Groups_KeepsThemApart()
    {
        var sums = new VectorSums(2, 1, withGram: true);
        VectorMeter.Add([1, 2, 3, 4], [1, 2, 2], new WindowVectors(2, 2, new SlidingWindow([1], [1], [1], [0], [0])), sums, int.MaxValue, 0);
        Assert.Equal([3, 7], sums.Sums);
        Assert.Equal([5, 25], sums.Products!);
    }

    [Fact]
    public void Mirror_LowerTriangle_IsCopiedOverTheDiagonal()
    {
        double[] gram = [1, 0, 0, 2, 3, 0, 4, 5, 6];
        GramKernel.Mirror(3, gram);
        Assert.Equal([1, 2, 4, 2, 3, 5, 4, 5, 6], gram);
    }

    [Fact]
    public void Add_ValuesThatGrow_JoinsBinsAndLosesNone()
    {
        var slowly = new ValueSums();
        float[] values = [0, -0.5f, 0.25f, 3, -7, 1000, 1e-20f, float.NaN, float.PositiveInfinity];
        Array.ForEach(values, value => slowly.Add([value]));
        var together = new ValueSums();
        together.Add(values);
        Assert.Equal(7, slowly.Count);
        Assert.Equal(-7, slowly.Minimum);
        Assert.Equal(1000, slowly.Maximum);
        Assert.Equal(7, slowly.Histogram.Counts.Sum());
        Assert.Equal(together.Histogram.Counts, slowly.Histogram.Counts);
        Assert.Equal(together.Histogram.Exponent, slowly.Histogram.Exponent);
        GrowingHistogram histogram = slowly.Histogram;
        Assert.Equal(1, histogram.Counts[(int)Math.Floor((1000 - histogram.Low) / histogram.Width)]);
        Assert.InRange(1000, histogram.Low, -histogram.Low);
    }
}
