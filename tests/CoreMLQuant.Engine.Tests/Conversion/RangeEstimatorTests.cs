using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Conversion;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tests.Mil;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Ranges of weights: what is cut off, and that the least error is never more than the whole range has.</summary>
public class RangeEstimatorTests
{
    public static IEnumerable<object[]> Kinds() =>
        from model in new[] { "convnet_iOS18/fp32.mlpackage", "convnet_iOS18/fp16.mlpackage", "gpt_tiny_iOS18/fp32.mlpackage", "nn_cnn/fp32.mlmodel" }
        from mode in new[] { QuantizationMode.Symmetric, QuantizationMode.Affine }
        from granularity in new[] { Granularity.PerTensor, Granularity.PerChannel, Granularity.PerBlock }
        where granularity != Granularity.PerBlock || !model.EndsWith("mlmodel", StringComparison.Ordinal)
        select new object[] { model, mode, granularity };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void MeanSquaredError_OfFourBits_BeatsTheWholeRangeInEveryWeight(string model, QuantizationMode mode, Granularity granularity)
    {
        using var scratch = new ScratchFolder();
        string[] parts = model.Split('/');
        var recipe = new LinearQuantizationRecipe { BitWidth = 4, Mode = mode, Granularity = granularity, MinimumElementCount = 256, Fallback = BlockFallback.LargestDivisor };
        ConversionResult whole = Convert(recipe, "whole"), least = Convert(recipe with { RangeEstimator = RangeEstimator.MeanSquaredError }, "least");
        (WeightResult Whole, WeightResult Least)[] pairs = whole.Weights.Zip(least.Weights).Where(pair => pair.First.Action == nameof(WeightAction.Convert)).ToArray();
        Assert.NotEmpty(pairs);
        Assert.All(pairs, pair => Assert.InRange(pair.Least.Error!.NoiseEnergy, 0, pair.Whole.Error!.NoiseEnergy));

        // A mask of few values is exact already.
        Assert.InRange(pairs.Where(pair => pair.Whole.Error!.NoiseEnergy > 0).Average(pair => pair.Least.Snr!.Value - pair.Whole.Snr!.Value), 0.1, 20);

        ConversionResult Convert(CompressionRecipe recipe, string name) =>
            EngineRuns.Convert(TestFiles.Fixture(parts[0], parts[1]), scratch.Combine(name + System.IO.Path.GetExtension(parts[1])), recipe);
    }

    [Fact]
    public void Percentile_OfManyValues_CutsOutliersOff()
    {
        using var scratch = new ScratchFolder();
        var recipe = new LinearQuantizationRecipe { RangeEstimator = RangeEstimator.Percentile };
        Assert.Equal("Int8 symmetric per channel, outermost values cut off", recipe.Description);
        float[] weights = Enumerable.Range(0, 40000).Select(i => i % 10000 == 17 ? 1000f : (i % 201) - 100f).ToArray();
        string source = WeightPackage.Write(scratch, [4, 10000], ("w", weights));
        float[] written = DecodedWeights.Of(EngineRuns.Convert(source, scratch.Combine("cut.mlpackage"), recipe).Path)["/main/w"];
        Assert.Equal(100, written.Max(), 0.5);
    }

    [Fact]
    public void Percentile_OfShortRows_EndsBetweenTheirOutermostValues()
    {
        using var scratch = new ScratchFolder();
        var recipe = new LinearQuantizationRecipe { RangeEstimator = RangeEstimator.Percentile, Percentile = 90 };
        Assert.Equal("Int8 symmetric per channel, cut off at percentile 90", recipe.Description);
        float[] weights = Enumerable.Range(0, 64).SelectMany(_ => Enumerable.Range(0, 32).Select(i => (float)i).Append(1000)).ToArray();
        string source = WeightPackage.Write(scratch, [64, 33], ("w", weights));
        float[] written = DecodedWeights.Of(EngineRuns.Convert(source, scratch.Combine("cut.mlpackage"), recipe).Path)["/main/w"];

        // 90 % of the way along 33 values: 28.8, which 127 stands for.
        Assert.Equal(28.8, written.Max(), 1e-4);
    }

    [Fact]
    public void MeanSquaredError_WithStatistics_WeighsErrorsByTheInputs()
    {
        using var scratch = new ScratchFolder();
        float[] weights = Tensors.Compensation.BrainSurgeon.Weights(3, 48 * 64).Select((value, i) => value * (float)Math.Exp(i % 64 / -20.0)).ToArray();
        string source = WeightPackage.Write(scratch, [48, 64], ("w", weights));
        double[][] inputs = Enumerable.Range(0, 64).Select(seen => Enumerable.Range(0, 64).Select(column => column == seen ? Math.Exp(column / 10.0) : 0).ToArray()).ToArray();
        double[] noises = new[] { true, false }.Select(isKnown =>
        {
            using ModelFile model = ModelFile.Open(source);
            LayerStatistics layer = SyntheticStatistics.Of((WeightKey.Of(model.GetWeights().Single(site => site.Name == "w")), [48, 64], [1, 64], 0), [inputs], hasGram: false);
            var recipe = new LinearQuantizationRecipe { BitWidth = 4, RangeEstimator = RangeEstimator.MeanSquaredError };
            CompressionPlan plan = ModelCompressor.Plan(model, recipe, isKnown ? new CalibrationStatistics(string.Empty, [], [layer], []) : null);
            float[] after = DecodedWeights.Of(ModelCompressor.Run(model, plan, scratch.Combine($"{isKnown}.mlpackage"), new ConversionOptions()).Path)["/main/w"];
            return weights.Select((value, i) => Math.Pow((value - after[i]) * Math.Exp(i % 64 / 10.0), 2)).Sum();
        }).ToArray();
        Assert.InRange(noises[0], 0, 0.9 * noises[1]);
    }
}
