using System;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Coding;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Compensation;
using Xunit;

namespace CoreMLQuant.Tests.Coding;

/// <summary>What an error of a weight does to the output of its layer, and which part of it a bias may take.</summary>
public class WeightLayerTests
{
    private const int Rows = 3, Columns = 4;

    [Fact]
    public void Measure_SteadyInputs_TellsTheMeanOfEachChannel()
    {
        // All samples are near the same vector.
        var layer = new WeightLayer(Statistics(hasGram: false, [1, 2, 3, 4], [1.1, 2.1, 2.9, 3.9]));
        LayerDifference difference = Measure(layer, row => row * 0.1f);
        Assert.True(layer.HasSteadyInputs);
        Assert.Equal([0, 1.0, 2.0], difference.Shifts!.Select(shift => Math.Round(shift, 3)));
    }

    [Fact]
    public void Measure_OneLoudSampleAmongMany_LeavesTheBiasAlone()
    {
        double[][] samples = Enumerable.Range(0, 20).Select(i => Enumerable.Repeat(i == 0 ? 100.0 : 0.1, Columns).ToArray()).ToArray();
        var layer = new WeightLayer(Statistics(hasGram: false, samples));
        LayerDifference difference = Measure(layer, row => row * 0.1f);
        Assert.False(layer.HasSteadyInputs);
        Assert.All(difference.Shifts!, shift => Assert.Equal(0, shift));
    }

    [Fact]
    public void Measure_WithGram_TellsTheMeanEnergyOfTheErrorAtTheOutput()
    {
        double[][] samples = [[1, 2, 3, 4], [4, -3, 2, -1]];
        LayerDifference difference = Measure(new WeightLayer(Statistics(hasGram: true, samples)), row => row * 0.5f);

        // Each row's error is the same for all inputs, so it makes row / 2 times their sum.
        double expected = Enumerable.Range(0, Rows).Sum(row => samples.Average(x => Math.Pow(row * 0.5 * x.Sum(), 2)));
        Assert.Equal(expected, difference.Error.NoiseEnergy, 9);
    }

    [Fact]
    public void Measure_OtherWeightsOfTheSameLayer_HaveSignalsOfTheirOwn()
    {
        double[][] samples = [[1, 2, 3, 4], [4, -3, 2, -1]];
        float[] first = Enumerable.Range(0, Rows * Columns).Select(i => (float)i).ToArray(), second = Array.ConvertAll(first, value => 10 - value), stored = Array.ConvertAll(first, value => value + 0.5f);
        var layer = new WeightLayer(Statistics(hasGram: true, samples));
        LayerError Of(WeightLayer measured, float[] source) => measured.Measure(source, stored, CancellationToken.None).Error;
        LayerError Fresh(float[] source) => Of(new WeightLayer(Statistics(hasGram: true, samples)), source);

        LayerError[] errors = [Of(layer, first), Of(layer, first), Of(layer, second), Of(layer, first)];
        Assert.Equal([Fresh(first), Fresh(first), Fresh(second), Fresh(first)], errors);
        Assert.NotEqual(errors[0].SignalEnergy, errors[2].SignalEnergy);
    }

    [Fact]
    public void Measure_WithGram_TellsTheMeanOfRowsThatErrMoreByMeanThanBySpread()
    {
        // The inputs sum up to 10 and 2: errors that are the same for all of them have a mean of 6 and a mean square of 52. First against last, they make 3 and -5.
        double[][] samples = [[1, 2, 3, 4], [4, -3, 2, -1]];
        float[] source = Enumerable.Range(0, Rows * Columns).Select(i => (float)i).ToArray(), stored = (float[])source.Clone();
        for (int column = 0; column < Columns; column++)
        {
            stored[Columns + column] -= 0.5f;
        }

        stored[2 * Columns] += 1;
        stored[(2 * Columns) + Columns - 1] -= 1;
        LayerDifference difference = new WeightLayer(Statistics(hasGram: true, samples)).Measure(source, stored, CancellationToken.None);
        Assert.Equal([0, 3.0, 0], difference.Shifts!.Select(shift => Math.Round(shift, 9)));
    }

    [Fact]
    public void Measure_AnyErrors_HaveNoMoreEnergyBehindTheBiasThatIsTold()
    {
        var random = new Random(15);
        double Uniform() => random.NextDouble() - 0.5;
        int corrected = 0;
        for (int trial = 0; trial < 50; trial++)
        {
            double[] centre = Enumerable.Range(0, Columns).Select(_ => 2 * Uniform()).ToArray();
            double[][] samples = Enumerable.Range(0, 12).Select(_ => centre.Select(value => value + Uniform()).ToArray()).ToArray();
            float[] source = Enumerable.Range(0, Rows * Columns).Select(_ => (float)Uniform()).ToArray(), stored = source.Select(value => value + (float)(0.1 * Uniform())).ToArray();
            foreach (bool hasGram in new[] { true, false })
            {
                double[] shifts = new WeightLayer(Statistics(hasGram, samples)).Measure(source, stored, CancellationToken.None).Shifts!;
                for (int row = 0; row < Rows; row++)
                {
                    double[] errors = samples.Select(x => Enumerable.Range(0, Columns).Sum(i => ((double)source[(row * Columns) + i] - stored[(row * Columns) + i]) * x[i])).ToArray();
                    double before = errors.Average(error => error * error), after = errors.Average(error => Math.Pow(error - shifts[row], 2));
                    Assert.True(shifts[row] == 0 ? after == before : after <= (hasGram ? 0.5 : 1) * before * (1 + 1e-9), $"{after} instead of {before}");
                    corrected += shifts[row] == 0 ? 0 : 1;
                }
            }
        }

        Assert.InRange(corrected, 20, 280);
    }

    [Fact]
    public void Measure_WithoutGram_TakesInputsForIndependent()
    {
        double[][] samples = [[1, 2, 3, 4], [4, -3, 2, -1]];
        LayerDifference difference = Measure(new WeightLayer(Statistics(hasGram: false, samples)), row => row * 0.5f);
        double mean = 0, variance = 0;
        for (int i = 0; i < Columns; i++)
        {
            double center = samples.Average(x => x[i]);
            mean += center;
            variance += samples.Average(x => Math.Pow(x[i] - center, 2));
        }

        double expected = Enumerable.Range(0, Rows).Sum(row => Math.Pow(row * 0.5, 2) * ((mean * mean) + variance));
        Assert.Equal(expected, difference.Error.NoiseEnergy, 9);
        Assert.True(difference.Error.AssumesIndependence);
    }

    [Fact]
    public void Snr_ErrorThatNoSampleShows_IsNotTold()
    {
        // Alternating errors of a row cancel out for the only sample, or nearly.
        float[] source = Enumerable.Range(0, Rows * Columns).Select(i => (float)i).ToArray();
        float[] stored = source.Select((value, i) => value - (i % 2 == 0 ? 0.5f : -0.5f)).ToArray();
        LayerError Error(params double[] sample) => new WeightLayer(Statistics(hasGram: true, sample)).Measure(source, stored, CancellationToken.None).Error;
        Assert.Null(Error(1, 1, 1, 1).Snr);
        Assert.Null(Error(0.1, 0.1, 0.7, 0.7).Snr);
        Assert.Null(Error(0, 0, 0, 0).Snr);
        Assert.InRange(Error(1, 2, 1, 1).Snr!.Value, 0, 100);
    }

    [Theory]
    [InlineData(1, 0.66)]
    [InlineData(8, 0.10)]
    [InlineData(64, 0.03)]
    public void Factors_OfFewerSamples_AreDampedMore(int samples, double damping)
    {
        LayerStatistics statistics = Statistics(hasGram: true, Enumerable.Range(0, samples).Select(i => new double[] { i, 1, i * i, 2 - i }).ToArray());
        var layer = new WeightLayer(statistics);
        InverseFactor factor = Assert.Single(layer.Factors.Of(0, layer.Grams()[0], byActivation: false, CancellationToken.None));
        Assert.Equal(damping, factor.Damping, 1e-12);
        Assert.False(factor.IsDampedMore);
    }

    [Fact]
    public void Snr_SameWeight_IsInfinite() =>
        Assert.Equal(double.PositiveInfinity, Measure(new WeightLayer(Statistics(hasGram: true, [1, 2, 3, 4])), _ => 0).Error.Snr);

    private static LayerDifference Measure(WeightLayer layer, Func<int, float> error)
    {
        float[] source = Enumerable.Range(0, Rows * Columns).Select(i => (float)i).ToArray();
        float[] stored = source.Select((value, i) => value - error(i / Columns)).ToArray();
        return layer.Measure(source, stored, CancellationToken.None);
    }

    private static LayerStatistics Statistics(bool hasGram, params double[][] samples)
    {
        double Mean(Func<double[], double> of) => samples.Average(of);
        return new LayerStatistics(new WeightKey(string.Empty, "main", "w"), [Rows, Columns], [1, Columns], 0)
        {
            SampleCount = samples.Length,
            RowCount = samples.Length,
            Means = Enumerable.Range(0, Columns).Select(i => Mean(x => x[i])).ToArray(),
            SecondMoments = Enumerable.Range(0, Columns).Select(i => Mean(x => x[i] * x[i])).ToArray(),
            Gram = hasGram ? GramSource.Of(Enumerable.Range(0, Columns * Columns).Select(i => Mean(x => x[i / Columns] * x[i % Columns])).ToArray()) : null,
        };
    }
}
