using System;
using System.Linq;
using System.Threading;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Compensation;
using CoreMLQuant.Tensors.Decoding;
using CoreMLQuant.Tensors.Pruning;
using CoreMLQuant.Tests.Tensors.Compensation;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Pruning;

/// <summary>Pruning with compensated errors: as many zeros as planned, less error at the output.</summary>
public class CompensatedPrunerTests
{
    private const int Rows = 12;
    private const int Columns = 40;

    private static readonly MatrixLayout Layout = new(new BlockGrid([Rows, Columns], [1, Columns]), 1);
    private static readonly GramMatrix[] Grams = BrainSurgeon.Grams(11, Columns);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Prepare_ForASparsity_MakesAsManyZerosAsPlannedAndErrsLess(bool isHalf)
    {
        float[] values = Values(zeros: 30, isHalf);
        long requested = values.Length / 2;
        var plain = new MagnitudePruner(requested);
        float[] compensated = Prune(plain, new MaskRule.Cheapest(requested), values, isHalf);
        Assert.Equal(requested, compensated.Count(value => value == 0));
        Assert.All(Enumerable.Range(0, values.Length).Where(i => values[i] == 0), i => Assert.Equal(0, compensated[i]));
        Assert.All(compensated, value => Assert.True(!isHalf || HalfConversion.ToSingle(HalfConversion.FromSingleBits(SingleBits.ToBits(value))) == value));
        double gain = 10 * Math.Log10(Energy(values, Plain(plain, values)) / Energy(values, compensated));
        Assert.True(gain > 3, $"{gain:F2} dB");
    }

    [Fact]
    public void Prepare_ForAThreshold_KeepsItsZerosAndUpdatesTheOthersByDefinition()
    {
        float[] values = Values(zeros: 0, isHalf: false);
        float[] compensated = Prune(new ThresholdPruner(0.3f), new MaskRule.AsPruned(), values, isHalf: false);
        double[,] damped = BrainSurgeon.Damped(Grams[0], 0.01);
        for (int row = 0; row < Rows; row++)
        {
            double[] source = values.Skip(row * Columns).Take(Columns).Select(value => (double)value).ToArray();
            double[] expected = BrainSurgeon.Run(damped, source, InverseFactor.Natural(Columns), (column, value) => Math.Abs(source[column]) <= 0.3f ? 0 : value);
            for (int column = 0; column < Columns; column++)
            {
                Assert.Equal(expected[column], compensated[(row * Columns) + column], 1e-4);
                Assert.Equal(Math.Abs(source[column]) <= 0.3f, compensated[(row * Columns) + column] == 0);
            }
        }
    }

    [Fact]
    public void Prepare_ForARatioOfAConvolution_KeepsItInEveryGroupOfInputs()
    {
        long[] shape = [Rows, 10, 2, 2];
        var layout = new MatrixLayout(new BlockGrid(shape, [1, 10, 2, 2]), 1);
        float[] values = Values(zeros: 60, isHalf: false);
        var plain = new RatioPruner(shape, 1, 2, 4);
        var pruner = new CompensatedPruner(plain, new MaskRule.Ratio(1, 2, 4), layout, () => Grams, isHalf: false);
        pruner.Prepare(new ArrayValues(values), CancellationToken.None);
        Assert.Equal(Rows, pruner.Outcome.Compensated);
        float[] compensated = Apply(pruner, values), expected = Plain(plain, values);
        for (int row = 0; row < Rows; row++)
        {
            for (int place = 0; place < 4; place++)
            {
                for (int group = 0; group < 10; group += 4)
                {
                    int[] elements = Enumerable.Range(group, Math.Min(4, 10 - group)).Select(channel => (row * 40) + (channel * 4) + place).ToArray();
                    Assert.Equal(elements.Count(element => expected[element] == 0), elements.Count(element => compensated[element] == 0));
                }
            }
        }
    }

    [Fact]
    public void Prepare_WithMoreZerosThanRequested_ChangesNothing()
    {
        float[] values = Values(zeros: 400, isHalf: false);
        var pruner = new CompensatedPruner(new MagnitudePruner(10), new MaskRule.Cheapest(10), Layout, () => Grams, isHalf: false);
        pruner.Prepare(new ArrayValues(values), CancellationToken.None);
        Assert.Equal(values, Apply(pruner, values));
    }

    private static float[] Values(int zeros, bool isHalf)
    {
        float[] values = BrainSurgeon.Weights(12, Rows * Columns);
        for (int i = 0; i < zeros; i++)
        {
            values[i * values.Length / zeros] = 0;
        }

        if (isHalf)
        {
            HalfRounding.Round(values);
        }

        return values;
    }

    private static float[] Prune(Pruner plain, MaskRule rule, float[] values, bool isHalf)
    {
        var pruner = new CompensatedPruner(plain, rule, Layout, () => Grams, isHalf);
        pruner.Prepare(new ArrayValues(values), CancellationToken.None);
        Assert.Equal(Rows, pruner.Outcome.Compensated);
        return Apply(pruner, values);
    }

    private static float[] Plain(Pruner plain, float[] values)
    {
        plain.Prepare(new ArrayValues(values), CancellationToken.None);
        return Apply(plain, values);
    }

    private static float[] Apply(Pruner pruner, float[] values)
    {
        float[] result = (float[])values.Clone();
        pruner.Apply(0, result);
        return result;
    }

    private static double Energy(float[] values, float[] pruned) => Enumerable.Range(0, Rows).Sum(row =>
        BrainSurgeon.Energy(Grams[0], Enumerable.Range(row * Columns, Columns).Select(i => (double)values[i] - pruned[i]).ToArray()));
}
