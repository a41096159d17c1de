using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Xunit;
using static CoreMLQuant.Tests.NeuralNetworks.NetworkModels;

namespace CoreMLQuant.Tests.NeuralNetworks;

/// <summary>Compressing whole NeuralNetworks: which layers a recipe or a budget chooses, pipelines, packages, versions and limits.</summary>
public class NetworkModelCompressionTests
{
    private static readonly LinearQuantizationRecipe Affine8 = new() { Mode = QuantizationMode.Affine, MinimumElementCount = 0 };

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 3)]
    [InlineData(6, 6)]
    public void Compress_RaisesTheVersionOnlyWhenNeeded(int before, int after)
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(Write(scratch.Combine("in.mlmodel"), before, InnerProduct("fc", Floats(Random(100)))), scratch.Combine("out.mlmodel"), Affine8);
        Assert.Equal(after, result.SpecificationVersionAfter);
        Assert.Equal(before < after, result.Notes.Any(note => note.Contains("compressed weights need specification version 3", StringComparison.Ordinal)));
        ConversionResult none = EngineRuns.Convert(scratch.Combine("in.mlmodel"), scratch.Combine("none.mlmodel"), new LinearQuantizationRecipe());
        Assert.Equal(before, none.SpecificationVersionAfter);
    }

    public static TheoryData<string, CompressionRecipe> Impossible => new()
    {
        { "per-block scales", new LinearQuantizationRecipe { Granularity = Granularity.PerBlock } },
        { "1-bit symmetric quantization", new LinearQuantizationRecipe { BitWidth = 1 } },
        { "lookup tables for groups of channels", new PalettizationRecipe { GroupSize = 16 } },
        { "palettization of vectors", new PalettizationRecipe { VectorSize = 2 } },
        { "per-channel scales with a lookup table", new PalettizationRecipe { PerChannelScale = true } },
        { "quantized lookup tables", new PalettizationRecipe { QuantizeLookupTable = true } },
        { "joint compression", new OptimizationRecipe { Steps = [new OptimizationStep { Global = new PalettizationRecipe() }, new OptimizationStep { Global = new LinearQuantizationRecipe() }] } },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Plan_WhatNoNetworkHolds_IsRefused(string what, CompressionRecipe recipe)
    {
        RecipeException error = Assert.Throws<RecipeException>(() => Convert(recipe, InnerProduct("fc", Floats(Random(3000)))));
        Assert.StartsWith($"A NeuralNetwork does not support {what}", error.Message, StringComparison.Ordinal);

        // Where there is nothing to compress, nothing is impossible.
        Assert.Equal(nameof(ConversionStatus.Unchanged), Convert(recipe, InnerProduct("fc", Floats(Random(100)))).Status);
    }

    [Fact]
    public void Compress_Patterns_ChooseByWeightLayerAndType()
    {
        NeuralNetworkLayer[] Layers() => [InnerProduct("a", Floats(Random(100))), InnerProduct("b", Floats(Random(100)))];
        string[] Left(NamePatterns include, NamePatterns exclude) => Convert(Affine8 with { Include = include, Exclude = exclude }, Layers())
            .Weights.Where(weight => weight.Action == nameof(WeightAction.Skip)).Select(weight => $"{weight.Name} {weight.Reason}").ToArray();
        Assert.Equal(["b/weights matches no -Include pattern"], Left(NamePatterns.Parse(["a"]), NamePatterns.None));
        Assert.Equal(["a/weights excluded by pattern 'a/*'"], Left(NamePatterns.None, NamePatterns.Parse(["a/*"])));
        Assert.Equal(2, Left(NamePatterns.None, NamePatterns.Parse(["innerProduct"])).Length);
    }

    [Fact]
    public void Optimize_ByNameAndType_GivesEachLayerItsOwn()
    {
        var recipe = new OptimizationRecipe
        {
            Steps =
            [
                new OptimizationStep
                {
                    Global = Affine8,
                    OpTypes = [(NamePatterns.Parse(["innerProduct"]).Patterns[0], new PalettizationRecipe { BitWidth = 3, MinimumElementCount = 0 })],
                    OpNames = [(NamePatterns.Parse(["keep"]).Patterns[0], null)],
                },
            ],
        };
        ConversionResult result = Convert(
            recipe,
            InnerProduct("fc", Floats(Random(500))),
            InnerProduct("keep", Floats(Random(500))),
            new NeuralNetworkLayer { Name = "conv", Convolution = new ConvolutionLayerParams { OutputChannels = 2, KernelChannels = 50, KernelSize = { 1, 1 }, Weights = Floats(Random(100)) } });
        Assert.Equal(["Palettized 3-bit", "Float32", "Linear 8-bit"], result.Weights.Select(weight => weight.EncodingAfter));
    }

    [Fact]
    public void Budget_TargetSize_IsMetByMeasuredChoices()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("nn_embeds", "fp32.mlmodel");
        long target = new FileInfo(source).Length / 5;
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlmodel"), new OptimizationRecipe { Steps = [], TargetSize = target });
        Assert.True(result.After <= target && result.After == new FileInfo(result.Path).Length);
        ConversionResult snr = EngineRuns.Convert(source, scratch.Combine("snr.mlmodel"), new OptimizationRecipe { Steps = [], MinimumSnr = 30 });
        Assert.True(snr.MinSnr >= 30 && snr.Converted > 0);
    }

    [Theory]
    [InlineData("nn_pipeline")]
    [InlineData("nn_pipeline_classifier")]
    public void Compress_Pipeline_CompressesEveryStageAndRaisesAllVersions(string folder)
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(TestFiles.Fixture(folder, "fp32.mlmodel"), scratch.Combine("out.mlmodel"), Affine8);
        using ModelFile file = ModelFile.Open(result.Path);
        Assert.Equal(2, result.Weights.Count(weight => weight.Action == nameof(WeightAction.Convert)));
        Assert.All(PipelineStages.AllModels(file.Specification), model => Assert.Equal(3, model.SpecificationVersion));
    }

    [Fact]
    public void Compress_PipelineOfBothKinds_CompressesEachByItsOwn()
    {
        using var scratch = new ScratchFolder();
        string package = TestFiles.Copy(TestFiles.Fixture("convnet_iOS16", "fp32.mlpackage"), scratch.Combine("in.mlpackage"));
        string specification = Directory.EnumerateFiles(package, "model.mlmodel", SearchOption.AllDirectories).Single();
        Model network = Model.Parser.ParseFrom(File.ReadAllBytes(TestFiles.Fixture("nn_embeds", "fp32.mlmodel")));
        Model program = Model.Parser.ParseFrom(File.ReadAllBytes(specification));
        var other = new Model { SpecificationVersion = 1, Description = new ModelDescription() };
        other.MergeFrom(new byte[] { 0xA2, 0x26, 0x00 }); // A scaler, which has no tensors.
        var pipeline = new Model { SpecificationVersion = 7, Description = new ModelDescription(), Pipeline = new Pipeline { Models = { network, other, program }, Names = { "network", "scaler", "program" } } };
        File.WriteAllBytes(specification, pipeline.ToByteArray());
        ConversionResult result = EngineRuns.Convert(package, scratch.Combine("out.mlpackage"), new LinearQuantizationRecipe());
        Assert.Equal(["network", "program"], result.Weights.Where(weight => weight.Action == nameof(WeightAction.Convert)).Select(weight => weight.Stage).Distinct());
        Assert.Contains(result.Notes, note => note.StartsWith("stage 'scaler' is of a type that has no tensors", StringComparison.Ordinal));
    }

    [Fact]
    public void Compress_NetworkInAPackage_IsCompressedInPlace()
    {
        using var scratch = new ScratchFolder();
        string package = TestFiles.Copy(TestFiles.Fixture("convnet_iOS16", "fp32.mlpackage"), scratch.Combine("in.mlpackage"));
        string specification = Directory.EnumerateFiles(package, "model.mlmodel", SearchOption.AllDirectories).Single();
        File.Copy(TestFiles.Fixture("nn_rnns", "fp32.mlmodel"), specification, overwrite: true);
        ConversionResult result = EngineRuns.Convert(package, scratch.Combine("out.mlpackage"), Affine8);
        Assert.True(result.Converted > 0);
        Assert.Equal(Bytes(EngineRuns.Convert(TestFiles.Fixture("nn_rnns", "fp32.mlmodel"), scratch.Combine("plain.mlmodel"), Affine8).Path), Bytes(result.Path));
    }

    [Fact]
    public void Compress_MoreWorkers_GiveTheSameFile()
    {
        using var scratch = new ScratchFolder();
        foreach (CompressionRecipe recipe in new CompressionRecipe[] { Affine8, new PalettizationRecipe { BitWidth = 5 } })
        {
            byte[][] files = new[] { 1, 4 }.Select(workers =>
            {
                using ModelFile model = ModelFile.Open(TestFiles.Fixture("nn_rnns", "fp32.mlmodel"));
                string path = scratch.Combine($"{recipe.FileSuffix}{workers}.mlmodel");
                ModelCompressor.Run(model, ModelCompressor.Plan(model, recipe), path, new ConversionOptions { MaxDegreeOfParallelism = workers });
                return File.ReadAllBytes(path);
            }).ToArray();
            Assert.Equal(files[0], files[1]);
        }
    }

    [Fact]
    public void Plan_OutputBeyondProtobufsLimit_IsRefusedBeforeAnyWork()
    {
        // 570 million values of 1 bit take 71 MB; as FP32 they would take 2.3 GB.
        const int Count = 570_000_000;
        using var scratch = new ScratchFolder();
        var weights = new WeightParams
        {
            RawValue = ByteString.CopyFrom(new byte[Count / 8]),
            Quantization = new QuantizationParams { NumberOfBits = 1, LookupTableQuantization = new LookUpTableQuantizationParams { FloatValue = Packed(0, 1) } },
        };
        NeuralNetworkLayer layer = InnerProduct("fc", weights);
        layer.InnerProduct.InputChannels = Count;
        using ModelFile model = ModelFile.Open(Write(scratch.Combine("in.mlmodel"), 3, layer));
        CoreMLFormatException error = Assert.Throws<CoreMLFormatException>(() => ModelCompressor.Plan(model, new ExpansionRecipe()));
        Assert.Equal(FormatRule.TooLarge, error.Rule);
        Assert.Contains("would be 2280000", error.Message, StringComparison.Ordinal);
        Assert.Contains("2147483647", error.Message, StringComparison.Ordinal);
    }

    private static ConversionResult Convert(CompressionRecipe recipe, params NeuralNetworkLayer[] layers)
    {
        using var scratch = new ScratchFolder();
        return EngineRuns.Convert(Write(scratch.Combine("in.mlmodel"), layers), scratch.Combine("out.mlmodel"), recipe);
    }
}
