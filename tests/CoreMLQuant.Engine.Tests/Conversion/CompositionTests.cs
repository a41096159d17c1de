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

/// <summary>Compressing again what coremltools has compressed: the nest of operations, and what it costs.</summary>
public class CompositionTests
{
    private const string Weight = "const_0";

    public static TheoryData<string, string, string> Cases => new()
    {
        { "prune_mag50", "q8sym", "sparse_to_dense < sparse_blockwise_shift_scale" },
        { "prune_mag50", "q4sym_channel", "sparse_to_dense < sparse_blockwise_shift_scale" },
        { "prune_mag50", "q8lin", "sparse_to_dense < sparse_blockwise_shift_scale" },
        { "prune_mag50", "pal4_kmeans", "sparse_to_dense < lut_to_sparse" },
        { "prune_mag50", "prune_mag75", "sparse_to_dense" },
        { "q8sym", "prune_mag50", "sparse_to_dense < sparse_blockwise_shift_scale" },
        { "q4sym_channel", "prune_mag50", "sparse_to_dense < sparse_blockwise_shift_scale" },
        { "q8lin", "pal4_kmeans", "lut_to_dense < blockwise_shift_scale" },
        { "q8sym", "pal4_uniform", "lut_to_dense < blockwise_shift_scale" },
        { "pal4_kmeans", "q8lut", "lut_to_dense < blockwise_shift_scale" },
        { "pal4_group16", "q8sym", "lut_to_dense < blockwise_shift_scale" },
        { "pal6_kmeans", "prune_mag50", "sparse_to_dense < lut_to_sparse" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Compress_CompressedModel_NestsAndTellsItsError(string first, string second, string nest)
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("convnet_iOS18", first + ".mlpackage");
        CompressionRecipe recipe = second == "q8lut" ? new LinearQuantizationRecipe() : VariantRecipes.Recipe(second);
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), recipe);
        using ModelFile model = ModelFile.Open(result.Path);
        WeightSite compressed = Assert.Single(model.GetWeights(), weight => weight.Name.StartsWith(Weight, System.StringComparison.Ordinal));
        Assert.Equal(nest, DecodedWeights.Nest(model, compressed.Name));
        Assert.True(result.After < result.Before || result.Notes.Any(note => note.Contains("not smaller")));

        Dictionary<string, float[]> before = DecodedWeights.Of(source), after = DecodedWeights.Of(model);
        foreach (WeightResult weight in result.Weights.Where(weight => weight.Action == nameof(WeightAction.Convert)))
        {
            string key = before.Keys.Single(key => weight.Name.StartsWith(key.Split('/')[2], System.StringComparison.Ordinal) && after.ContainsKey(key));
            double error = DecodedWeights.Error(before[key], after[key]);
            Assert.Equal(error, weight.Error!.NoiseEnergy, 1e-6 * error);
            Assert.Equal(weight.After, model.GetWeights().Single(site => site.Name == weight.Name).ByteCount);
        }
    }

    [Fact]
    public void Prune_QuantizedModel_KeepsIntegersAndScales()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("convnet_iOS18", "q8sym.mlpackage");
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), new PruningRecipe { TargetSparsity = 0.5 });
        Dictionary<string, float[]> before = DecodedWeights.Of(source), after = DecodedWeights.Of(result.Path);
        foreach ((string key, float[] values) in after.Where(weight => weight.Key.EndsWith(Weight, System.StringComparison.Ordinal)))
        {
            Assert.All(values.Zip(before[key]), pair => Assert.True(pair.First == 0 || pair.First == pair.Second));
            Assert.True(values.Count(value => value == 0) >= values.Length / 2);
        }
    }

    [Fact]
    public void Quantize_PrunedModel_KeepsItsZeros()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("convnet_iOS18", "prune_mag50.mlpackage");
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), new LinearQuantizationRecipe { BitWidth = 4, Mode = QuantizationMode.Affine });
        Dictionary<string, float[]> before = DecodedWeights.Of(source), after = DecodedWeights.Of(result.Path);
        Assert.All(before, weight => Assert.All(weight.Value.Zip(after[weight.Key]), pair => Assert.True(pair.First != 0 || pair.Second == 0)));
    }

    /// <summary>Below CoreML9, each table has the scale of its channel; from there on, one table serves the integers of all.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    public void Palettize_QuantizedModelWithStatistics_WeighsErrorsByTheInputs(int opset)
    {
        using var scratch = new ScratchFolder();
        float[] weights = Tensors.Compensation.BrainSurgeon.Weights(3, 48 * 64).Select((value, i) => value * (float)System.Math.Exp((i / 64 / 10.0) - (i % 64 / 20.0))).ToArray();
        string source = EngineRuns.Convert(WeightPackage.Write(scratch, "model.mlpackage", opset, [48, 64], ("w", weights)), scratch.Combine("int8.mlpackage"), new LinearQuantizationRecipe()).Path;
        float[] before = DecodedWeights.Of(source)["/main/w"];
        double[] energies = Enumerable.Range(0, 64).Select(column => System.Math.Exp(column / 8.0)).ToArray();
        double[] noises = new[] { true, false }.Select(isKnown =>
        {
            using ModelFile model = ModelFile.Open(source);
            double[][] inputs = Enumerable.Range(0, 64).Select(seen => Enumerable.Range(0, 64).Select(column => column == seen ? System.Math.Sqrt(64 * energies[column]) : 0).ToArray()).ToArray();
            LayerStatistics layer = SyntheticStatistics.Of((WeightKey.Of(model.GetWeights().Single(site => site.Name == "w")), [48, 64], [1, 64], 0), [inputs], hasGram: false);
            CompressionPlan plan = ModelCompressor.Plan(model, new PalettizationRecipe { BitWidth = 3 }, isKnown ? new CalibrationStatistics(string.Empty, ["a"], [layer], []) : null);
            ConversionResult result = ModelCompressor.Run(model, plan, scratch.Combine($"{isKnown}.mlpackage"), new ConversionOptions());
            Assert.Equal(isKnown, Assert.Single(result.Weights, weight => weight.Action == nameof(WeightAction.Convert)).Reason.Contains("second moments"));
            return before.Zip(DecodedWeights.Of(result.Path)["/main/w"], (value, after) => System.Math.Pow(value - after, 2)).Select((error, i) => error * energies[i % 64]).Sum();
        }).ToArray();
        Assert.InRange(noises[0], 0, 0.9 * noises[1]);
    }

    [Fact]
    public void Steps_InOnePass_EqualOneAfterTheOther()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage");
        var prune = new PruningRecipe { TargetSparsity = 0.5 };
        var quantize = new LinearQuantizationRecipe();
        EngineRuns.Convert(source, scratch.Combine("pruned.mlpackage"), prune);
        EngineRuns.Convert(scratch.Combine("pruned.mlpackage"), scratch.Combine("both.mlpackage"), quantize);
        EngineRuns.Convert(source, scratch.Combine("joint.mlpackage"), new OptimizationRecipe
        {
            Steps = [new OptimizationStep { Global = prune }, new OptimizationStep { Global = quantize }],
        });
        Assert.Equal(DecodedWeights.Of(scratch.Combine("both.mlpackage")), DecodedWeights.Of(scratch.Combine("joint.mlpackage")));
    }
}
