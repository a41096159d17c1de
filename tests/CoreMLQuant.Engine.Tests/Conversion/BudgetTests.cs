using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Conversion.Budget;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Budgets: met, as reported, and well spent.</summary>
public class BudgetTests
{
    [Theory]
    [InlineData("convnet_iOS18", 0.6)]
    [InlineData("convnet_iOS18", 0.35)]
    [InlineData("convnet_iOS18", 0.22)]
    [InlineData("convnet_iOS16", 0.4)]
    [InlineData("multifunction_iOS18", 0.5)]
    [InlineData("pipeline_mlprogram", 0.5)]
    public void TargetSize_IsMetExactlyAsReported(string folder, double share)
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture(folder, "fp32.mlpackage");
        using ModelFile model = ModelFile.Open(source);
        long before = EngineRuns.Contents(source).Values.Sum(file => (long)file.Length);
        long target = (long)(before * share);
        CompressionPlan plan = ModelCompressor.Plan(model, new OptimizationRecipe { Steps = [], TargetSize = target });
        ConversionResult result = ModelCompressor.Run(model, plan, scratch.Combine("out.mlpackage"), new ConversionOptions());

        Assert.True(plan.SizeAfter <= target, $"{plan.SizeAfter} > {target}");
        Assert.Equal(plan.SizeAfter, result.After);
        Assert.Equal(plan.SizeAfter, EngineRuns.Contents(result.Path).Values.Sum(file => (long)file.Length));
        Assert.All(plan.Weights.Zip(result.Weights), pair => Assert.Equal(pair.First.Action == WeightAction.Convert, pair.First.ExpectedSnr is not null));
        Assert.All(plan.Weights.Zip(result.Weights), pair => Assert.Equal(pair.First.ExpectedSnr ?? 0, pair.Second.Snr ?? 0, 1e-9));
    }

    [Theory]
    [InlineData("convnet_iOS18/fp32.mlpackage")]
    [InlineData("nn_cnn/fp32.mlmodel")]
    public void Weights_ThatNoEncodingCanStore_HaveTheReasonsThatQuantizationGives(string fixture)
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture(fixture));
        WeightPlan[] left = ModelCompressor.Plan(model, new LinearQuantizationRecipe()).Weights.Where(weight => weight.Action == WeightAction.Skip).ToArray();
        Dictionary<string, string> reasons = ModelCompressor.Plan(model, new OptimizationRecipe { Steps = [], MinimumSnr = 10 }).Weights
            .ToDictionary(weight => weight.Site.Name, weight => weight.Reason);
        Assert.NotEmpty(left);
        Assert.All(left, weight => Assert.Equal(weight.Reason, reasons[weight.Site.Name]));
    }

    [Theory]
    [InlineData("convnet_iOS18/fp32.mlpackage", "linear")]
    [InlineData("nn_cnn/fp32.mlmodel", "innerProduct")]
    public void Patterns_UnderABudget_AreOfUseWhereTheyMatch(string fixture, string opType)
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture(fixture));
        var step = new OptimizationStep
        {
            OpTypes = [(new NamePattern(opType), new LinearQuantizationRecipe { MinimumElementCount = 100 }), (new NamePattern("no_such_type"), null)],
        };
        CompressionPlan plan = ModelCompressor.Plan(model, new OptimizationRecipe { Steps = [step], MinimumSnr = 10 });
        Assert.Equal(["no_such_type"], plan.UnmatchedPatterns);
        Assert.Contains(plan.Weights, weight => weight.Action == WeightAction.Convert);
    }

    [Fact]
    public void TargetSize_TheMoreBytesTheLessError()
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage"));
        long before = ModelCompressor.Plan(model, new LinearQuantizationRecipe()).SizeBefore;
        double last = double.PositiveInfinity;
        foreach (double share in new[] { 0.2, 0.3, 0.4, 0.6, 0.8 })
        {
            CompressionPlan plan = ModelCompressor.Plan(model, new OptimizationRecipe { Steps = [], TargetSize = (long)(before * share) });
            double noise = plan.Weights.Where(weight => weight.ExpectedSnr is not null).Sum(weight => weight.Site.ElementCount * Math.Pow(10, -weight.ExpectedSnr!.Value / 10));
            Assert.True(noise <= last);
            last = noise;
        }
    }

    [Fact]
    public void TargetSize_BeatsEveryUniformChoiceOfTheSameSize()
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage"));
        foreach (int bits in new[] { 2, 4, 6 })
        {
            using var scratch = new ScratchFolder();
            ConversionResult uniform = EngineRuns.Convert(model.Path, scratch.Combine("uniform.mlpackage"), new PalettizationRecipe { BitWidth = bits });
            CompressionPlan plan = ModelCompressor.Plan(model, new OptimizationRecipe { Steps = [], TargetSize = uniform.After });
            double Noise(IEnumerable<(long Count, double? Snr)> weights) => weights.Where(weight => weight.Snr is not null).Sum(weight => weight.Count * Math.Pow(10, -weight.Snr!.Value / 10));
            double chosen = Noise(plan.Weights.Select(weight => (weight.Site.ElementCount, weight.ExpectedSnr)));
            double same = Noise(uniform.Weights.Select(weight => (weight.ElementCount, weight.Snr)));

            // Few weights make steps of many bytes: what the last step leaves over may cost a little.
            Assert.True(chosen <= same * 1.15, $"{bits} bits: {chosen} > {same}");
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(35)]
    [InlineData(60)]
    public void MinimumSnr_HoldsForEveryWeightAndNoWeightCouldBeSmaller(double snr)
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage");
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), new OptimizationRecipe { Steps = [], MinimumSnr = snr });
        Assert.All(result.Weights, weight => Assert.True(weight.Snr is null || weight.Snr >= snr));

        // What is smaller than what was chosen, by any of the encodings, must be worse than asked for.
        foreach (WeightRecipe recipe in BudgetRecipes.Usual)
        {
            ConversionResult other = EngineRuns.Convert(source, scratch.Combine($"{recipe.Description}.mlpackage"), recipe);
            Assert.All(result.Weights.Zip(other.Weights), pair => Assert.True(pair.Second.After >= pair.First.After || pair.Second.Snr < snr, pair.First.Name));
        }
    }

    [Fact]
    public void TargetSize_OfGivenSteps_ChoosesOnlyAmongThem()
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage"));
        long before = ModelCompressor.Plan(model, new LinearQuantizationRecipe()).SizeBefore;
        var recipe = new OptimizationRecipe
        {
            Steps = [new OptimizationStep { Global = new PalettizationRecipe { BitWidth = 6 } }, new OptimizationStep { Global = new PalettizationRecipe { BitWidth = 2 } }],
            TargetSize = before / 5,
        };
        string[] encodings = ModelCompressor.Plan(model, recipe).Weights.Where(weight => weight.Action == WeightAction.Convert).Select(weight => weight.Encoding).Distinct().Order().ToArray();
        Assert.Equal(["Palettized 2-bit", "Palettized 6-bit"], encodings);
    }

    [Fact]
    public void TargetSize_TooSmall_IsRefusedWithTheSizeThatCanBeReached()
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage"));
        var error = Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, new OptimizationRecipe { Steps = [], TargetSize = 1000 }));
        Assert.Contains("at least", error.Message);
    }

    [Fact]
    public void TargetSize_LargerThanTheModel_ChangesNothing()
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage"));
        CompressionPlan plan = ModelCompressor.Plan(model, new OptimizationRecipe { Steps = [], TargetSize = 1L << 40 });
        Assert.False(plan.HasChanges);
    }

    [Fact]
    public void ForBytes_IsWithinOneStepOfTheOptimum() => Gen.Select(Gen.Int[1, 40], Gen.Double[0, 10]).Array[1, 4].Array[1, 5].Sample(weights =>
    {
        WeightAlternatives[] alternatives = weights.Select(ways => new WeightAlternatives(
            [],
            [Way(50, 0), .. ways.Select(way => Way(way.Item1, way.Item2))],
            string.Empty)).ToArray();
        foreach (long bytes in new[] { 30L, 80L, 140L, 250L })
        {
            Alternative[] chosen = RateDistortion.ForBytes(alternatives, bytes, out long length);
            Assert.Equal(length, chosen.Sum(choice => choice.Length));
            double? best = Best(alternatives, 0, bytes);
            Assert.Equal(best is not null, length <= bytes);

            // The convex hull cannot do better with the bytes of one step less.
            if (best is not null)
            {
                Assert.True(chosen.Sum(choice => choice.Distortion) <= (Best(alternatives, 0, bytes - 50) ?? double.PositiveInfinity) + 1e-9);
            }
        }
    });

    [Fact]
    public void ForDistortion_KeepsTheBoundAndUsesIt() => Gen.Select(Gen.Int[1, 40], Gen.Double[0, 10]).Array[1, 4].Array[1, 5].Sample(weights =>
    {
        WeightAlternatives[] alternatives = weights.Select(ways => new WeightAlternatives(
            [],
            [Way(50, 0), .. ways.Select(way => Way(way.Item1, way.Item2))],
            string.Empty)).ToArray();
        (double least, double most) = RateDistortion.Range(alternatives);
        foreach (double bound in new[] { 0.001, 1, 5, 30 })
        {
            Alternative[] chosen = RateDistortion.ForDistortion(alternatives, bound);
            Assert.True(chosen.Sum(choice => choice.Distortion) <= bound + 1e-9);
            Assert.True(bound < least || chosen.Any(choice => choice.Length < 50));
        }

        Alternative[] smallest = RateDistortion.ForBytes(alternatives, 0, out _);
        Assert.Equal(smallest, RateDistortion.ForDistortion(alternatives, double.PositiveInfinity));
        Assert.Equal(smallest, RateDistortion.ForDistortion(alternatives, most));
    });

    private static Alternative Way(int length, double noise) => new(null, length, new WeightError(1, 1, noise, 0, 0, 0));

    private static double? Best(WeightAlternatives[] weights, int index, long bytes) => index == weights.Length
        ? bytes >= 0 ? 0 : null
        : weights[index].Alternatives
            .Select(way => Best(weights, index + 1, bytes - way.Length) + way.Distortion)
            .Where(total => total is not null)
            .Min();
}
