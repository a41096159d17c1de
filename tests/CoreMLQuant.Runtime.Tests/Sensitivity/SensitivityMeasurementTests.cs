using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Sensitivity;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Sensitivity;

/// <summary>Estimates of what recipes cost at the outputs, beside what running all of them shows.</summary>
public sealed class SensitivityMeasurementTests
{
    private const int Count = 8;

    private static readonly int[] Bits = [8, 6, 4, 3, 2, 1];

    [Theory]
    [InlineData("convnet_iOS18/fp32.mlpackage")]
    [InlineData("nn_cnn/fp32.mlmodel")]
    public void Measure_SeveralTables_EstimatesSomeNearWhatExactRunsShow(string fixture)
    {
        WeightSensitivity[] exact = Measure(fixture, isExact: true), estimated = Measure(fixture, isExact: false);
        Assert.Equal(exact.Select(row => (row.Name, row.Recipe, row.Order)), estimated.Select(row => (row.Name, row.Recipe, row.Order)));
        WeightSensitivity[] derived = estimated.Where(row => row.EstimatedFrom.Length > 0).ToArray();
        Assert.True(derived.Length >= estimated.Length / 4, $"{derived.Length} of {estimated.Length}");
        Assert.All(estimated, row => Assert.InRange(row.Cosine!.Value, -1, 1));
        double[] losses = exact.Zip(estimated, (one, other) => Math.Abs(Loss(one) - Loss(other))).Order().ToArray();
        Assert.True(losses[losses.Length / 2] < 1.5 && losses[^1] < 12, string.Join(", ", losses.Select(loss => $"{loss:F1}")));
        Assert.All(derived, row => Assert.False(row.IsExact));
        Assert.All(estimated.Except(derived), row => Assert.True(row.IsExact));
        double[] errors = exact.Zip(estimated, (one, other) => Math.Abs(one.Snr!.Value - other.Snr!.Value)).Order().ToArray();
        Assert.True(errors[errors.Length / 2] < 1.5 && errors[^1] < 12, string.Join(", ", errors.Select(error => $"{error:F1}")));
        Assert.True(RankCorrelation(exact, estimated) >= 0.95, $"{RankCorrelation(exact, estimated)}");
    }

    [Fact]
    public void Measure_Estimated_NamesRecipesThatRan()
    {
        WeightSensitivity[] rows = Measure("nn_cnn/fp32.mlmodel", isExact: false);
        Assert.All(rows.Where(row => row.EstimatedFrom.Length > 0), row =>
        {
            string[] references = row.EstimatedFrom.Split(", ");
            Assert.InRange(references.Length, 1, 2);
            Assert.All(references, name => Assert.Single(rows, other => other.Name == row.Name && other.Recipe == name && other.EstimatedFrom.Length == 0));
        });
    }

    [Fact]
    public void Measure_ModelWithoutClasses_HasNoAgreement() => Assert.All(Measure("nn_cnn/fp32.mlmodel", isExact: false), row => Assert.Null(row.Top1Agreement));

    // No error would show, so that all encodings seemed to cost nothing.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Measure_WeightThatMeetsZerosAlone_HasNoFigures(bool isExact)
    {
        WeightSensitivity[] rows = new SensitivityMeasurement(Repository.Runtime, new RunSettings(), features => Samples(features).Select(sample => sample.WithZeros("x"))).Measure(
            Repository.Fixture("nn_rnns/fp32.mlmodel"),
            new SensitivityOptions
            {
                Recipes = Array.ConvertAll(Bits, bits => (CompressionRecipe)new PalettizationRecipe { BitWidth = bits, MinimumElementCount = 100, Include = NamePatterns.Parse(["simpleRecurrent"]) }),
                IsExact = isExact,
            }).ToArray();
        Assert.All(rows.Where(row => row.Name == "rnn/weightMatrix"), row => Assert.Equal((null, null, null), (row.LayerSnr, row.Snr, row.Cosine)));
        Assert.Equal(Bits.Length, rows.Count(row => row.Name == "rnn/recursionMatrix" && row.Snr is not null));
    }

    [Fact]
    public void Measure_FunctionsWithWeightsOfTheSameNames_MeasuresThoseOfTheOneThatRuns()
    {
        WeightSensitivity[] rows = Measure("multifunction_iOS18/fp32.mlpackage", isExact: true);
        Assert.NotEmpty(rows);
        Assert.Single(rows.Select(row => row.Function).Distinct());
    }

    // The outputs of a model that does not look at its inputs, or of samples that are one and the same.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Measure_OutputsThatNeverDiffer_HasAWarningAndNoFigureThatIsNone(bool isExact)
    {
        var measurement = new SensitivityMeasurement(SureRuntime.Create(_ => true), new RunSettings(), Samples);
        WeightSensitivity[] rows = Measure(measurement, "nn_cnn/fp32.mlmodel", isExact);
        Assert.Contains($"the outputs are the same for all {Count} samples", Assert.Single(measurement.Warnings, warning => warning.Contains("outputs")));
        Assert.All(rows, row => Assert.Equal((double.PositiveInfinity, 1.0), (row.Snr!.Value, Math.Round(row.Cosine!.Value, 6))));

        measurement = new SensitivityMeasurement(Repository.Runtime, new RunSettings(), Samples);
        Measure(measurement, "nn_cnn/fp32.mlmodel", isExact);
        Assert.DoesNotContain(measurement.Warnings, warning => warning.Contains("outputs"));
    }

    private static double Loss(WeightSensitivity row) => 10 * Math.Log10(1 - row.Cosine!.Value);

    private static WeightSensitivity[] Measure(string fixture, bool isExact) =>
        Measure(new SensitivityMeasurement(Repository.Runtime, new RunSettings(), Samples), fixture, isExact);

    private static WeightSensitivity[] Measure(SensitivityMeasurement measurement, string fixture, bool isExact) =>
        measurement.Measure(Repository.Fixture(fixture), new SensitivityOptions
        {
            Recipes = Bits.Select(bits => (CompressionRecipe)new PalettizationRecipe { BitWidth = bits, MinimumElementCount = 100, AllowOpsetUpgrade = true }).ToArray(),
            IsExact = isExact,
        }).ToArray();

    // Random numbers as data: what they are is all that counts here.
    private static IEnumerable<RunSample> Samples(RunFeatures features) =>
        Repository.Runtime.DrawSamples(features, 1, Count).Select((sample, i) => sample with { Name = $"sample {i}", IsRandom = false });

    private static double RankCorrelation(WeightSensitivity[] exact, WeightSensitivity[] estimated)
    {
        double[] one = Ranks(exact), other = Ranks(estimated);
        double mean = (one.Length - 1) / 2.0;
        return one.Zip(other, (x, y) => (x - mean) * (y - mean)).Sum() / one.Sum(x => (x - mean) * (x - mean));
    }

    private static double[] Ranks(WeightSensitivity[] rows)
    {
        int[] order = Enumerable.Range(0, rows.Length).OrderBy(index => rows[index].Snr).ToArray();
        double[] ranks = new double[rows.Length];
        for (int rank = 0; rank < order.Length; rank++)
        {
            ranks[order[rank]] = rank;
        }

        return ranks;
    }
}
