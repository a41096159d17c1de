using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Elements;
using CoreMLQuant.Inspection;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tests.Mil;
using CoreMLQuant.Tests.NeuralNetworks;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>The way back for every compressed fixture: same names, types, operations and, to the last bit, values.</summary>
public class ExpansionConformanceTests
{
    private static readonly string[] Uncompressed = ["fp32", "fp16", "fp16src", "src_fa", "src_fb"];

    public static TheoryData<string, string> Packages => Compressed(".mlpackage");

    public static TheoryData<string, string> Networks => Compressed(".mlmodel");

    [Theory]
    [MemberData(nameof(Packages))]
    public void Expand_Package_GivesTheSameValuesAsPlainConstants(string folder, string variant)
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture(folder, variant), path = scratch.Combine("out.mlpackage");
        ConversionResult result = EngineRuns.Convert(source, path, new ExpansionRecipe());
        using ModelFile before = ModelFile.Open(source);
        if (before.GetWeights().All(weight => weight.Encoding == WeightEncoding.Plain))
        {
            Assert.Equal(nameof(ConversionStatus.Unchanged), result.Status);
            return;
        }

        Assert.Equal(nameof(ConversionStatus.Converted), result.Status);
        using ModelFile after = ModelFile.Open(path);
        Assert.All(after.GetWeights(), weight => Assert.Equal(WeightEncoding.Plain, weight.Encoding));
        Assert.DoesNotContain(AllOperations(after), operation => operation.Type.StartsWith("constexpr_", StringComparison.Ordinal));

        // Weights, their names, types and users are those of the source, and so are their values.
        Assert.Equal(
            before.GetWeights().Select(weight => (weight.Stage, weight.Function, weight.Name, weight.ElementType, weight.OpName, weight.ElementCount)),
            after.GetWeights().Select(weight => (weight.Stage, weight.Function, weight.Name, weight.ElementType, weight.OpName, weight.ElementCount)));
        Dictionary<string, string> values = DecodedDigests.Outputs(before), expanded = DecodedDigests.Outputs(after);
        Assert.All(expanded, weight => Assert.Equal(values[weight.Key], weight.Value));
        Assert.Equal(EngineRuns.Operations(before), EngineRuns.Operations(after));
        Assert.All(result.Weights.Where(weight => weight.Action == nameof(WeightAction.Convert)), weight =>
            Assert.Equal((double.PositiveInfinity, 0.0, string.Empty), (weight.Snr, weight.MaxError, weight.Reason)));
        Assert.Equal((result.SpecificationVersionBefore, result.After), (result.SpecificationVersionAfter, Size(path)));

        // Nothing in the weight files is left over: each blob is referred to.
        var referenced = MilValues.BlobReferences(after.Specification)
            .Select(value => (after.WeightFile(value.BlobFileValue.FileName).RelativePath, (long)value.BlobFileValue.Offset)).ToHashSet();
        foreach (IGrouping<string, Value> file in MilValues.BlobReferences(after.Specification).GroupBy(value => value.BlobFileValue.FileName))
        {
            Assert.All(after.WeightFile(file.Key).Walk()!, offset => Assert.Contains((after.WeightFile(file.Key).RelativePath, offset), referenced));
        }

        Assert.Equal(nameof(ConversionStatus.Unchanged), EngineRuns.Convert(path, scratch.Combine("again.mlpackage"), new ExpansionRecipe()).Status);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Expand_Network_GivesTheDecodedValuesAsFloats(string folder, string variant)
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture(folder, variant), path = scratch.Combine("out.mlmodel");
        ConversionResult result = EngineRuns.Convert(source, path, new ExpansionRecipe());
        Dictionary<string, float[]> values = NetworkModels.Values(source);
        Dictionary<string, byte[]> expanded = NetworkModels.Bytes(path);
        Assert.Equal(values.Keys, expanded.Keys);
        Assert.All(expanded, weight => Assert.Equal(values[weight.Key].SelectMany(BitConverter.GetBytes), weight.Value));
        Assert.All(result.Weights.Where(weight => weight.Action == nameof(WeightAction.Convert)), weight => Assert.Equal((double.PositiveInfinity, "Float32"), (weight.Snr, weight.EncodingAfter)));
        // The systems stay; a pipeline that was below its stages gets their version.
        Assert.Equal(result.RequiredVersionBefore, result.RequiredVersionAfter);
        Assert.Equal((result.RequiredVersionBefore, result.After), (result.SpecificationVersionAfter, Size(path)));

        // Where coremltools fused nothing, the names are those of its source, and the values are near.
        Dictionary<string, float[]> originals = NetworkModels.Values(TestFiles.Fixture(folder, "fp32.mlmodel"));
        int bits = result.Weights.Max(weight => weight.EncodingBefore.Split(' ').Select(part => part.Split('-')[0]).Select(part => int.TryParse(part, out int width) ? width : 0).Max());
        foreach (KeyValuePair<string, float[]> weight in values.Where(weight => bits >= 6 && originals.TryGetValue(weight.Key, out float[]? original) && original.Length == weight.Value.Length && !weight.Key.StartsWith("conv", StringComparison.Ordinal) && !weight.Key.Contains("deconv")))
        {
            double range = 2 * originals[weight.Key].Max(Math.Abs);
            Assert.All(weight.Value.Zip(originals[weight.Key]), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, (2 * range / (1 << bits)) + 1e-6));
        }
    }

    [Theory]
    [InlineData("nn_cnn")]
    [InlineData("nn_rnns")]
    [InlineData("nn_embeds")]
    public void Expand_Float16Network_ToFloat32AndBack_IsTheSame(string folder)
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture(folder, "fp16.mlmodel"), path = scratch.Combine("out.mlmodel");
        ConversionResult result = EngineRuns.Convert(source, path, new ExpansionRecipe { Precision = ExpansionPrecision.Float32 });
        Assert.Contains(result.Weights, weight => weight.Action == nameof(WeightAction.Convert));
        Dictionary<string, float[]> values = NetworkModels.Values(source);
        Assert.All(NetworkModels.Bytes(path), weight => Assert.Equal(values[weight.Key].SelectMany(BitConverter.GetBytes), weight.Value));
        Assert.Equal(nameof(ConversionStatus.Unchanged), EngineRuns.Convert(source, scratch.Combine("same.mlmodel"), new ExpansionRecipe()).Status);
    }

    [Theory]
    [InlineData("nn_cnn", "linear8.mlmodel")]
    [InlineData("nn_rnns", "kmeans_lut4.mlmodel")]
    public void Expand_QuantizedNetwork_ToFloat16_IsTheDecodedValuesRounded(string folder, string variant)
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture(folder, variant), path = scratch.Combine("out.mlmodel");
        ConversionResult result = EngineRuns.Convert(source, path, new ExpansionRecipe { Precision = ExpansionPrecision.Float16 });
        Dictionary<string, float[]> values = NetworkModels.Values(source);
        using ModelFile after = ModelFile.Open(path);
        foreach ((string name, NetworkModels.Weight weight) in NetworkModels.Weights(after))
        {
            // Layers without a quantized weight are not what this is about.
            bool isFloat16 = weight.Site.ElementType == ElementType.Float16;
            Assert.Equal(isFloat16, result.Weights.Single(other => other.Name == name).Action == nameof(WeightAction.Convert));
            Assert.Equal(values[name].SelectMany(value => isFloat16 ? BitConverter.GetBytes((Half)value) : BitConverter.GetBytes(value)), weight.Bytes);
        }

        Assert.Contains(result.Weights, weight => weight.EncodingAfter == "Float16" && weight.Snr > 60);
    }

    private static TheoryData<string, string> Compressed(string extension)
    {
        var models = new TheoryData<string, string>();
        foreach ((string folder, string variant) in Vectors.Variants(variant =>
            variant.EndsWith(extension, StringComparison.Ordinal) && !Uncompressed.Contains(Path.GetFileNameWithoutExtension(variant))))
        {
            models.Add(folder, variant);
        }

        return models;
    }

    private static IEnumerable<OperationNode> AllOperations(ModelFile model) => PipelineStages.Of(model.Specification)
        .SelectMany(stage => ProgramGraph.Of(stage.Model.MlProgram))
        .SelectMany(graph => graph.Operations);

    private static long Size(string path) => EngineRuns.Contents(path).Values.Sum(file => (long)file.Length);
}
