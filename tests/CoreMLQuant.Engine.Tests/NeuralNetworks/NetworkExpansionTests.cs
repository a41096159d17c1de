using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation;
using Google.Protobuf;
using Xunit;

namespace CoreMLQuant.Tests.NeuralNetworks;

/// <summary>Quantized weights of NeuralNetworks, layer by layer.</summary>
public class NetworkExpansionTests
{
    [Fact]
    public void Source_TakesThePrecisionOfTheLayersFloats()
    {
        NeuralNetworkLayer besideHalf = NetworkModels.InnerProduct("a", NetworkModels.Linear8(1, 2, 3), NetworkModels.Halves((Half)1));
        NeuralNetworkLayer besideSingle = NetworkModels.InnerProduct("b", NetworkModels.Linear8(1, 2, 3), NetworkModels.Floats(1));
        Assert.Equal(["a/weights Float16", "a/bias Float16", "b/weights Float32", "b/bias Float32"], Expand(ExpansionPrecision.Source, besideHalf, besideSingle));
        Assert.Equal(["a/weights Float32", "a/bias Float32", "b/weights Float32", "b/bias Float32"], Expand(ExpansionPrecision.Float32, besideHalf, besideSingle));
        Assert.Equal(["a/weights Float16", "a/bias Float16", "b/weights Float16", "b/bias Float16"], Expand(ExpansionPrecision.Float16, besideHalf, besideSingle));
    }

    [Fact]
    public void Float16_WhatItCannotHold_KeepsItsLayerFloat32()
    {
        WeightParams large = NetworkModels.Linear8(1, 2, 3);
        large.Quantization.LinearQuantization.Scale = NetworkModels.Packed(100_000);
        NeuralNetworkLayer layer = NetworkModels.InnerProduct("a", large, NetworkModels.Halves((Half)1));
        Assert.Equal(["a/weights Float32", "a/bias Float32"], Expand(ExpansionPrecision.Float16, layer));
        Assert.Equal(["a/weights Float32", "a/bias Float32"], Expand(ExpansionPrecision.Source, layer));
    }

    [Fact]
    public void Expand_Int8MatrixProduct_ComputesInFloatsAgain()
    {
        WeightParams weights = NetworkModels.Linear8();
        weights.Int8RawValue = ByteString.CopyFrom(0xFF, 1);
        NeuralNetworkLayer layer = NetworkModels.InnerProduct("a", weights);
        layer.InnerProduct.Int8DynamicQuantize = true;
        using var scratch = new ScratchFolder();
        EngineRuns.Convert(NetworkModels.Write(scratch.Combine("in.mlmodel"), layer), scratch.Combine("out.mlmodel"), new ExpansionRecipe());
        Assert.Equal(NetworkModels.Packed(-1.5f, -0.5f).ToByteArray(), NetworkModels.Bytes(scratch.Combine("out.mlmodel"))["a/weights"]);
        using ModelFile model = ModelFile.Open(scratch.Combine("out.mlmodel"));
        Assert.False(model.Specification.NeuralNetwork.Layers[0].InnerProduct.Int8DynamicQuantize);
        Assert.Null(model.Specification.NeuralNetwork.Layers[0].InnerProduct.Weights.Quantization);
    }

    [Fact]
    public void Expand_LayerThatDeclaresNoValues_KeepsItsCodes()
    {
        // Packed codes only have to be enough for a layer; floats have to be as many as it declares.
        using var scratch = new ScratchFolder();
        string source = NetworkModels.Edit(TestFiles.Fixture("nn_cnn", "linear8.mlmodel"), scratch.Combine("in.mlmodel"), model =>
            model.NeuralNetwork.Layers.First(layer => layer.LayerCase == NeuralNetworkLayer.LayerOneofCase.InnerProduct).InnerProduct.InputChannels = 0);
        Assert.True(ModelValidator.Validate(source).IsValid);

        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlmodel"), new ExpansionRecipe());

        Assert.True(ModelValidator.Validate(scratch.Combine("out.mlmodel")).IsValid);
        Assert.Contains("values, and the layer declares 0", Assert.Single(result.Weights, weight => weight.Action == nameof(WeightAction.Skip) && weight.Name.EndsWith("/weights", StringComparison.Ordinal)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Expand_PatternsAndCustomLayers_AreLeftAlone()
    {
        var custom = new NeuralNetworkLayer { Name = "c", Custom = new CustomLayerParams { ClassName = "C", Weights = { NetworkModels.Linear8(1) } } };
        NeuralNetworkLayer layer = NetworkModels.InnerProduct("a", NetworkModels.Linear8(1, 2, 3));
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(
            NetworkModels.Write(scratch.Combine("in.mlmodel"), custom, layer), scratch.Combine("out.mlmodel"), new ExpansionRecipe { Exclude = NamePatterns.Parse(["a"]) });
        Assert.Equal(["the meaning of a custom layer's weights is unknown", "excluded by pattern 'a'"], result.Weights.Select(weight => weight.Reason));
        Assert.Equal(nameof(ConversionStatus.Unchanged), result.Status);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    [InlineData(1)]
    public void Decode_GroupedDeconvolution_ScalesOfAllChannelsOrOfOneGroups(int scales)
    {
        // Two groups: inputs 0 and 1 make outputs 0 and 1, inputs 2 and 3 make outputs 2 and 3. One code each, all 1.
        float[] values = Deconvolution(scales);
        float[] expected = scales switch
        {
            4 => [1, 2, 1, 2, 3, 4, 3, 4],
            2 => [1, 2, 1, 2, 1, 2, 1, 2],
            _ => [1, 1, 1, 1, 1, 1, 1, 1],
        };
        Assert.Equal(expected, values);
    }

    [Fact]
    public void Decode_ScalesThatFitNoAxis_IsAnErrorThatNamesTheField()
    {
        CoreMLFormatException error = Assert.Throws<CoreMLFormatException>(() => Deconvolution(3));
        Assert.Equal((FormatRule.InvalidWeight, "layer 'd' field 'weights'"), (error.Rule, error.Location));
        Assert.Contains("3 scales for a weight of shape [4, 2, 1, 1] with 4 output channels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_Linear_IsRoundedOnce()
    {
        WeightParams weights = NetworkModels.Linear8(255, 3, 77);
        weights.Quantization.LinearQuantization = new LinearQuantizationParams { Scale = NetworkModels.Packed(0.1f), Bias = NetworkModels.Packed(-12.7f) };
        using var scratch = new ScratchFolder();
        string path = NetworkModels.Write(scratch.Combine("in.mlmodel"), NetworkModels.InnerProduct("a", weights));
        Assert.Equal(new[] { 255, 3, 77 }.Select(code => (float)((code * (double)0.1f) + -12.7f)), NetworkModels.Values(path)["a/weights"]);
    }

    private static float[] Deconvolution(int scales)
    {
        WeightParams weights = NetworkModels.Linear8(1, 1, 1, 1, 1, 1, 1, 1);
        weights.Quantization.LinearQuantization = new LinearQuantizationParams { Scale = NetworkModels.Packed(Enumerable.Range(1, scales).Select(i => (float)i).ToArray()) };
        var layer = new NeuralNetworkLayer
        {
            Name = "d",
            Convolution = new ConvolutionLayerParams { OutputChannels = 4, KernelChannels = 4, NGroups = 2, KernelSize = { 1, 1 }, IsDeconvolution = true, Weights = weights },
        };
        using var scratch = new ScratchFolder();
        return NetworkModels.Values(NetworkModels.Write(scratch.Combine("in.mlmodel"), layer))["d/weights"];
    }

    private static IEnumerable<string> Expand(ExpansionPrecision precision, params NeuralNetworkLayer[] layers)
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(
            NetworkModels.Write(scratch.Combine("in.mlmodel"), 3, layers.Select(layer => layer.Clone()).ToArray()), scratch.Combine("out.mlmodel"), new ExpansionRecipe { Precision = precision });
        using ModelFile model = ModelFile.Open(result.Path);
        return model.GetWeights().Select(weight => $"{weight.Name} {WeightEncodings.Describe(weight)}").ToArray();
    }
}
