using System;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Recipes.Files;
using CoreMLQuant.Specification.Schema;
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
        float[] finite = Random(4096), infinite = Random(4096), nan = Random(4096);
        infinite[4000] = float.NegativeInfinity;
        nan[7] = float.NaN;
        string source = Linear(scratch, ("finite", finite, [64, 64]), ("infinite", infinite, [64, 64]), ("nan", nan, [64, 64]));
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
        string source = Linear(scratch, ("at", Random(2048), [32, 64]), ("above", Random(2112), [33, 64]), ("vector", Random(4096), [4096]));
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
        MilModelBuilder builder = new MilModelBuilder(8).Input("x").Const("w", Value(Random(4096), [64, 64]))
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
        MilModelBuilder builder = new MilModelBuilder(8).Input("x").Const("w", Value(Random(4096), [64, 64]))
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
        float[] values = Random(1200 * 1024);
        string source = Linear(scratch, ("w", values, [1200, 1024]));
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
    public void Compress_InSteps_WorksOnAWeightOfSeveralTiles()
    {
        using var scratch = new ScratchFolder();
        float[] values = Random(300 * 1024);
        string source = Linear(scratch, ("w", values, [300, 1024]));
        foreach (WeightRecipe second in new WeightRecipe[] { new LinearQuantizationRecipe { BitWidth = 4 }, new PalettizationRecipe { BitWidth = 3 }, new LinearQuantizationRecipe() })
        {
            string output = scratch.Combine(second.Description + ".mlpackage");
            ConversionResult result = EngineRuns.Convert(source, output, new OptimizationRecipe
            {
                Steps = [new OptimizationStep { Global = new PruningRecipe { TargetSparsity = 0.7 } }, new OptimizationStep { Global = second }],
            });
            float[] decoded = DecodedWeights.Of(output)["/main/w"];
            Assert.True(decoded.Count(value => value == 0) >= 0.7 * values.Length);
            double error = DecodedWeights.Error(values, decoded);
            Assert.Equal(error, result.Weights[0].Error!.NoiseEnergy, 1e-6 * error);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Prune_WhereTheSparseFormIsLarger_StoresTheZerosAsValues(bool isHalf)
    {
        DataType type = isHalf ? DataType.Float16 : DataType.Float32;
        using var scratch = new ScratchFolder();
        float[] values = Random(4096);
        Value stored = ConstexprPrograms.Tensor(type, [64, 64], values.Select(value => (double)value).ToArray());
        string source = new MilModelBuilder(8).Input("x", type).Const("w", stored).Op("linear", "y", type, ("x", "x"), ("weight", "w")).Output("y").Write(scratch);
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), new PruningRecipe { TargetSparsity = 0.01 });
        WeightResult weight = Assert.Single(result.Weights);
        Assert.Equal((nameof(WeightAction.Convert), type.ToString()), (weight.Action, weight.EncodingAfter));
        Assert.Contains("stored uncompressed with its zeros: pruned to 1 % zeros, it would take", weight.Reason);
        float[] before = DecodedWeights.Of(source)["/main/w"], after = DecodedWeights.Of(result.Path)["/main/w"];
        Assert.Equal(40, after.Count(value => value == 0));
        Assert.Equal(weight.Error!.NoiseEnergy, DecodedWeights.Error(before, after), 1e-9);
    }

    [Fact]
    public void Prune_CompressedWeightThatGrows_KeepsTheZeros()
    {
        using var scratch = new ScratchFolder();
        string quantized = EngineRuns.Convert(Linear(scratch, ("w", Random(4096), [64, 64])), scratch.Combine("quantized.mlpackage"), new LinearQuantizationRecipe()).Path;
        ConversionResult result = EngineRuns.Convert(quantized, scratch.Combine("out.mlpackage"), new PruningRecipe { TargetSparsity = 0.05 });
        Assert.Contains("bytes instead of", Assert.Single(result.Weights).Reason);
        Assert.True(DecodedWeights.Of(result.Path)["/main/w"].Count(value => value == 0) >= 204);
    }

    [Fact]
    public void Prune_WeightThatHasItsZeros_IsLeftWhenNothingIsSaved()
    {
        using var scratch = new ScratchFolder();
        float[] values = Random(4096);
        values.AsSpan(0, 40).Clear();
        using ModelFile model = ModelFile.Open(Linear(scratch, ("w", values, [64, 64])));
        CompressionPlan plan = ModelCompressor.Plan(model, new PruningRecipe { Threshold = 0, MinimumSparsity = 0 });
        Assert.Contains("bytes instead of", Assert.Single(plan.Weights).Reason);
        Assert.False(plan.HasChanges);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Prune_AllValues_LeavesZeros(bool isQuantized)
    {
        using var scratch = new ScratchFolder();
        string source = Linear(scratch, ("w", Random(4096), [64, 64]));
        source = isQuantized ? EngineRuns.Convert(source, scratch.Combine("quantized.mlpackage"), new LinearQuantizationRecipe { Mode = QuantizationMode.Affine }).Path : source;
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), new PruningRecipe { TargetSparsity = 1 });
        Assert.Equal("all values become zero", Assert.Single(result.Weights).Reason);
        Assert.All(DecodedWeights.Of(result.Path)["/main/w"], value => Assert.Equal(0, value));
    }

    [Fact]
    public void Steps_OnWhatBecomesZero_SayThatNothingIsLeft()
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(Linear(scratch, ("w", Random(4096), [64, 64])), scratch.Combine("out.mlpackage"), new OptimizationRecipe
        {
            Steps = [new OptimizationStep { Global = new PruningRecipe { TargetSparsity = 1 } }, new OptimizationStep { Global = new LinearQuantizationRecipe() }],
        });
        Assert.Contains("the other steps do not apply", Assert.Single(result.Weights).Reason);
        Assert.All(DecodedWeights.Of(result.Path)["/main/w"], value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    public void Steps_QuantizeThenPalettize_GiveTablesOfIntegers(int opset)
    {
        using var scratch = new ScratchFolder();
        float[] values = Random(64 * 256);
        string source = new MilModelBuilder(opset).Input("x").Const("w", Value(values, [64, 256])).Op("linear", "y", ("x", "x"), ("weight", "w")).Output("y").Write(scratch);
        foreach (LinearQuantizationRecipe quantization in new[] { new LinearQuantizationRecipe(), new LinearQuantizationRecipe { Mode = QuantizationMode.Affine, Granularity = Granularity.PerTensor } })
        {
            string output = scratch.Combine(quantization.Description + ".mlpackage");
            ConversionResult result = EngineRuns.Convert(source, output, new OptimizationRecipe
            {
                Steps = [new OptimizationStep { Global = quantization }, new OptimizationStep { Global = new PalettizationRecipe { BitWidth = 4, GroupSize = 16 } }],
            });
            using ModelFile model = ModelFile.Open(output);
            WeightResult weight = Assert.Single(result.Weights);
            Assert.Equal((nameof(WeightAction.Convert), string.Empty), (weight.Action, weight.Reason));
            Assert.Equal(opset < 9 ? "lut_to_dense < blockwise_shift_scale" : "blockwise_shift_scale < lut_to_dense", DecodedWeights.Nest(model, "w"));
            Assert.Equal(weight.Error!.NoiseEnergy, DecodedWeights.Error(values, DecodedWeights.Of(model)["/main/w"]), 1e-6);
            Assert.True(weight.Snr > 18);
        }
    }

    [Fact]
    public void Steps_QuantizeThenPalettizeWhatIsPruned_AreRefused()
    {
        using var scratch = new ScratchFolder();
        using ModelFile model = ModelFile.Open(Linear(scratch, ("w", Random(4096), [64, 64])));
        Assert.Contains("pruned weight cannot be palettized", Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, new OptimizationRecipe
        {
            Steps = [.. new WeightRecipe[] { new PruningRecipe { TargetSparsity = 0.5 }, new LinearQuantizationRecipe(), new PalettizationRecipe() }.Select(recipe => new OptimizationStep { Global = recipe })],
        })).Message);
    }

    [Fact]
    public void Prune_RatioOfAnyOperation_IsForNamedWeights()
    {
        using var scratch = new ScratchFolder();
        using ModelFile model = ModelFile.Open(new MilModelBuilder(8).Input("x").Const("w", Value(Random(4096), [64, 64])).Op("add", "y", ("x", "x"), ("y", "w")).Output("y").Write(scratch));
        WeightPlan Plan(OptimizationStep step) => Assert.Single(ModelCompressor.Plan(model, new OptimizationRecipe { Steps = [step] }).Weights);

        var half = new PruningRecipe { NonZeroRatio = new NonZeroRatio(1, 4) };
        Assert.Contains("conv and linear", Plan(new OptimizationStep { Global = half }).Reason);
        Assert.Contains("conv and linear", Plan(new OptimizationStep { OpTypes = [(new NamePattern("add"), half)] }).Reason);
        Assert.Equal(WeightAction.Convert, Plan(new OptimizationStep { OpNames = [(new NamePattern("w"), half)] }).Action);
        Assert.Equal(WeightAction.Convert, Plan(new OptimizationStep { OpNames = [(new NamePattern("y"), half)] }).Action);
    }

    [Fact]
    public void Plan_WhatMayNotBeWanted_IsAWarning()
    {
        using var scratch = new ScratchFolder();
        MilModelBuilder builder = new MilModelBuilder(8).Input("x").Const("w", Value(Random(4096), [64, 64]))
            .Op("linear", "a", ("x", "x"), ("weight", "w")).Op("linear", "b", ("x", "a"), ("weight", "w")).Output("b");
        using ModelFile model = ModelFile.Open(builder.Write(scratch));
        Assert.Contains("'w': operations with different recipes use it", Assert.Single(ModelCompressor.Plan(model, new OptimizationRecipe
        {
            Steps = [new OptimizationStep { Global = new LinearQuantizationRecipe(), OpNames = [(new NamePattern("b"), new PalettizationRecipe())] }],
        }).Warnings));
        Assert.Contains("1 weight is quantized per block", Assert.Single(ModelCompressor.Plan(model, new LinearQuantizationRecipe { Granularity = Granularity.PerBlock }).Warnings));
        Assert.Contains("does not apply to any weight", Assert.Single(ModelCompressor.Plan(model, RecipeFile.Parse("{}", "empty")).Warnings));
        Assert.Empty(ModelCompressor.Plan(model, new LinearQuantizationRecipe { Granularity = Granularity.PerBlock, BlockSize = [0] }).Warnings);
    }

    [Fact]
    public void Prune_ExactCount_WhateverTheTies()
    {
        using var scratch = new ScratchFolder();
        float[] values = Enumerable.Range(0, 4096).Select(i => (float)((i % 5) - 2)).ToArray();
        string source = Linear(scratch, ("w", values, [64, 64]));
        EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), new PruningRecipe { TargetSparsity = 0.37 });
        Assert.Equal((int)(0.37 * 4096), DecodedWeights.Of(scratch.Combine("out.mlpackage"))["/main/w"].Count(value => value == 0));
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

    private static string Linear(ScratchFolder scratch, params (string Name, float[] Values, long[] Shape)[] weights)
    {
        MilModelBuilder builder = new MilModelBuilder(8).Input("x");
        string last = "x";
        foreach ((string name, float[] values, long[] shape) in weights)
        {
            builder.Const(name, Value(values, shape)).Op("linear", name + "_y", ("x", last), ("weight", name));
            last = name + "_y";
        }

        return builder.Output(last).Write(scratch);
    }

    private static Value Value(float[] values, long[] shape) => ConstexprPrograms.Tensor(DataType.Float32, shape, values.Select(value => (double)value).ToArray());

    private static float[] Random(int count)
    {
        var random = new Random(count);
        return Enumerable.Range(0, count).Select(_ => (float)Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * (float)Math.Cos(2 * Math.PI * random.NextDouble())).ToArray();
    }
}
