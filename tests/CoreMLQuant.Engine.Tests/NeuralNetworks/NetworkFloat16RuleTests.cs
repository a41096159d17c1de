using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using CoreMLQuant.Conversion;
using CoreMLQuant.Elements;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using CsCheck;
using Xunit;
using static CoreMLQuant.Tests.NeuralNetworks.NetworkModels;

namespace CoreMLQuant.Tests.NeuralNetworks;

/// <summary>What FP16 leaves alone, and why; and that a layer never mixes FP32 with FP16.</summary>
public class NetworkFloat16RuleTests
{
    [Theory]
    [InlineData(65505f, "'fc/bias' contains 65505, beyond FP16's limit of 65504")]
    [InlineData(-1e6f, "'fc/bias' contains 1000000, beyond FP16's limit of 65504")]
    [InlineData(float.MinValue, "'fc/bias' contains finite magnitudes of 1E+38 or more, beyond FP16's limit of 65504")]
    public void Convert_ValueBeyondFloat16_KeepsTheWholeLayer(float value, string reason)
    {
        ConversionResult result = Convert([InnerProduct("fc", Floats(1), Floats(value)), InnerProduct("other", Floats(2), Floats(3))]);
        Assert.Equal([reason, reason, string.Empty, string.Empty], result.Weights.Select(weight => weight.Reason));
        Assert.Equal(["Float32", "Float32", "Float16", "Float16"], result.Weights.Select(weight => weight.EncodingAfter));
    }

    [Fact]
    public void Convert_LargestFloat16InfinityAndNaN_AreConverted()
    {
        using var scratch = new ScratchFolder();
        float[] values = [65504, -65504, float.PositiveInfinity, float.NegativeInfinity, float.NaN, -0f, 1e-10f];
        string path = Convert(scratch, InnerProduct("fc", Floats(values))).Path;
        Half[] halves = MemoryMarshal.Cast<byte, Half>(Bytes(path)["fc/weights"]).ToArray();
        Assert.Equal(values.Select(value => BitConverter.HalfToUInt16Bits((Half)value)), halves.Select(BitConverter.HalfToUInt16Bits));
    }

    [Fact]
    public void Convert_RandomWeights_RoundToNearestEven() =>
        Gen.Select(Gen.Float[-65504f, 65504f].Array[1, 200_000], Gen.Float[-1e-4f, 1e-4f].Array[1, 100]).Sample(
            (large, small) =>
            {
                using var scratch = new ScratchFolder();
                Dictionary<string, byte[]> bytes = Bytes(Convert(scratch, InnerProduct("large", Floats(large)), InnerProduct("small", Floats(small))).Path);
                return Same(large, bytes["large/weights"]) && Same(small, bytes["small/weights"]);
            },
            iter: 20);

    [Fact]
    public void Convert_OverflowInOneGate_KeepsTheWholeLstm()
    {
        using var scratch = new ScratchFolder();
        string source = Edit(TestFiles.Fixture("nn_rnns", "fp32.mlmodel"), scratch.Combine("source.mlmodel"), model =>
        {
            WeightParams weight = model.NeuralNetwork.Layers.Single(layer => layer.Name == "bilstm").BiDirectionalLSTM.WeightParams[1].OutputGateBiasVector;
            float[] values = MemoryMarshal.Cast<byte, float>(weight.FloatValue.Span).ToArray();
            values[7] = 70000;
            weight.FloatValue = Packed(values);
        });
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlmodel"), new Float16Recipe());
        WeightResult[] lstm = result.Weights.Where(weight => weight.OpType == "biDirectionalLSTM").ToArray();
        Assert.Equal(24, lstm.Length);
        Assert.All(lstm, weight => Assert.Equal("'bilstm/weightParams[1].outputGateBiasVector' contains 70000, beyond FP16's limit of 65504", weight.Reason));
        Assert.All(result.Weights.Except(lstm), weight => Assert.Equal(nameof(WeightAction.Convert), weight.Action));
    }

    [Fact]
    public void Convert_OverflowInNestedBatchnorm_KeepsThatBatchnormOnly()
    {
        var batchnorm = new NeuralNetworkLayer
        {
            Name = "bn",
            Batchnorm = new BatchnormLayerParams { Channels = 1, Gamma = Floats(1), Beta = Floats(0), Mean = Floats(0), Variance = Floats(1e9f) },
        };
        var loop = new NeuralNetworkLayer { Name = "outer", Loop = new LoopLayerParams { ConditionNetwork = new NeuralNetwork { Layers = { Nest(batchnorm) } } } };
        ConversionResult result = Convert([loop, InnerProduct("fc", Floats(1))]);
        Assert.Equal(
            ["outer/condition/branch/else/bn/gamma", "outer/condition/branch/else/bn/beta", "outer/condition/branch/else/bn/mean", "outer/condition/branch/else/bn/variance"],
            result.Weights.Where(weight => weight.Reason.StartsWith("'outer/condition/branch/else/bn/variance' contains 1E+09", StringComparison.Ordinal)).Select(weight => weight.Name));
        Assert.Equal(["fc/weights"], result.Weights.Where(weight => weight.Action == nameof(WeightAction.Convert)).Select(weight => weight.Name));
    }

    [Fact]
    public void Convert_EveryLayerThatTakesIt_BecomesFloat16()
    {
        NeuralNetworkLayer prelu = new() { Name = "p", Activation = new ActivationParams { PReLU = new ActivationPReLU { Alpha = Floats(1) } } };
        NeuralNetworkLayer softplus = new()
        {
            Name = "s",
            Activation = new ActivationParams { ParametricSoftplus = new ActivationParametricSoftplus { Alpha = Floats(1), Beta = Floats(2) } },
        };
        NeuralNetworkLayer convolution = new()
        {
            Name = "c",
            Convolution3D = new Convolution3DLayerParams
            {
                OutputChannels = 2,
                InputChannels = 1,
                NGroups = 1,
                KernelDepth = 1,
                KernelHeight = 1,
                KernelWidth = 3,
                HasBias = true,
                Weights = Floats(1, 2, 3, 4, 5, 6),
                Bias = Floats(1, 2),
            },
        };
        NeuralNetworkLayer embedding = new() { Name = "e", Embedding = new EmbeddingLayerParams { InputDim = 2, OutputChannels = 1, Weights = Floats(1, 2) } };
        ConversionResult result = Convert([prelu, softplus, convolution, embedding]);
        Assert.Equal(
            ["p/PReLU.alpha", "s/parametricSoftplus.alpha", "s/parametricSoftplus.beta", "c/weights", "c/bias", "e/weights"],
            result.Weights.Where(weight => weight.Action == nameof(WeightAction.Convert)).Select(weight => weight.Name));
    }

    [Fact]
    public void Convert_LayersThatDoNotTakeIt_AreLeftWithTheReason()
    {
        NeuralNetworkLayer norm = new()
        {
            Name = "n",
            LayerNormalization = new LayerNormalizationLayerParams { NormalizedShape = Google.Protobuf.ByteString.CopyFrom(2, 1), Gamma = Floats(1, 2), Beta = Floats(0, 0) },
        };
        NeuralNetworkLayer custom = new() { Name = "k", Custom = new CustomLayerParams { ClassName = "Own", Weights = { Floats(1), Floats(2) } } };
        using var scratch = new ScratchFolder();
        ConversionResult result = Convert(scratch, norm, custom);
        Assert.Equal(nameof(ConversionStatus.Unchanged), result.Status);
        Assert.Equal(["n/gamma", "n/beta", "k/weights[0]", "k/weights[1]"], result.Weights.Select(weight => weight.Name));
        Assert.All(result.Weights.Take(2), weight => Assert.Equal("layerNormalization supports only FP32", weight.Reason));
        Assert.All(result.Weights.Skip(2), weight => Assert.Equal("the meaning of a custom layer's weights is unknown", weight.Reason));
        using ModelFile file = ModelFile.Open(result.Path);
        Assert.Equal([2, 1], file.GetWeights()[0].Shape);
    }

    [Fact]
    public void Convert_UpdatableLayerOrWeight_IsLeftWithItsLayer()
    {
        NeuralNetworkLayer layer = InnerProduct("a", Floats(1), Floats(1)), weight = InnerProduct("b", Floats(1), Floats(1));
        layer.IsUpdatable = true;
        weight.InnerProduct.Bias.IsUpdatable = true;
        ConversionResult result = Convert([layer, weight, InnerProduct("c", Floats(1))]);
        Assert.All(result.Weights.Take(4), plan => Assert.Equal("the layer is updatable, and training requires FP32", plan.Reason));
        Assert.Equal(nameof(WeightAction.Convert), result.Weights[4].Action);
    }

    [Fact]
    public void Convert_LoadedIndices_AreNotRounded()
    {
        ConversionResult result = Convert(
        [
            Constant("indices", 0, 2049, 7),
            Constant("exact", 0, 2048, -4096),
            Constant("values", 0.5f, 2049),
            InnerProduct("fc", Floats(2049)),
        ]);
        Assert.Equal("'indices/data' contains whole numbers that FP16 would round, such as 2049", result.Weights[0].Reason);
        Assert.All(result.Weights.Skip(1), weight => Assert.Equal(nameof(WeightAction.Convert), weight.Action));
    }

    [Fact]
    public void Convert_QuantizedBesideFloat32_ConvertsTheFloat32()
    {
        ConversionResult result = Convert([InnerProduct("a", Linear8(1, 2), Floats(1)), InnerProduct("b", Halves((Half)1), Halves((Half)2))]);
        Assert.Equal(["is already compressed", string.Empty, "is already Float16", "is already Float16"], result.Weights.Select(weight => weight.Reason));
        Assert.Equal(["Linear 8-bit", "Float16", "Float16", "Float16"], result.Weights.Select(weight => weight.EncodingAfter));
    }

    [Fact]
    public void Convert_Int8ForDynamicQuantization_IsListedAsSuch()
    {
        WeightParams weights = Linear8(1, 2, 3);
        (weights.Int8RawValue, weights.RawValue) = (weights.RawValue, Google.Protobuf.ByteString.Empty);
        weights.Quantization.LinearQuantization.Bias = Google.Protobuf.ByteString.Empty;
        using var scratch = new ScratchFolder();
        using ModelFile file = ModelFile.Open(Write(scratch.Combine("int8.mlmodel"), 5, InnerProduct("fc", weights)));
        WeightSite site = file.GetWeights().Single();
        Assert.Equal((WeightEncoding.Linear, ElementType.Int8, ElementType.Float32, 3L, 7L), (site.Encoding, site.StorageType, site.ElementType, site.ElementCount, site.ByteCount));
    }

    [Theory]
    [InlineData("keep", "A/BIAS", "kept FP32 by pattern 'A/BIAS'")]
    [InlineData("exclude", "a", "excluded by pattern 'a'")]
    [InlineData("include", "*b/weights", "matches no -Include pattern")]
    public void Convert_PatternOnOneWeight_HoldsForItsLayer(string kind, string pattern, string reason)
    {
        NamePatterns patterns = NamePatterns.Parse([pattern]);
        Float16Recipe recipe = kind switch
        {
            "keep" => new Float16Recipe { KeepFloat32 = patterns },
            "exclude" => new Float16Recipe { Exclude = patterns },
            _ => new Float16Recipe { Include = patterns },
        };
        ConversionResult result = Convert([InnerProduct("a", Floats(1), Floats(1)), InnerProduct("b", Floats(1), Floats(1))], recipe);
        Assert.Equal([reason, reason, string.Empty, string.Empty], result.Weights.Select(weight => weight.Reason));
    }

    [Fact]
    public void Plan_PatternsOnNestedAndWeightlessLayers_CountAsMatched()
    {
        using var scratch = new ScratchFolder();
        string path = Write(scratch.Combine("source.mlmodel"), new NeuralNetworkLayer { Name = "pool" }, Nest(InnerProduct("inner", Floats(1))));
        using ModelFile file = ModelFile.Open(path);
        CompressionPlan plan = ModelCompressor.Plan(file, new Float16Recipe { Exclude = NamePatterns.Parse(["pool", "inner", "branch/else/inner", "nothing"]) });
        Assert.Equal(["nothing"], plan.UnmatchedPatterns);
        Assert.Equal("excluded by pattern 'inner'", plan.Weights.Single().Reason);
    }

    [Fact]
    public void Convert_LayersWithoutOrWithTheSameName_AreAllConverted()
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = Convert(scratch, InnerProduct(string.Empty, Floats(1)), InnerProduct("twin", Floats(1)), InnerProduct("twin", Floats(1)));
        Assert.Equal(["0/weights", "twin/weights", "twin/weights"], result.Weights.Select(weight => weight.Name));
        Assert.Equal(3, result.Converted);
    }

    private static NeuralNetworkLayer Constant(string name, params float[] values) => new()
    {
        Name = name,
        LoadConstantND = new LoadConstantNDLayerParams { Shape = { (ulong)values.Length }, Data = Floats(values) },
    };

    private static NeuralNetworkLayer Nest(NeuralNetworkLayer layer) => new()
    {
        Name = "branch",
        Branch = new BranchLayerParams { IfBranch = new NeuralNetwork(), ElseBranch = new NeuralNetwork { Layers = { layer } } },
    };

    private static bool Same(float[] singles, byte[] halves) =>
        singles.Select(value => BitConverter.HalfToUInt16Bits((Half)value)).SequenceEqual(MemoryMarshal.Cast<byte, ushort>(halves).ToArray());

    private static ConversionResult Convert(NeuralNetworkLayer[] layers, Float16Recipe? recipe = null)
    {
        using var scratch = new ScratchFolder();
        return Convert(scratch, recipe ?? new Float16Recipe(), layers);
    }

    private static ConversionResult Convert(ScratchFolder scratch, params NeuralNetworkLayer[] layers) => Convert(scratch, new Float16Recipe(), layers);

    private static ConversionResult Convert(ScratchFolder scratch, Float16Recipe recipe, NeuralNetworkLayer[] layers) =>
        EngineRuns.Convert(Write(scratch.Combine("source.mlmodel"), layers), scratch.Combine("out.mlmodel"), recipe);
}
