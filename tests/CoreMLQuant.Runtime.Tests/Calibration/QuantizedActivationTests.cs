using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Conversion;
using CoreMLQuant.Mil.Activations;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>Weights and activations in 8 bits, with ranges from data: the outputs stay near those of the source.</summary>
public sealed class QuantizedActivationTests
{
    private const int Samples = 4;

    [Theory]
    [InlineData("convnet_iOS17/fp32", QuantizationMode.Affine, RangeEstimator.MinMax, 20)]
    [InlineData("convnet_iOS17/fp32", QuantizationMode.Affine, RangeEstimator.MeanSquaredError, 20)]
    [InlineData("convnet_iOS18/fp16", QuantizationMode.Symmetric, RangeEstimator.MeanSquaredError, 20)]
    [InlineData("convnet_iOS18/fp16", QuantizationMode.Symmetric, RangeEstimator.Percentile, 20)]
    [InlineData("ffc_block/fp32", QuantizationMode.Affine, RangeEstimator.MeanSquaredError, 20)]
    [InlineData("gpt_tiny_iOS18/fp32", QuantizationMode.Affine, RangeEstimator.MeanSquaredError, 15)]
    [InlineData("multifunction_iOS18/fp32", QuantizationMode.Affine, RangeEstimator.MeanSquaredError, 20)]
    public void Convert_RangesOfData_OutputsAreNear(string fixture, QuantizationMode mode, RangeEstimator estimator, double snr)
    {
        string source = Repository.Fixture(fixture + ".mlpackage");
        using var folder = new TestFolder();
        string output = folder["w8a8.mlpackage"];
        var recipe = new LinearQuantizationRecipe
        {
            Activations = new ActivationQuantization
            {
                Operations = new OptimizationStep { Global = new LinearQuantizationRecipe { Mode = mode } },
                RangeEstimator = estimator,
            },
        };
        using ModelFile model = ModelFile.Open(source);
        IReadOnlyList<string> values = CalibratedActivations.Of(model, recipe);
        var calibrator = new Calibrator(Repository.Runtime, new RunSettings(), Drawn);
        CalibrationStatistics statistics = calibrator.Calibrate(model, new CalibrationOptions { Values = values }).Statistics;
        CompressionPlan plan = ModelCompressor.Plan(model, recipe, statistics);
        ConversionResult result = ModelCompressor.Run(model, plan, output, new ConversionOptions());

        Assert.NotEmpty(result.Activations);
        Assert.All(result.Activations, activation => Assert.Contains(activation.Name, values));
        using IRunnableModel before = Repository.Runtime.Open(source, new RunSettings()), after = Repository.Runtime.Open(output, new RunSettings());
        ComparedOutputs compared = OutputComparer.Compare(sample => before.Run(sample), after, Drawn(before.Features));
        Assert.All(compared.Outputs, compared => Assert.True(compared.Snr >= snr, compared.ToString()));
    }

    // Random numbers as data: what they are is all that counts here.
    private static IEnumerable<RunSample> Drawn(RunFeatures features) =>
        Repository.Runtime.DrawSamples(features, 1, Samples).Select((sample, i) => sample with { Name = $"sample {i}", IsRandom = false });
}
