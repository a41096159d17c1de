using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Recipes.Files;
using CoreMLQuant.Tests.Mil;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>What is refused, what is left with a reason, and what stays as it was.</summary>
public class CompressionRuleTests
{
    public static TheoryData<WeightRecipe, string> TooNew => new()
    {
        { new LinearQuantizationRecipe { BitWidth = 4 }, "4-bit linear quantization needs opset CoreML8" },
        { new LinearQuantizationRecipe { Granularity = Granularity.PerBlock }, "per-block quantization needs opset CoreML8" },
        { new PalettizationRecipe { BitWidth = 3 }, "3-bit palettization needs opset CoreML8" },
        { new PalettizationRecipe { GroupSize = 16 }, "needs opset CoreML8" },
        { new PalettizationRecipe { VectorSize = 2 }, "needs opset CoreML8" },
        { new PalettizationRecipe { PerChannelScale = true }, "needs opset CoreML8" },
        { new PalettizationRecipe { QuantizeLookupTable = true }, "needs opset CoreML8" },
    };

    public static TheoryData<WeightRecipe> ForLargeWeights => new()
    {
        new LinearQuantizationRecipe(),
        new LinearQuantizationRecipe { BitWidth = 4, Granularity = Granularity.PerBlock, Mode = QuantizationMode.Affine },
        new LinearQuantizationRecipe { Granularity = Granularity.PerTensor, Unsigned = true },
        new PalettizationRecipe { BitWidth = 3 },
        new PalettizationRecipe { BitWidth = 4, GroupSize = 100 },
        new PalettizationRecipe { BitWidth = 6, Mode = PalettizationMode.Uniform },
        new PruningRecipe { TargetSparsity = 0.6 },
        new PruningRecipe { NonZeroRatio = new NonZeroRatio(1, 4) },
    };

    [Theory]
    [MemberData(nameof(TooNew))]
    public void Compress_WhatTheOpsetDoesNotHave_IsRefusedWithRuleAndAlternative(WeightRecipe recipe, string problem)
    {
        foreach (string folder in new[] { "convnet_iOS15", "convnet_iOS16", "convnet_iOS17" })
        {
            using ModelFile model = ModelFile.Open(TestFiles.Fixture(folder, "fp32.mlpackage"));
            var error = Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, recipe));
            Assert.Contains(problem, error.Message);
            Assert.Contains("-AllowOpsetUpgrade", error.Remedy);
        }
    }

    [Theory]
    [MemberData(nameof(TooNew))]
    public void Compress_WithPermission_RaisesOpsetAndVersionAndSaysSo(WeightRecipe recipe, string problem)
    {
        using var scratch = new ScratchFolder();
        foreach (string folder in new[] { "convnet_iOS15", "convnet_iOS16", "convnet_iOS17" })
        {
            ConversionResult result = EngineRuns.Convert(TestFiles.Fixture(folder, "fp32.mlpackage"), scratch.Combine(folder + ".mlpackage"), recipe with { AllowOpsetUpgrade = true });
            using ModelFile model = ModelFile.Open(result.Path);
            Assert.All(ProgramGraph.Of(model.Specification.MlProgram), graph => Assert.Equal("CoreML8", graph.Opset));
            Assert.Equal(9, result.SpecificationVersionAfter);
            Assert.Contains(result.Notes, note => note.Contains(problem.Replace("needs opset CoreML8", string.Empty).Trim()) && note.Contains("iOS 18"));
            Assert.True(result.Converted > 0);
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    public void Compress_WidthsOfNeuralNetworks_AreRefusedForMLPrograms(int bits)
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage"));
        Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, new PalettizationRecipe { BitWidth = bits }));
        Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, new LinearQuantizationRecipe { BitWidth = bits }));
    }

    [Fact]
    public void Compress_SizesThatDivideNothing_AreRefused()
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage"));
        Assert.Contains("divides none", Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, new LinearQuantizationRecipe { Granularity = Granularity.PerBlock, BlockSize = [33] })).Message);
        Assert.Contains("divides none", Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, new PalettizationRecipe { GroupSize = 1000 })).Message);
    }

    [Fact]
    public void Compress_Fallbacks_AreTakenAndTold()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage");
        var recipe = new LinearQuantizationRecipe { BitWidth = 4, Granularity = Granularity.PerBlock, BlockSize = [12] };
        ConversionResult skipped = EngineRuns.Convert(source, scratch.Combine("skip.mlpackage"), recipe);
        ConversionResult channel = EngineRuns.Convert(source, scratch.Combine("channel.mlpackage"), recipe with { Fallback = BlockFallback.PerChannel });
        ConversionResult divisor = EngineRuns.Convert(source, scratch.Combine("divisor.mlpackage"), recipe with { Fallback = BlockFallback.LargestDivisor });
        WeightResult Of(ConversionResult result) => result.Weights.Single(weight => weight.Name == "const_0");
        Assert.Equal((nameof(WeightAction.Skip), "12 does not divide the size 16 of axis 1"), (Of(skipped).Action, Of(skipped).Reason));
        Assert.Equal((nameof(WeightAction.Convert), "12 does not divide the size 16 of axis 1; per channel instead"), (Of(channel).Action, Of(channel).Reason));
        Assert.Equal((nameof(WeightAction.Convert), "12 does not divide the size 16 of axis 1; 8 instead"), (Of(divisor).Action, Of(divisor).Reason));
        Assert.True(Of(divisor).Snr > Of(channel).Snr);
    }

    [Fact]
    public void Compress_InfinitiesAndNaN_AreLeftWithTheReason()
    {
        using var scratch = new ScratchFolder();
        float[] finite = LinearPrograms.Random(4096), infinite = LinearPrograms.Random(4096), nan = LinearPrograms.Random(4096);
        infinite[4000] = float.NegativeInfinity;
        nan[7] = float.NaN;
        string source = LinearPrograms.Write(scratch, ("finite", finite, [64, 64]), ("infinite", infinite, [64, 64]), ("nan", nan, [64, 64]));
        foreach (WeightRecipe recipe in new WeightRecipe[] { new LinearQuantizationRecipe(), new PalettizationRecipe(), new PruningRecipe { TargetSparsity = 0.5 }, new PalettizationRecipe { Mode = PalettizationMode.Unique } })
        {
            using ModelFile model = ModelFile.Open(source);
            CompressionPlan plan = ModelCompressor.Plan(model, recipe);
            Assert.Contains("infinities or NaN", plan.Weights.Single(weight => weight.Site.Name == "infinite").Reason);
            Assert.Contains("infinities or NaN", plan.Weights.Single(weight => weight.Site.Name == "nan").Reason);
            Assert.DoesNotContain("infinities", plan.Weights.Single(weight => weight.Site.Name == "finite").Reason);
        }
    }

    [Fact]
    public void Compress_Threshold_IsStrictlyMoreElements()
    {
        using var scratch = new ScratchFolder();
        string source = LinearPrograms.Write(scratch, ("at", LinearPrograms.Random(2048), [32, 64]), ("above", LinearPrograms.Random(2112), [33, 64]), ("vector", LinearPrograms.Random(4096), [4096]));
        using ModelFile model = ModelFile.Open(source);
        CompressionPlan plan = ModelCompressor.Plan(model, new LinearQuantizationRecipe());
        Assert.Equal(["above"], plan.Weights.Where(weight => weight.Action == WeightAction.Convert).Select(weight => weight.Site.Name));
        Assert.Contains("only weights with more than 2048", plan.Weights.Single(weight => weight.Site.Name == "at").Reason);
        Assert.Contains("rank 1", plan.Weights.Single(weight => weight.Site.Name == "vector").Reason);
    }

    [Fact]
    public void Compress_UsersThatDisagreeAboutChannels_GetOneFormAndARemark()
    {
        using var scratch = new ScratchFolder();
        MilModelBuilder builder = new MilModelBuilder(8).Input("x").Const("w", LinearPrograms.Value(LinearPrograms.Random(4096), [64, 64]))
            .Op("linear", "a", ("x", "x"), ("weight", "w")).Op("matmul", "b", ("x", "a"), ("y", "w")).Output("b");
        string source = builder.Write(scratch);
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), new LinearQuantizationRecipe());
        WeightResult weight = Assert.Single(result.Weights);
        Assert.Equal(nameof(WeightAction.Convert), weight.Action);
        Assert.Contains("the channel axis is 0, as for linear; it differs for matmul", weight.Reason);
    }

    [Fact]
    public void Compress_UsersWithDifferentRecipes_GetOneForm()
    {
        using var scratch = new ScratchFolder();
        MilModelBuilder builder = new MilModelBuilder(8).Input("x").Const("w", LinearPrograms.Value(LinearPrograms.Random(4096), [64, 64]))
            .Op("linear", "a", ("x", "x"), ("weight", "w")).Op("linear", "b", ("x", "a"), ("weight", "w")).Output("b");
        using ModelFile model = ModelFile.Open(builder.Write(scratch));
        WeightPlan Plan(WeightRecipe? forB) => Assert.Single(ModelCompressor.Plan(model, new OptimizationRecipe
        {
            Steps = [new OptimizationStep { Global = new LinearQuantizationRecipe(), OpNames = [(new NamePattern("b"), forB)] }],
        }).Weights);

        WeightPlan first = Plan(new PalettizationRecipe()), left = Plan(null);
        Assert.Equal("Linear 8-bit", first.Encoding);
        Assert.Contains("the recipe of linear 'a' applies", first.Reason);
        Assert.Equal(WeightAction.Skip, left.Action);
        Assert.Contains("one of them excludes it", left.Reason);
    }

    [Theory]
    [MemberData(nameof(ForLargeWeights))]
    public void Compress_AWeightOfSeveralJobs_GivesTheSameBytesWhateverTheWorkersAndTellsItsError(WeightRecipe recipe)
    {
        using var scratch = new ScratchFolder();
        float[] values = LinearPrograms.Random(1200 * 1024);
        string source = LinearPrograms.Write(scratch, ("w", values, [1200, 1024]));
        ConversionResult? result = null;
        foreach (int workers in new[] { 1, 5 })
        {
            using ModelFile model = ModelFile.Open(source);
            CompressionPlan plan = ModelCompressor.Plan(model, recipe);
            result = ModelCompressor.Run(model, plan, scratch.Combine($"{workers}.mlpackage"), new ConversionOptions { MaxDegreeOfParallelism = workers });
        }

        Assert.Equal(EngineRuns.Contents(scratch.Combine("1.mlpackage")), EngineRuns.Contents(scratch.Combine("5.mlpackage")));
        double error = DecodedWeights.Error(values, DecodedWeights.Of(result!.Path)["/main/w"]);
        Assert.Equal(error, result.Weights[0].Error!.NoiseEnergy, 1e-6 * error);
    }

    [Fact]
    public void Plan_WhatMayNotBeWanted_IsAWarning()
    {
        using var scratch = new ScratchFolder();
        MilModelBuilder builder = new MilModelBuilder(8).Input("x").Const("w", LinearPrograms.Value(LinearPrograms.Random(4096), [64, 64]))
            .Op("linear", "a", ("x", "x"), ("weight", "w")).Op("linear", "b", ("x", "a"), ("weight", "w")).Output("b");
        using ModelFile model = ModelFile.Open(builder.Write(scratch));
        Assert.Contains("'w': operations with different recipes use it", Assert.Single(ModelCompressor.Plan(model, new OptimizationRecipe
        {
            Steps = [new OptimizationStep { Global = new LinearQuantizationRecipe(), OpNames = [(new NamePattern("b"), new PalettizationRecipe())] }],
        }).Warnings));
        Assert.Contains("1 weight is quantized per block", Assert.Single(ModelCompressor.Plan(model, new LinearQuantizationRecipe { Granularity = Granularity.PerBlock }).Warnings));
        Assert.Contains("does not apply to any weight", Assert.Single(ModelCompressor.Plan(model, RecipeFile.Parse("{}", "empty")).Warnings));
        CompressionPlan bare = ModelCompressor.Plan(model, RecipeFile.Parse("config_type: OpPalettizerConfig", "bare"));
        Assert.Contains("a config_type alone does nothing, as in coremltools; add a global_config, empty for the defaults", Assert.Single(bare.Warnings));
        Assert.Equal("empty recipe", bare.Description);
        Assert.Empty(ModelCompressor.Plan(model, new LinearQuantizationRecipe { Granularity = Granularity.PerBlock, BlockSize = [0] }).Warnings);
    }

    [Fact]
    public void Compress_OnlyTheWeightsChange()
    {
        using var scratch = new ScratchFolder();
        foreach (string folder in new[] { "image_classifier_str", "stateful_iOS18", "control_flow_iOS18", "multifunction_iOS18", "pipeline_mlprogram" })
        {
            string source = new[] { "fp32.mlpackage", "fp16src.mlpackage" }.Select(name => TestFiles.Fixture(folder, name)).First(System.IO.Directory.Exists);
            ConversionResult result = EngineRuns.Convert(source, scratch.Combine(folder + ".mlpackage"), new LinearQuantizationRecipe { MinimumElementCount = 100 });
            using ModelFile before = ModelFile.Open(source), after = ModelFile.Open(result.Path);
            Assert.True(result.Converted > 0, folder);
            Assert.Equal(before.Specification.Description, after.Specification.Description);
            Assert.Equal(EngineRuns.Operations(before), EngineRuns.Operations(after));
            Assert.Equal(Names(before), Names(after));
        }
    }

    private static string[] Names(ModelFile model) => PipelineStages.Of(model.Specification)
        .SelectMany(stage => ProgramGraph.Of(stage.Model.MlProgram))
        .SelectMany(graph => graph.Operations.Select(node => $"{graph.FunctionName} {node.Name}: {string.Join(",", node.Outputs.Select(output => output.Name))}"))
        .ToArray();
}
