using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Inspection;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Recipes.Files;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Single models on which coremltools' result is the right one: see tests/fixtures/cases.</summary>
public sealed class CompressionCaseTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private static string Archive => TestFiles.Fixture("cases", "compression.zip");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("all-zero-not-pruned")]
    [InlineData("block-target-missed")]
    [InlineData("group-size-zero-and-small-tables")]
    [InlineData("quantize-then-palettize")]
    [InlineData("tables-quantized-per-tensor")]
    public void Optimize_Case_IsNeverFurtherFromTheSourceThanCoremltools(string name)
    {
        ConversionResult result = Convert(name);
        Dictionary<string, float[]> source = DecodedWeights.Of(Path(name, "source.mlpackage")), ours = DecodedWeights.Of(result.Path), theirs = DecodedWeights.Of(Path(name, "coremltools.mlpackage"));
        string[] shared = source.Keys.Where(theirs.ContainsKey).ToArray();
        Assert.NotEmpty(shared);
        Assert.All(shared, key =>
        {
            double error = DecodedWeights.Error(source[key], ours[key]), reference = DecodedWeights.Error(source[key], theirs[key]);
            Assert.True(error <= reference * 1.0005, $"{key}: {error} > {reference}; {result.Weights.FirstOrDefault(weight => key.EndsWith("/" + weight.Name, StringComparison.Ordinal))?.Reason}");
        });
    }

    [Fact]
    public void Prune_BlocksCutShort_ReachTheShareOfValues()
    {
        ConversionResult result = Convert("block-target-missed");
        Dictionary<string, float[]> weights = DecodedWeights.Of(result.Path);
        Assert.All(Converted(result), weight => Assert.InRange(ShareOfZeros(weights[$"/main/{weight.Name}"]), 0.3, 0.301));
    }

    [Fact]
    public void Prune_Everything_LeavesZeros()
    {
        ConversionResult result = Convert("all-zero-not-pruned");
        Dictionary<string, float[]> weights = DecodedWeights.Of(result.Path);
        Assert.All(Converted(result), weight =>
        {
            Assert.Equal(1, ShareOfZeros(weights[$"/main/{weight.Name}"]));
            Assert.Equal("all values become zero", weight.Reason);
        });
    }

    [Fact]
    public void Quantize_BlockSizeZero_IsPerChannel()
    {
        ConversionResult result = Convert("block-size-zero");
        using ModelFile model = ModelFile.Open(result.Path);
        WeightSite[] quantized = model.GetWeights().Where(weight => weight.Encoding == WeightEncoding.Linear).ToArray();
        Assert.NotEmpty(quantized);
        Assert.All(quantized, weight => Assert.Equal(Granularity.PerChannel, weight.EncodingDetails!.Granularity));
    }

    [Fact]
    public void Palettize_NegativeAxis_CountsFromTheEnd()
    {
        ConversionResult result = Convert("channel-axis-minus-one");
        WeightResult weight = result.Weights.Single(weight => weight.Name == "w");
        Assert.Equal(nameof(WeightAction.Convert), weight.Action);
        using ModelFile model = ModelFile.Open(result.Path);
        OperationNode lookup = Operations(model).Single(operation => operation.Type == "constexpr_lut_to_dense");
        IReadOnlyList<long> tables = MilTypes.ShapeOf(lookup.Parameter("lut")!.Type), shape = MilTypes.ShapeOf(lookup.Outputs[0].Declaration.Type);
        Assert.Equal([.. Enumerable.Repeat(1L, shape.Count - 1), shape[shape.Count - 1], 4, 1], tables);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(-7)]
    public void Palettize_AxisThatTheWeightDoesNotHave_IsRefused(int axis)
    {
        using ModelFile model = ModelFile.Open(Path("channel-axis-minus-one", "source.mlpackage"));
        var recipe = new PalettizationRecipe { GroupSize = 1, ChannelAxis = axis, MinimumElementCount = 0, AllowOpsetUpgrade = true };
        Assert.Contains($"no axis {axis}", Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, recipe)).Message);
    }

    [Fact]
    public void Palettize_QuantizedModelBelowCoreML9_ScalesTheTables()
    {
        ConversionResult result = Convert("quantize-then-palettize");
        using ModelFile ours = ModelFile.Open(result.Path), theirs = ModelFile.Open(Path("quantize-then-palettize", "coremltools.mlpackage"));
        string[] nests = Nests(ours);
        Assert.Equal(Nests(theirs).Distinct(), nests.Distinct());
        Assert.Contains("lut_to_dense < blockwise_shift_scale", nests);
    }

    [Fact]
    public void Quantize_TablesPerTensor_HaveOneScale()
    {
        ConversionResult result = Convert("tables-quantized-per-tensor");
        using ModelFile model = ModelFile.Open(result.Path);
        OperationNode[] scaled = Operations(model).Where(operation => operation.Type == "constexpr_blockwise_shift_scale").ToArray();
        Assert.NotEmpty(scaled);
        Assert.All(scaled, operation => Assert.Equal(1, MilTypes.ElementCount(operation.Parameter("scale")!.Type)));
    }

    [Fact]
    public void Quantize_SmallTables_AreLeft()
    {
        ConversionResult result = Convert("group-size-zero-and-small-tables");
        Assert.NotEmpty(result.Weights);
        Assert.Equal(nameof(ConversionStatus.Unchanged), result.Status);
        Assert.Contains(result.Weights, weight => weight.Reason.Contains("fewer than 10 values"));
    }

    private static WeightResult[] Converted(ConversionResult result)
    {
        WeightResult[] converted = result.Weights.Where(weight => weight.Action == nameof(WeightAction.Convert)).ToArray();
        Assert.NotEmpty(converted);
        return converted;
    }

    private static OperationNode[] Operations(ModelFile model) => ProgramGraph.Of(model.Specification.MlProgram).SelectMany(graph => graph.Operations).ToArray();

    private static string[] Nests(ModelFile model) => model.GetWeights()
        .Where(weight => weight.Encoding != WeightEncoding.Plain)
        .Select(weight => DecodedWeights.Nest(model, weight.Name))
        .ToArray();

    private static double ShareOfZeros(float[] values) => (double)values.Count(value => value == 0) / values.Length;

    private string Path(string name, string file)
    {
        string folder = _scratch.Combine(name);
        if (!Directory.Exists(folder))
        {
            FixtureArchive.Extract(Archive, name, _scratch);
        }

        return System.IO.Path.Combine(folder, file);
    }

    private ConversionResult Convert(string name) => EngineRuns.Convert(
        Path(name, "source.mlpackage"),
        _scratch.Combine("out.mlpackage"),
        RecipeFile.Read(Path(name, "recipe.json"), new RecipeDefaults { AllowOpsetUpgrade = true }));
}
