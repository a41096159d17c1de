using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tests.Mil;
using CoreMLQuant.Tests.Validation;
using CoreMLQuant.Validation;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Sources that FP16 would ruin, that break rules of their format, or that store the same twice.</summary>
public sealed class FragileSourceTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Float16_NetworkThatItWouldWipeOut_KeepsThoseLayers()
    {
        ConversionResult result = EngineRuns.Convert(Case("02-fp16-tiny-weights", "model.mlmodel"), _scratch.Combine("out.mlmodel"), new Float16Recipe());
        Assert.True(result.MinSnr is null or > 20, $"{result.MinSnr}");
        Assert.Contains(result.Weights, weight => weight.Name.EndsWith("variance", StringComparison.Ordinal) && weight.Reason.Contains("which becomes 0 in FP16"));
        Assert.Contains(result.Weights, weight => weight.Reason.Contains("signal-to-noise ratio of 7.3 dB"));
    }

    // Systems before version 3 do not look at flexible shapes: such a model is sound until quantization raises its version.
    [Theory]
    [InlineData(8, 4, false)]
    [InlineData(1, 4, true)]
    public void Plan_FlexibleShapesThatStartToCount_AreHeldToTheRules(uint least, int most, bool isSound)
    {
        string path = BrokenModels.Edit(TestFiles.Copy(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"), _scratch.Combine("flexible.mlmodel")), model =>
        {
            model.SpecificationVersion = 2;
            ArrayFeatureType array = model.Description.Input[0].Type.MultiArrayType;
            array.ShapeRange = new ArrayFeatureType.Types.ShapeRange();
            array.ShapeRange.SizeRanges.AddRange(array.Shape.Select(size => new SizeRange { LowerBound = least == 1 ? 1 : least * (ulong)size, UpperBound = most * size }));
        });
        using ModelFile model = ModelFile.Open(path);
        Assert.True(ModelValidator.Validate(model).IsValid);
        var recipe = new LinearQuantizationRecipe();
        if (isSound)
        {
            Assert.Equal(3, ModelCompressor.Plan(model, recipe).SpecificationVersionAfter);
        }
        else
        {
            Assert.Contains("look at flexible shapes", Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, recipe)).Message);
        }
    }

    [Theory]
    [InlineData(399, "FP16")]
    [InlineData(400, "'var' contains 1E-12, which becomes 0 in FP16")]
    public void Float16_VarianceThatWouldBecomeZero_KeepsItsOperation(int channels, string outcome)
    {
        float[] variance = Enumerable.Repeat(1f, channels).ToArray();
        variance[7] = 1e-12f;
        WeightResult weight = Convert(
            new MilModelBuilder(7).Input("x").Const("mean", new float[channels]).Const("var", variance).Op("batch_norm", "y", ("x", "x"), ("mean", "mean"), ("variance", "var")).Output("y"),
            new Float16Recipe(),
            "var");
        Assert.Equal(outcome, weight.Action == nameof(WeightAction.Convert) ? "FP16" : weight.Reason);
    }

    [Theory]
    [InlineData(false, 1e-6f, WeightAction.Convert)]
    [InlineData(false, 5e-8f, WeightAction.Skip)]
    [InlineData(true, 1e-6f, WeightAction.Convert)]
    [InlineData(true, 5e-8f, WeightAction.Skip)]
    public void Float16_TensorThatIsSmallAsAWhole_StaysFloat32(bool weightsOnly, float scale, WeightAction action)
    {
        var random = new Random(1);
        float[] values = Enumerable.Range(0, 1000).Select(_ => (float)((random.NextDouble() * 2) - 1) * scale).ToArray();
        string source = WeightPackage.Write(_scratch, [10, 100], ("w", values));
        ConversionResult result = EngineRuns.Convert(source, _scratch.Combine("out.mlpackage"), new Float16Recipe { WeightsOnly = weightsOnly });
        WeightResult weight = Assert.Single(result.Weights);
        Assert.Equal(action.ToString(), weight.Action);
        Assert.True(action == WeightAction.Convert || weight.Reason.Contains("because its values are too small"), weight.Reason);
    }

    [Fact]
    public void Plan_SourceWithErrors_TellsThem()
    {
        string folder = Case("10-same-names");
        using ModelFile broken = ModelFile.Open(System.IO.Path.Combine(folder, "same_block.mlpackage")), sound = ModelFile.Open(System.IO.Path.Combine(folder, "model.mlpackage"));
        foreach (CompressionRecipe recipe in new CompressionRecipe[] { new Float16Recipe(), new LinearQuantizationRecipe { MinimumElementCount = 10 }, new ExpansionRecipe() })
        {
            Assert.NotEmpty(ModelCompressor.Plan(broken, recipe).SourceErrors);
            Assert.Empty(ModelCompressor.Plan(sound, recipe).SourceErrors);
        }
    }

    [Fact]
    public void Run_SourceWithErrors_CarriesThemInTheResult()
    {
        ConversionResult result = EngineRuns.Convert(Case("10-same-names", "same_block.mlpackage"), _scratch.Combine("out.mlpackage"), new Float16Recipe());
        Assert.Equal(nameof(ConversionStatus.Converted), result.Status);
        Assert.NotEmpty(result.SourceErrors);
    }

    [Fact]
    public void Float16_WhereNoWeightChanges_SaysWhatDoes()
    {
        ConversionResult result = EngineRuns.Convert(
            new MilModelBuilder(7).Input("x").Op("relu", "a", ("x", "x")).Op("tanh", "y", ("x", "a")).Output("y").Write(_scratch), _scratch.Combine("out.mlpackage"), new Float16Recipe());
        Assert.Equal((nameof(ConversionStatus.Converted), 0), (result.Status, result.Converted));
        Assert.Equal(["no weight changes; 2 more operations compute in FP16"], result.Notes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MergeEqualWeights_StoresThemOnce(bool merges)
    {
        string source = Twins();
        long duplicate = Describe(source).DuplicateWeightSize;
        Assert.Equal(64 * 64 * 4, duplicate);
        foreach (CompressionRecipe recipe in new CompressionRecipe[] { new Float16Recipe(), new LinearQuantizationRecipe(), new PruningRecipe { TargetSparsity = 0.5 } })
        {
            string output = _scratch.Combine($"{recipe.Description}.mlpackage");
            ConversionResult result = EngineRuns.Convert(source, output, recipe with { MergeEqualWeights = merges });
            CoreMLModel model = Describe(output);
            Assert.Equal(merges, model.DuplicateWeightSize == 0);
            Assert.Equal(merges, result.Notes.Any(note => note.Contains("1 weight is identical to another")));
            Dictionary<string, float[]> weights = DecodedWeights.Of(output);
            Assert.Equal(weights["/main/a"], weights["/main/b"]);
            Assert.NotEqual(weights["/main/a"], weights["/main/c"]);
        }
    }

    [Fact]
    public void MergeEqualWeights_WhereNothingElseChanges_ChangesNoValue()
    {
        string source = Twins(), output = _scratch.Combine("out.mlpackage");
        ConversionResult result = EngineRuns.Convert(source, output, new ExpansionRecipe { MergeEqualWeights = true });
        Assert.Equal(nameof(ConversionStatus.Converted), result.Status);
        Assert.True(result.After <= result.Before - (64 * 64 * 4));
        Assert.Equal(DecodedWeights.Of(source), DecodedWeights.Of(output));
    }

    private static CoreMLModel Describe(string path)
    {
        using ModelFile model = ModelFile.Open(path);
        return model.Describe();
    }

    private string Case(params string[] names)
    {
        FixtureArchive.Extract(TestFiles.Fixture("cases", "fragile.zip"), names[0], _scratch);
        return _scratch.Combine(names);
    }

    /// <summary>Two equal weights in a weight file, and one that differs in its middle alone.</summary>
    private string Twins()
    {
        var random = new Random(2);
        float[] values = Enumerable.Range(0, 64 * 64).Select(_ => (float)random.NextDouble()).ToArray(), other = (float[])values.Clone();
        other[1000] = -1;
        return WeightPackage.Write(_scratch, [64, 64], ("a", values), ("b", values), ("c", other));
    }

    private WeightResult Convert(MilModelBuilder builder, CompressionRecipe recipe, string weight) =>
        EngineRuns.Convert(builder.Write(_scratch), _scratch.Combine("out.mlpackage"), recipe).Weights.Single(result => result.Name == weight);
}
