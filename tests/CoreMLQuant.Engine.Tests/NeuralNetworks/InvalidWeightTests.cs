using System;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Xunit;

namespace CoreMLQuant.Tests.NeuralNetworks;

/// <summary>Weights that break the format's rules are told apart from weights that are only unusual.</summary>
public class InvalidWeightTests
{
    private static readonly LinearQuantizationParams OneScale = new() { Scale = NetworkModels.Packed([1]) };

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "two value fields", new WeightParams { FloatValue = NetworkModels.Packed([1]), Float16Value = Bytes(2) }.ToByteArray() },
        { "float16 and raw", new WeightParams { Float16Value = Bytes(2), RawValue = Bytes(1) }.ToByteArray() },
        { "raw and int8", new WeightParams { RawValue = Bytes(1), Int8RawValue = Bytes(1) }.ToByteArray() },
        { "seven bytes of FP32", new WeightParams { FloatValue = Bytes(7) }.ToByteArray() },
        { "three bytes of FP16", new WeightParams { Float16Value = Bytes(3) }.ToByteArray() },
        { "raw without quantization", new WeightParams { RawValue = Bytes(4) }.ToByteArray() },
        { "no numberOfBits", Raw(4, new QuantizationParams { LinearQuantization = OneScale }) },
        { "nine bits", Raw(8, new QuantizationParams { NumberOfBits = 9, LinearQuantization = OneScale }) },
        { "2^63 bits", Raw(8, new QuantizationParams { NumberOfBits = 1UL << 63, LinearQuantization = OneScale }) },
        { "neither scales nor table", Raw(4, new QuantizationParams { NumberOfBits = 8 }) },
        { "no scale", Raw(4, new QuantizationParams { NumberOfBits = 8, LinearQuantization = new LinearQuantizationParams() }) },
        { "half a scale", Raw(4, new QuantizationParams { NumberOfBits = 8, LinearQuantization = new LinearQuantizationParams { Scale = Bytes(2) } }) },
        { "two biases, one scale", Raw(4, new QuantizationParams { NumberOfBits = 8, LinearQuantization = new LinearQuantizationParams { Scale = Bytes(4), Bias = Bytes(8) } }) },
        { "table too short", Raw(4, new QuantizationParams { NumberOfBits = 4, LookupTableQuantization = new LookUpTableQuantizationParams { FloatValue = Bytes(60) } }) },
        { "table too long", Raw(4, new QuantizationParams { NumberOfBits = 1, LookupTableQuantization = new LookUpTableQuantizationParams { FloatValue = Bytes(16) } }) },
        { "too few raw bytes", Raw(3, new QuantizationParams { NumberOfBits = 8, LinearQuantization = OneScale }) },
        { "int8 of four bits", new WeightParams { Int8RawValue = Bytes(4), Quantization = new QuantizationParams { NumberOfBits = 4, LinearQuantization = OneScale } }.ToByteArray() },
        { "int8 with a table", new WeightParams { Int8RawValue = Bytes(4), Quantization = new QuantizationParams { NumberOfBits = 8, LookupTableQuantization = new LookUpTableQuantizationParams() } }.ToByteArray() },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void GetWeights_BrokenWeight_NamesLayerAndField(string what, byte[] weight)
    {
        using var scratch = new ScratchFolder();
        string path = NetworkModels.Write(scratch.Combine("broken.mlmodel"), Layer(WeightParams.Parser.ParseFrom(weight)));
        using ModelFile file = ModelFile.Open(path);
        foreach (Action action in new Action[] { () => file.GetWeights(), () => ModelCompressor.Plan(file, new Float16Recipe()), () => ModelCompressor.Plan(file, new LinearQuantizationRecipe()) })
        {
            CoreMLFormatException e = Assert.Throws<CoreMLFormatException>(action);
            Assert.True(e.Rule == FormatRule.InvalidWeight, what);
            Assert.Equal(path, e.File);
            Assert.Equal("layer 'fc' field 'weights'", e.Location);
            Assert.NotNull(e.Remedy);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    public void Plan_ScalesThatFitNoAxis_RefusesTheModelWhole(int scales)
    {
        // A good layer before the broken one: nothing of it is written either. The broken one is too small to be compressed.
        using var scratch = new ScratchFolder();
        byte[] broken = Raw(12, new QuantizationParams { NumberOfBits = 8, LinearQuantization = new LinearQuantizationParams { Scale = NetworkModels.Packed(new float[scales]) } });
        var layer = new NeuralNetworkLayer
        {
            Name = "fc",
            InnerProduct = new InnerProductLayerParams { InputChannels = 4, OutputChannels = 3, Weights = WeightParams.Parser.ParseFrom(broken) },
        };
        string path = NetworkModels.Write(scratch.Combine("broken.mlmodel"), NetworkModels.InnerProduct("good", NetworkModels.Floats(NetworkModels.Random(3000))), layer);
        foreach (WeightRecipe recipe in new WeightRecipe[] { new LinearQuantizationRecipe(), new PalettizationRecipe(), new LinearQuantizationRecipe { FoldBatchNorm = true, IncludeBias = true } })
        {
            CoreMLFormatException e = Assert.Throws<CoreMLFormatException>(() => EngineRuns.Convert(path, scratch.Combine("out.mlmodel"), recipe));
            Assert.Equal((FormatRule.InvalidWeight, "layer 'fc' field 'weights'"), (e.Rule, e.Location));
            Assert.Contains($"{scales} scales for a weight of shape [3, 4] with 3 output channels", e.Message, StringComparison.Ordinal);
            Assert.Equal(["broken.mlmodel"], System.IO.Directory.EnumerateFileSystemEntries(scratch.Path).Select(System.IO.Path.GetFileName));
        }
    }

    [Fact]
    public void GetWeights_BrokenStage_NamesTheStage()
    {
        using var scratch = new ScratchFolder();
        string path = NetworkModels.Edit(TestFiles.Fixture("nn_pipeline", "fp32.mlmodel"), scratch.Combine("broken.mlmodel"), model =>
            model.Pipeline.Models[1].NeuralNetwork.Layers.First(layer => layer.InnerProduct is not null).InnerProduct.Bias.Float16Value = Bytes(2));
        using ModelFile file = ModelFile.Open(path);
        string stage = PipelineStages.Of(file.Specification).ElementAt(1).Name;
        Assert.Equal($"stage '{stage}' layer 'b' field 'bias'", Assert.Throws<CoreMLFormatException>(() => file.GetWeights()).Location);
    }

    [Fact]
    public void GetWeights_DataContradictsTheShape_IsListedFlat()
    {
        using var scratch = new ScratchFolder();
        string path = NetworkModels.Write(scratch.Combine("odd.mlmodel"), Layer(NetworkModels.Floats(1, 2, 3)));
        using ModelFile file = ModelFile.Open(path);
        Assert.Equal([3], file.GetWeights().Single().Shape);
    }

    [Fact]
    public void GetWeights_ShapeBeyondAllSizes_IsListedFlat()
    {
        using var scratch = new ScratchFolder();
        NeuralNetworkLayer layer = Layer(NetworkModels.Floats(1, 2, 3));
        (layer.InnerProduct.InputChannels, layer.InnerProduct.OutputChannels) = (ulong.MaxValue, ulong.MaxValue);
        using ModelFile file = ModelFile.Open(NetworkModels.Write(scratch.Combine("odd.mlmodel"), layer));
        Assert.Equal([3], file.GetWeights().Single().Shape);
    }

    [Fact]
    public void GetWeights_MoreRawBytesThanNeeded_IsLegal()
    {
        using var scratch = new ScratchFolder();
        byte[] weight = Raw(7, new QuantizationParams { NumberOfBits = 8, LinearQuantization = OneScale });
        using ModelFile file = ModelFile.Open(NetworkModels.Write(scratch.Combine("odd.mlmodel"), Layer(WeightParams.Parser.ParseFrom(weight))));
        WeightSite site = file.GetWeights().Single();
        Assert.Equal((4, 11), (site.ElementCount, site.ByteCount));
    }

    [Fact]
    public void GetWeights_EmptyFields_AreNoWeights()
    {
        using var scratch = new ScratchFolder();
        using ModelFile file = ModelFile.Open(NetworkModels.Write(scratch.Combine("empty.mlmodel"), Layer(new WeightParams { Quantization = new QuantizationParams() })));
        Assert.Empty(file.GetWeights());
    }

    // An innerProduct of 4 by 1.
    private static NeuralNetworkLayer Layer(WeightParams weights) => new()
    {
        Name = "fc",
        InnerProduct = new InnerProductLayerParams { InputChannels = 4, OutputChannels = 1, Weights = weights },
    };

    private static byte[] Raw(int length, QuantizationParams quantization) =>
        new WeightParams { RawValue = Bytes(length), Quantization = quantization }.ToByteArray();

    private static ByteString Bytes(int length) => ByteString.CopyFrom(new byte[length].Select((_, i) => (byte)(i + 1)).ToArray());
}
