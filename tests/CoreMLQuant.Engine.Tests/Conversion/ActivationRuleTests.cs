using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Conversion;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tests.Mil;
using CoreMLQuant.Validation;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>What is quantized and what is not, where coremltools fails or has no word for it.</summary>
public class ActivationRuleTests
{
    [Fact]
    public void Convert_Float32_ScalesAreFloat32()
    {
        using var scratch = new ScratchFolder();
        string source = Sum(7).Output("e").Write(scratch);

        Assert.Equal(
            ["e.x[0] <- dequantize Float32 scale Float32 *", "s.x[0] <- dequantize Float32 scale Float32 *", "s.y[0] <- dequantize Float32 scale Float32 *"],
            Pairs(scratch, source, Both("a", "b", "s")).Select(line => line.Substring(0, line.LastIndexOf("Float32 ", line.IndexOf(" zero", StringComparison.Ordinal), StringComparison.Ordinal)) + "Float32 *"));
    }

    // In the first case, FP16 holds the sum of the largest integers, and coremltools divides the scales as well; in the second, its sum becomes infinite.
    [Theory]
    [InlineData(1.27, "B1-5C", "00-3C", "B1-5C")]
    [InlineData(0.635, "00-3C", "D3-16", "00-3C")]
    public void Convert_SumOfUnlikeScales_IsFinite(double smaller, string first, string second, string result)
    {
        using var scratch = new ScratchFolder();
        string source = new MilModelBuilder(7).Input("a", DataType.Float16).Input("b", DataType.Float16)
            .Op("add", "s", DataType.Float16, ("x", "a"), ("y", "b")).Op("exp", "e", DataType.Float16, ("x", "s")).Output("e", DataType.Float16).Write(scratch);
        ActivationRange large = new(-381, 381), small = new(-smaller, smaller);

        string[] pairs = [.. Pairs(scratch, source, new ActivationRanges("ranges.json", new Dictionary<string, ActivationRange> { ["a"] = large, ["b"] = small, ["s"] = large }))];
        Assert.StartsWith($"s.x[0] <- dequantize Float16 scale Float16 {first} ", pairs[1], StringComparison.Ordinal);
        Assert.StartsWith($"s.y[0] <- dequantize Float16 scale Float16 {second} ", pairs[2], StringComparison.Ordinal);
        Assert.Contains($"(quantize Int8 scale Float16 {result} ", pairs[0]);
    }

    [Fact]
    public void Convert_SumOfIntegers_Stays()
    {
        using var scratch = new ScratchFolder();
        string source = new MilModelBuilder(7).Input("a", DataType.Int32).Input("b", DataType.Int32).Op("add", "s", DataType.Int32, ("x", "a"), ("y", "b")).Output("s", DataType.Int32).Write(scratch);

        Assert.False(Plan(source, Both()).HasChanges);
    }

    [Fact]
    public void Convert_SumWithAConstant_Stays()
    {
        using var scratch = new ScratchFolder();
        string source = new MilModelBuilder(7).Input("a").Const("c", 1, 2, 3, 4).Op("add", "s", ("x", "a"), ("y", "c")).Op("exp", "e", ("x", "s")).Output("e").Write(scratch);

        Assert.False(Plan(source, Both()).HasChanges);
    }

    [Fact]
    public void Convert_ResultThatGoesOut_StaysFloatThere()
    {
        using var scratch = new ScratchFolder();
        string source = Sum(7).Output("s").Output("e").Write(scratch);
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), Recipe(Both("a", "b", "s")));

        using ModelFile model = ModelFile.Open(result.Path);
        Assert.Equal(["s", "e"], ProgramGraph.Of(model.Specification.MlProgram).Single().Body.Outputs);
        Assert.Contains(PairSignature.Of(model.Specification.MlProgram), line => line.StartsWith("e.x[0] <- dequantize", StringComparison.Ordinal));
        Assert.Empty(ModelValidator.Validate(result.Path).Findings);
    }

    [Fact]
    public void Convert_Again_ChangesNothing()
    {
        using var scratch = new ScratchFolder();
        string source = Sum(7).Output("s").Output("e").Write(scratch);
        ConversionResult first = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), Recipe(Both("a", "b", "s")));

        Assert.False(Plan(first.Path, Both("a", "b", "s")).HasChanges);
    }

    // The relu behind the average is quantized for the next pool, and only the sum has the average quantized for itself, or nothing has. With the pairs in the
    // program, the relu is not the first any more to use the average.
    [Theory]
    [InlineData("add", 7)]
    [InlineData("mul", 5)]
    public void Convert_AgainWithAResultThatTwoUse_ChangesNothing(string other, int activations)
    {
        using var scratch = new ScratchFolder();
        string source = new MilModelBuilder(7).Input("a").Input("b")
            .Op("avg_pool", "t", ("x", "b")).Op("avg_pool", "p", ("x", "a")).Op(other, "s", ("x", "t"), ("y", "p")).Op("relu", "r", ("x", "p")).Op("avg_pool", "q", ("x", "r"))
            .Op("exp", "e", ("x", "s")).Op("exp", "f", ("x", "q")).Output("e").Output("f").Write(scratch);
        ActivationRanges ranges = Both("a", "b", "t", "p", "r", "s", "q");
        ConversionResult first = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), Recipe(ranges));

        Assert.Equal(activations, first.Activations.Count);
        Assert.False(Plan(first.Path, ranges).HasChanges);
    }

    [Fact]
    public void Plan_RangesMissingAndUnknown_AllAreTold()
    {
        using var scratch = new ScratchFolder();
        string source = Sum(7).Output("e").Write(scratch);

        RecipeException missing = Assert.Throws<RecipeException>(() => Plan(source, Both("a", "t")));
        Assert.Contains("'b', 's'", missing.Message);
        Assert.Contains("does not have: 't'", missing.Message);
        Assert.Contains("'a', 'b', 's'", Assert.Throws<RecipeException>(() => Plan(source, null)).Message);
        Assert.Contains("'t'", Assert.Single(Plan(source, Both("a", "b", "s", "t")).Warnings));
    }

    [Fact]
    public void Plan_ManyRangesUnknown_SomeAreNamedAndAllCounted()
    {
        using var scratch = new ScratchFolder();
        string source = Sum(7).Output("e").Write(scratch);
        string[] unknown = Enumerable.Range(0, 5000).Select(i => $"v{i}").ToArray();

        string warning = Assert.Single(Plan(source, Both(["a", "b", "s", .. unknown])).Warnings);
        Assert.EndsWith("'v8', 'v9' and 4990 more", warning, StringComparison.Ordinal);
        string error = Assert.Throws<RecipeException>(() => Plan(source, Both(["a", .. unknown]))).Message;
        Assert.Contains("'b', 's'", error);
        Assert.Contains("'v9' and 4990 more.", error);
    }

    [Fact]
    public void Plan_OlderOpset_RisesIfAllowed()
    {
        using var scratch = new ScratchFolder();
        string source = Sum(6).Output("e").Write(scratch);

        Assert.Contains("Use -AllowOpsetUpgrade", Assert.Throws<RecipeException>(() => Plan(source, Both("a", "b", "s"))).Message);
        CompressionPlan plan = Plan(source, Both("a", "b", "s"), recipe => recipe with { AllowOpsetUpgrade = true });
        Assert.Equal(8, plan.SpecificationVersionAfter);
        Assert.Contains("CoreML7", Assert.Single(plan.Notes));
        Assert.Contains("-NoOpsetUpgrade", Assert.Throws<RecipeException>(() => Plan(source, Both("a", "b", "s"), recipe => recipe with { NoOpsetUpgrade = true })).Message);
    }

    [Fact]
    public void Plan_Patterns_ChooseOperations()
    {
        using var scratch = new ScratchFolder();
        string source = Sum(7).Output("e").Write(scratch);

        Assert.False(Plan(source, Both(), recipe => recipe with { Exclude = NamePatterns.Parse(["add"]) }).HasChanges);
        Assert.False(Plan(source, Both(), recipe => recipe with { Include = NamePatterns.Parse(["conv"]) }).HasChanges);
        Assert.False(Plan(source, Both(), recipe => recipe with { Activations = Step(recipe, step => step with { OpTypes = [(new NamePattern("add"), null)] }) }).HasChanges);
        Assert.Equal(["z*"], Plan(source, Both("a", "b", "s"), recipe => recipe with { Activations = Step(recipe, step => step with { OpNames = [(new NamePattern("z*"), null)] }) }).UnmatchedPatterns);
    }

    [Fact]
    public void Plan_PatternOfAnOperationWithoutPairsOfItsOwn_TellsWhichToName()
    {
        string source = TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage");
        CompressionPlan plan = Plan(source, All(source), recipe => recipe with { Exclude = NamePatterns.Parse(["relu", "nosuch"]) });
        Assert.Contains("'relu' has no effect: relu 'relu_0' gets no pair", Assert.Single(plan.Warnings, warning => warning.Contains("no effect")));
        Assert.Equal(["nosuch"], plan.UnmatchedPatterns);
    }

    [Fact]
    public void Plan_Activations_TellRangeScaleAndZeroPoint()
    {
        using var scratch = new ScratchFolder();
        string source = Sum(7).Output("e").Write(scratch);

        ActivationPlan activation = Plan(source, Both("a", "b", "s")).Activations.Single(activation => activation.Name == "a");
        Assert.Equal(("main/a", "Int8", -1.0, 3.0, -64), (activation.ToString(), activation.Type, activation.Minimum, activation.Maximum, activation.ZeroPoint));
        Assert.Equal(4f / 255, activation.Scale, 1e-4f);
    }

    [Theory]
    [InlineData(20.0, 0.9, null, "cannot be combined")]
    [InlineData(-5.0, null, null, "more than 0 dB")]
    [InlineData(null, 1.5, null, "a share of the samples")]
    [InlineData(20.0, null, 1000L, "A budget for the weights and a bound that activations are quantized for cannot be combined")]
    public void Validate_BoundsOnTheOutputs_RefusesWhatMakesNoSense(double? snr, double? agreement, long? size, string message)
    {
        var recipe = new OptimizationRecipe { Steps = [], TargetSize = size, Activations = new ActivationQuantization { MinimumOutputSnr = snr, MinimumAgreement = agreement } };
        Assert.Contains(message, Assert.Throws<RecipeException>(recipe.Validate).Message);
    }

    [Fact]
    public void Plan_MaxPool_HasTheEstimatedRangeOfItsInput()
    {
        using var scratch = new ScratchFolder();
        using ModelFile model = ModelFile.Open(new MilModelBuilder(7).Input("x").Op("max_pool", "p", ("x", "x")).Op("avg_pool", "q", ("x", "p")).Op("exp", "e", ("x", "q")).Output("e").Write(scratch));
        OptimizationRecipe recipe = Recipe(null);
        recipe = recipe with { Activations = recipe.Activations! with { RangeEstimator = RangeEstimator.MinMax } };
        var statistics = new CalibrationStatistics(string.Empty, ["sample"], [], [Seen("x", -1, 3), Seen("p", 2, 3), Seen("q", 2.5f, 2.75f)]);
        ActivationPlan[] activations = ModelCompressor.Plan(model, recipe, statistics).Activations.ToArray();
        Assert.Equal(["x", "p"], activations.Select(activation => activation.Name).Take(2));
        Assert.All(activations.Take(2), activation => Assert.Equal((-1.0, 3.0), (activation.Minimum, activation.Maximum)));
        Assert.Equal(activations[0].Scale, activations[1].Scale);
    }

    [Fact]
    public void Plan_ValuesThatNoSampleShows_StayFloats()
    {
        using var scratch = new ScratchFolder();
        using ModelFile model = ModelFile.Open(new MilModelBuilder(7).Input("x").Op("avg_pool", "p", ("x", "x")).Op("exp", "e", ("x", "p")).Op("avg_pool", "q", ("x", "e")).Output("q").Write(scratch));
        CompressionPlan plan = ModelCompressor.Plan(model, Recipe(null), Statistics("x", "p", "e", "q"));
        Assert.Empty(plan.Activations);
        Assert.Contains("2 operations keep their activations as floats, because calibration does not see all of them ('p')", plan.Warnings);

        // What could have been seen is required, also where something else could not.
        string message = Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, Recipe(null), Statistics("x", "p"))).Message;
        Assert.Contains("The model needs those of 'e'.", message);
        Assert.Contains("The model needs those of 'x', 'e', 'p'.", Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, Recipe(null), Statistics())).Message);

        static CalibrationStatistics Statistics(params string[] unseen) => new(string.Empty, ["sample"], [], []) { UnseenValues = unseen };
    }

    [Fact]
    public void Plan_FunctionThatIsNotRun_StaysFloatsWhateverItsNames()
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("multifunction_iOS18", "fp32.mlpackage"));
        Program program = model.Specification.MlProgram;
        string[] names = ProgramGraph.Of(program).SelectMany(graph => graph.Values).Select(value => value.Name).Distinct().ToArray();
        string run = ProgramGraph.ToRun(model.Specification, null)!.FunctionName;
        CompressionPlan plan = ModelCompressor.Plan(model, Recipe(null), new CalibrationStatistics(string.Empty, ["sample"], [], names.Select(name => Seen(name, -1, 3))));
        Assert.Equal([run], plan.Activations.Select(activation => activation.Function).Distinct());
        Assert.Contains(plan.Warnings, warning => warning.Contains("calibration does not see all of them"));
    }

    [Fact]
    public void Plan_ValueOfThousandsOfSums_IsQuantizedOnce()
    {
        const int Sums = 3000;
        using var scratch = new ScratchFolder();
        MilModelBuilder model = new MilModelBuilder(7).Input("s0").Input("hub");
        for (int i = 1; i <= Sums; i++)
        {
            model.Op("add", $"s{i}", ("x", $"s{i - 1}"), ("y", "hub"));
        }

        CompressionPlan plan = Plan(model.Op("exp", "e", ("x", $"s{Sums}")).Output("e").Write(scratch), Both(["hub", .. Enumerable.Range(0, Sums + 1).Select(i => $"s{i}")]));
        Assert.Equal(Sums + 2, plan.Activations.Count);
        Assert.Single(plan.Activations, activation => activation.Name == "hub");
    }

    [Fact]
    public void Plan_NoOperationWithActivations_IsTold()
    {
        using var scratch = new ScratchFolder();
        CompressionPlan plan = Plan(new MilModelBuilder(7).Input("x").Op("exp", "e", ("x", "x")).Output("e").Write(scratch), null);
        Assert.StartsWith("no activation is quantized, because the recipe selects no operation whose activations can be: conv, linear", Assert.Single(plan.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_NestedBlocks_PairsAreInTheBlocks()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("control_flow_iOS18", "fp32.mlpackage");
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), Recipe(All(source)));

        using ModelFile model = ModelFile.Open(result.Path);
        ProgramGraph graph = ProgramGraph.Of(model.Specification.MlProgram).Single();
        Assert.Contains(graph.Operations, operation => operation.Type == "quantize" && !ReferenceEquals(operation.Block, graph.Body));
        Assert.Empty(ModelValidator.Validate(result.Path).Findings);
    }

    [Theory]
    [InlineData("convnet_iOS15", "fp32")]
    [InlineData("gather_i32_iOS17", "fp16")]
    [InlineData("gpt_tiny_iOS18", "fp16")]
    [InlineData("pipeline_mlprogram", "fp16_stages")]
    [InlineData("multifunction_iOS18", "fp32")]
    public void Convert_WhereCoremltoolsFails_IsValid(string fixture, string variant)
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture(fixture, variant + ".mlpackage");
        ConversionResult result = EngineRuns.Convert(
            source,
            scratch.Combine("out.mlpackage"),
            new LinearQuantizationRecipe { Activations = Recipe(All(source)).Activations, MinimumElementCount = 100, AllowOpsetUpgrade = true });

        Assert.NotEqual(0, result.Converted);
        Assert.NotEmpty(result.Activations);
        Assert.Empty(ModelValidator.Validate(result.Path).Findings);
    }

    [Fact]
    public void Expand_QuantizedActivations_KeepsThePairs()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("convnet_iOS17", "fp16.mlpackage");
        var recipe = new LinearQuantizationRecipe { Activations = Recipe(All(source)).Activations };
        ConversionResult quantized = EngineRuns.Convert(source, scratch.Combine("w8a8.mlpackage"), recipe);
        ConversionResult expanded = EngineRuns.Convert(quantized.Path, scratch.Combine("expanded.mlpackage"), new ExpansionRecipe());

        using ModelFile before = ModelFile.Open(quantized.Path), after = ModelFile.Open(expanded.Path);
        Assert.NotEqual(0, expanded.Converted);
        Assert.Equal("_int8_a8", recipe.FileSuffix);
        Assert.Equal(PairSignature.Of(before.Specification.MlProgram), PairSignature.Of(after.Specification.MlProgram));
    }

    [Fact]
    public void Convert_NeuralNetwork_MultipliesInInt8()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("nn_cnn", "fp32.mlmodel");
        ActivationQuantization activations = new();
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlmodel"), new LinearQuantizationRecipe { Activations = activations });
        ConversionResult multiplied = EngineRuns.Convert(source, scratch.Combine("other.mlmodel"), new LinearQuantizationRecipe { Int8MatrixMultiply = true });

        Assert.Equal(EngineRuns.Contents(multiplied.Path)[string.Empty], EngineRuns.Contents(result.Path)[string.Empty]);
        using ModelFile model = ModelFile.Open(source);
        Assert.Contains("symmetric 8-bit weights", Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, new OptimizationRecipe { Steps = [], Activations = activations })).Message);
    }

    // Nobody looks for ranges there.
    [Theory]
    [InlineData(RangeEstimator.MinMax, true)]
    [InlineData(RangeEstimator.MeanSquaredError, false)]
    public void Plan_RangeEstimatorOfANeuralNetwork_IsWarnedOf(RangeEstimator estimator, bool isWarned)
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("nn_embeds", "fp32.mlmodel"));
        IReadOnlyList<string> warnings = ModelCompressor.Plan(model, new LinearQuantizationRecipe { Activations = new ActivationQuantization { RangeEstimator = estimator } }).Warnings;
        Assert.Equal(isWarned, warnings.Any(warning => warning.Contains($"the range estimator {estimator} of activations has no effect")));
    }

    private static MilModelBuilder Sum(int opset) => new MilModelBuilder(opset).Input("a").Input("b").Op("add", "s", ("x", "a"), ("y", "b")).Op("exp", "e", ("x", "s"));

    private static ActivationRanges Both(params string[] names) => new("ranges.json", names.ToDictionary(name => name, _ => new ActivationRange(-1, 3)));

    private static ActivationStatistics Seen(string name, float minimum, float maximum) =>
        new(name, 2, minimum, maximum, (minimum + maximum) / 2, 1, new ActivationHistogram(minimum, (maximum - minimum) / 2, [1, 1]));

    // Every value of a model has the same range.
    private static ActivationRanges All(string source)
    {
        using ModelFile model = ModelFile.Open(source);
        return Both(PipelineStages.Of(model.Specification).SelectMany(stage => ProgramGraph.Of(stage.Model.MlProgram)).SelectMany(graph => graph.Values).Select(value => value.Name).Distinct().ToArray());
    }

    private static OptimizationRecipe Recipe(ActivationRanges? ranges) => new()
    {
        Steps = [],
        Activations = new ActivationQuantization
        {
            Operations = new OptimizationStep { Global = new LinearQuantizationRecipe { Mode = QuantizationMode.Affine } },
            Ranges = ranges,
        },
    };

    private static ActivationQuantization Step(OptimizationRecipe recipe, Func<OptimizationStep, OptimizationStep> change) =>
        recipe.Activations! with { Operations = change(recipe.Activations.Operations) };

    private static CompressionPlan Plan(string source, ActivationRanges? ranges, Func<OptimizationRecipe, OptimizationRecipe>? change = null)
    {
        using ModelFile model = ModelFile.Open(source);
        return ModelCompressor.Plan(model, (change ?? (recipe => recipe))(Recipe(ranges)));
    }

    private static IEnumerable<string> Pairs(ScratchFolder scratch, string source, ActivationRanges ranges)
    {
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), Recipe(ranges));
        using ModelFile model = ModelFile.Open(result.Path);
        return PairSignature.Of(model.Specification.MlProgram);
    }
}
