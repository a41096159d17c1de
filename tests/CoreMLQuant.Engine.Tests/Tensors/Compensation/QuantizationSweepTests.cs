using System;
using System.Linq;
using System.Threading;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Compensation;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Compensation;

/// <summary>Quantization with compensated errors, against its definition and against rounding to nearest.</summary>
public class QuantizationSweepTests
{
    private static readonly LinearRange Int4 = new(4, true, true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_PerChannel_EqualsTheDefinition(bool byActivation)
    {
        const int Rows = 40, Columns = 50;
        GramMatrix gram = BrainSurgeon.Grams(1, Columns, 1, 3)[0];
        Sample sample = new(BrainSurgeon.Weights(2, Rows * Columns), [Rows, Columns], [1, Columns], 1, [Rows, 1], Int4, [gram]);
        float[] decoded = sample.Run(byActivation, out CompensationOutcome outcome);
        Assert.True(outcome.Compensated > Rows / 2, $"{outcome.Compensated} rows");
        double[,] damped = BrainSurgeon.Damped(gram, 0.01);
        int[][] orders = byActivation ? [InverseFactor.ByActivation(gram), InverseFactor.Natural(Columns)] : [InverseFactor.Natural(Columns)];
        int equal = 0;
        for (int row = 0; row < Rows; row++)
        {
            float scale = sample.Parameters.Scales[row];
            double[] actual = sample.Row(decoded, row), rounded = sample.Row(sample.Rounded(), row), source = sample.Row(sample.Values, row);
            double[] better = rounded;
            foreach (int[] order in orders)
            {
                double[] expected = BrainSurgeon.Run(damped, source, order, (_, value) => scale * Math.Min(Math.Max(Math.Round(value / scale), -7), 7));
                better = Error(gram, source, expected) < Error(gram, source, better) * (1 - 1e-5) ? expected : better;
            }

            Assert.All(better.Zip(actual, (first, second) => (first, second)), pair => Assert.Equal(pair.first, pair.second, 1e-5 * scale));
            equal += better == rounded ? 0 : 1;
        }

        Assert.Equal(outcome.Compensated, equal);
    }

    [Fact]
    public void Run_PerBlock_TakesTheScaleOfABlockWhenItIsReached()
    {
        const int Columns = 24, Block = 8;
        GramMatrix gram = BrainSurgeon.Grams(6, Columns)[0];
        Sample sample = new(BrainSurgeon.Weights(7, 5 * Columns), [5, Columns], [1, Columns], 1, [5, Columns / Block], Int4, [gram]);
        float[] decoded = sample.Run(byActivation: false, out CompensationOutcome outcome);
        double[,] damped = BrainSurgeon.Damped(gram, 0.01);
        int equal = 0;
        for (int row = 0; row < 5; row++)
        {
            // A first run with any scales up to a block gives what the block holds when it is reached.
            double[] scales = new double[Columns / Block], actual = sample.Row(decoded, row);
            double[] Run(Action<int, double> see) => BrainSurgeon.Run(damped, sample.Row(sample.Values, row), InverseFactor.Natural(Columns), (column, value) =>
            {
                see(column, value);
                double scale = scales[column / Block];
                return scale == 0 ? value : scale * Math.Min(Math.Max(Math.Round(value / scale), -7), 7);
            });
            for (int block = 0; block < scales.Length; block++)
            {
                double largest = 0;
                Run((column, value) => largest = column / Block == block ? Math.Max(largest, Math.Abs(value)) : largest);
                scales[block] = largest / 7;
            }

            double[] expected = Run((_, _) => { });
            equal += expected.Zip(actual, (first, second) => Math.Abs(first - second) < 1e-5).All(same => same) ? 1 : 0;
        }

        Assert.True(outcome.Compensated >= 4);
        Assert.Equal(outcome.Compensated, equal);
    }

    [Fact]
    public void Run_OfAnyWeight_NeverErrsMoreThanRoundingToNearest() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 12], Gen.Int[1, 3], Gen.Int[0, 1000], Gen.Bool, Gen.Int[0, 3]).Sample((columns, rows, groups, seed, byActivation, kind) =>
        {
            LinearRange range = new(kind == 3 ? 8 : 4, kind != 1, kind != 2);
            long[] blocks = [kind == 0 ? 1 : groups * rows, columns % 4 == 0 ? columns / 4 : 1];
            Sample sample = new(
                BrainSurgeon.Weights(seed, groups * rows * columns),
                [groups * rows, columns],
                [groups, columns],
                groups,
                blocks,
                range,
                BrainSurgeon.Grams(seed, columns, groups));
            float[] decoded = sample.Run(byActivation, out _);
            Assert.True(sample.Energy(decoded) <= sample.Energy(sample.Rounded()) * 1.0001, $"{sample.Energy(decoded)} > {sample.Energy(sample.Rounded())}");
        }, iter: 60);

    [Fact]
    public void Run_OfAWeightOnTheGrid_KeepsIt()
    {
        const int Rows = 6, Columns = 40;
        var random = new Random(3);
        float[] values = Enumerable.Range(0, Rows * Columns).Select(i => i % Columns == 0 ? 7 * 0.25f : random.Next(-7, 8) * 0.25f).ToArray();
        Sample sample = new(values, [Rows, Columns], [1, Columns], 1, [Rows, 1], Int4, BrainSurgeon.Grams(5, Columns));
        Assert.Equal(values, sample.Run(byActivation: false, out _));
        Assert.Equal(values, sample.Run(byActivation: true, out _));
    }

    [Fact]
    public void Run_OfAConvolutionWithGroups_MeetsEachGroupsOwnInputs()
    {
        // [out, in / groups, height, width]: blocks of two input channels, each with all of the kernel.
        long[] shape = [6, 4, 3, 3], inputs = [2, 4, 3, 3];
        GramMatrix[] grams = BrainSurgeon.Grams(8, 36, 2);
        Sample sample = new(BrainSurgeon.Weights(9, 6 * 36), shape, inputs, 2, [6, 2, 1, 1], Int4, grams);
        double compensated = sample.Energy(sample.Run(byActivation: false, out CompensationOutcome outcome)), rounded = sample.Energy(sample.Rounded());
        Assert.Equal(6, outcome.Compensated);
        Assert.True(compensated < rounded / 2, $"{compensated} of {rounded}");
    }

    [Fact]
    public void Run_WithoutAFactor_RoundsToNearest()
    {
        Sample sample = new(BrainSurgeon.Weights(1, 12), [3, 4], [1, 4], 1, [3, 1], Int4, [new GramMatrix(new double[16], 0, 4)]);
        Assert.Equal(sample.Rounded(), sample.Run(byActivation: false, out CompensationOutcome outcome));
        Assert.Equal(1, outcome.Unfactored);
    }

    private static double Error(GramMatrix gram, double[] source, double[] stored) =>
        BrainSurgeon.Energy(gram, source.Zip(stored, (first, second) => first - second).ToArray());

    /// <summary>A weight to be quantized.</summary>
    private sealed class Sample
    {
        private readonly BlockGrid _grid;
        private readonly LinearRange _range;
        private readonly GramMatrix[] _grams;
        private readonly MatrixLayout _layout;
        private readonly BlockRanges _ranges;

        public Sample(float[] values, long[] shape, long[] inputs, int groups, long[] blocks, LinearRange range, GramMatrix[] grams)
        {
            Values = values;
            _grid = new BlockGrid(shape, blocks);
            _range = range;
            _grams = grams;
            _layout = new MatrixLayout(new BlockGrid(shape, inputs), groups);
            _ranges = new BlockRanges(_grid);
            _ranges.Add(0, values);
            Parameters = LinearParameters.Of(_ranges, range, false);
        }

        public float[] Values { get; }

        public LinearParameters Parameters { get; private set; }

        public float[] Run(bool byActivation, out CompensationOutcome outcome)
        {
            Parameters = LinearParameters.Of(_ranges, _range, false);
            byte[] codes = new byte[Values.Length];
            float[] decoded = new float[Values.Length];
            var encoder = new LinearBlockEncoder(_grid, _ranges, Parameters, _range, false, canFit: true);
            outcome = new QuantizationSweep(_layout, encoder, byActivation).Run(Values, new GramFactors(() => _grams, 0.01), codes, decoded, CancellationToken.None);
            for (int i = 0; i < codes.Length; i++)
            {
                int block = (int)_grid.BlockOf(i), code = _range.IsSigned ? (sbyte)codes[i] : codes[i];
                Assert.Equal((float)((code - (Parameters.Offsets?[block] ?? 0)) * Parameters.Scales[block]), decoded[i]);
            }

            return decoded;
        }

        public float[] Rounded()
        {
            float[] decoded = new float[Values.Length];
            LinearKernel.Encode(_grid, LinearParameters.Of(_ranges, _range, false), _range, 0, Values, new byte[Values.Length], decoded);
            return decoded;
        }

        public double[] Row(float[] values, int row) =>
            Enumerable.Range(0, _layout.Columns).Select(column => (double)values[_layout.Element(row / _layout.Rows, row % _layout.Rows, column)]).ToArray();

        public double Energy(float[] decoded) => Enumerable.Range(0, _layout.Groups * _layout.Rows)
            .Sum(row => BrainSurgeon.Energy(_grams[row / _layout.Rows], Row(Values, row).Zip(Row(decoded, row), (first, second) => first - second).ToArray()));
    }
}
