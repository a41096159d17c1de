using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using Xunit;

namespace CoreMLQuant.Tests.NeuralNetworks;

/// <summary>FP16 of every NeuralNetwork fixture, and of real models, against what coremltools made of the same source.</summary>
public class NetworkFloat16ConformanceTests
{
    private const string Source = "fp32.mlmodel";
    private const string Reference = "fp16.mlmodel";

    // coremltools passes these over; they are as legal in FP16 as the others.
    private static readonly string[] OnlyOurs = ["prelu/PReLU.alpha"];

    public static TheoryData<string> Folders => new(Vectors.Variants(variant => variant == Reference).Select(variant => variant.Folder));

    [Theory]
    [MemberData(nameof(Folders))]
    public void Convert_Float32Fixture_HasCoremltoolsWeightsBitForBit(string folder)
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(TestFiles.Fixture(folder, Source), scratch.Combine("out.mlmodel"), new Float16Recipe());
        Dictionary<string, byte[]> ours = NetworkModels.Bytes(result.Path);
        JsonElement expected = Vectors.Of(folder).GetProperty(Reference).GetProperty("weights");
        Assert.Equal(expected.EnumerateObject().Select(weight => weight.Name), ours.Keys);
        Assert.All(ours.Where(weight => !OnlyOurs.Contains(weight.Key)), weight =>
        {
            Assert.Equal("float16", expected.GetProperty(weight.Key).GetProperty("kind").GetString());
            Assert.Equal(expected.GetProperty(weight.Key).GetProperty("sha256").GetString(), Convert.ToHexString(SHA256.HashData(weight.Value)).ToLowerInvariant());
        });
        Assert.All(result.Weights, weight => Assert.Equal((nameof(WeightAction.Convert), "Float32", "Float16"), (weight.Action, weight.EncodingBefore, weight.EncodingAfter)));
        Assert.All(result.Weights, weight => Assert.True(weight.Snr > 60, weight.Name));
        Assert.Equal(new FileInfo(result.Path).Length, result.After);
    }

    // Pipelines differ in one byte: coremltools raises the version of the stages and forgets the pipeline's.
    [Theory]
    [InlineData("nn_control", 4)]
    [InlineData("nn_embeds", 4)]
    [InlineData("nn_pipeline", 2)]
    [InlineData("nn_pipeline_classifier", 2)]
    [InlineData("nn_rnns", 2)]
    public void Convert_Float32Fixture_IsCoremltoolsFileByteForByte(string folder, int version)
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(TestFiles.Fixture(folder, Source), scratch.Combine("out.mlmodel"), new Float16Recipe());
        byte[] expected = File.ReadAllBytes(TestFiles.Fixture(folder, Reference));
        Assert.Equal(0x08, expected[0]);
        expected[1] = (byte)version;
        Assert.Equal(expected, File.ReadAllBytes(result.Path));
        Assert.Equal(version, result.SpecificationVersionAfter);
        Assert.Equal(version == 2, result.Notes.Any(note => note.Contains("iOS 11.2", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Convert_CoremltoolsOwnFloat16_LeavesWhatIsFloat16(string folder)
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(TestFiles.Fixture(folder, Reference), scratch.Combine("out.mlmodel"), new Float16Recipe());
        Assert.All(result.Weights, weight => Assert.Equal(OnlyOurs.Contains(weight.Name) ? string.Empty : "is already Float16", weight.Reason));
        Assert.Equal(result.Weights.Any(weight => OnlyOurs.Contains(weight.Name)) ? nameof(ConversionStatus.Converted) : nameof(ConversionStatus.Unchanged), result.Status);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Convert_WeightsOnly_IsTheSameFile(string folder)
    {
        using var scratch = new ScratchFolder();
        EngineRuns.Convert(TestFiles.Fixture(folder, Source), scratch.Combine("a.mlmodel"), new Float16Recipe());
        EngineRuns.Convert(TestFiles.Fixture(folder, Source), scratch.Combine("b.mlmodel"), new Float16Recipe { WeightsOnly = true });
        Assert.Equal(File.ReadAllBytes(scratch.Combine("a.mlmodel")), File.ReadAllBytes(scratch.Combine("b.mlmodel")));
    }

    [Fact]
    public void Convert_PipelineStages_RaisesEveryVersionThatNeedsIt()
    {
        using var scratch = new ScratchFolder();
        foreach (string folder in new[] { "nn_pipeline", "nn_pipeline_classifier" })
        {
            string path = EngineRuns.Convert(TestFiles.Fixture(folder, Source), scratch.Combine(folder + ".mlmodel"), new Float16Recipe()).Path;
            using ModelFile file = ModelFile.Open(path);
            Assert.All(PipelineStages.AllModels(file.Specification), model => Assert.Equal(2, model.SpecificationVersion));
        }
    }

    [Fact]
    public void Convert_UpdatableFixture_IsLeftAlone()
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(TestFiles.Fixture("nn_updatable", Source), scratch.Combine("out.mlmodel"), new Float16Recipe());
        Assert.Equal(nameof(ConversionStatus.Unchanged), result.Status);
        Assert.All(result.Weights, weight => Assert.Equal("the model is updatable, and training requires FP32", weight.Reason));
        Assert.Equal(4, result.Skipped);
    }

    [Theory]
    [InlineData("kmeans_lut5.mlmodel", "Palettized 5-bit")]
    [InlineData("linear7.mlmodel", "Linear 7-bit")]
    public void Convert_QuantizedFixture_ConvertsOnlyWhatIsFloat32(string variant, string encoding)
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(TestFiles.Fixture("nn_cnn", variant), scratch.Combine("out.mlmodel"), new Float16Recipe());
        Assert.Equal(OnlyOurs, result.Weights.Where(weight => weight.Action == nameof(WeightAction.Convert)).Select(weight => weight.Name));
        Assert.All(result.Weights.Where(weight => weight.Action == nameof(WeightAction.Skip)), weight =>
            Assert.Equal((encoding, encoding, "is already compressed"), (weight.EncodingBefore, weight.EncodingAfter, weight.Reason)));
        Dictionary<string, byte[]> before = NetworkModels.Bytes(TestFiles.Fixture("nn_cnn", variant)), after = NetworkModels.Bytes(result.Path);
        Assert.All(before.Where(weight => !OnlyOurs.Contains(weight.Key)), weight => Assert.Equal(weight.Value, after[weight.Key]));
    }
}
