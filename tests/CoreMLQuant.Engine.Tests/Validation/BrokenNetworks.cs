using System;
using System.Collections.Generic;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using Google.Protobuf;
using static CoreMLQuant.Tests.NeuralNetworks.NetworkModels;

namespace CoreMLQuant.Tests.Validation;

/// <summary>NeuralNetworks that break one rule each.</summary>
internal static class BrokenNetworks
{
    private const int Newest = 5;

    /// <summary>The rule, what is wrong, and how the network is written.</summary>
    public static IEnumerable<(ValidationRule Rule, string What, Func<ScratchFolder, string> Write)> All() =>
    [
        (ValidationRule.UnderstatedVersion, "FP16", Layers(1, InnerProduct("fc", Halves((Half)1)))),
        (ValidationRule.UnderstatedVersion, "quantized", Layers(2, InnerProduct("fc", Linear8(1)))),
        (ValidationRule.UnderstatedVersion, "loadConstantND", Layers(3, new NeuralNetworkLayer { Name = "c", LoadConstantND = new LoadConstantNDLayerParams { Shape = { 1 }, Data = Floats(1) } })),
        (ValidationRule.UnderstatedVersion, "int8", Layers(4, Dynamic(1))),
        (ValidationRule.MissingWeight, "weights", Layers(Newest, InnerProduct("fc", new WeightParams()))),
        (ValidationRule.MissingWeight, "bias", Layers(Newest, InnerProduct("fc", Floats(1), new WeightParams()))),
        (ValidationRule.MissingWeight, "variance", Layers(Newest, Batchnorm(Floats(1), null))),
        (ValidationRule.WeightCount, "bias of two", Layers(Newest, InnerProduct("fc", Floats(1), Floats(1, 2)))),
        (ValidationRule.ScaleCount, "three for two outputs", Layers(Newest, Scales(3))),
        (ValidationRule.ScaleCount, "grouped deconvolution", GroupedDeconvolution),
        (ValidationRule.ScaleCount, "vector", Layers(Newest, InnerProduct("fc", Floats(1, 2), Scaled(2, 2)).With(layer => (layer.InnerProduct.InputChannels, layer.InnerProduct.OutputChannels) = (1, 2)))),
        (ValidationRule.MixedPrecision, "bias", Layers(Newest, InnerProduct("fc", Floats(1), Halves((Half)1)))),
        (ValidationRule.MixedPrecision, "batchnorm", Layers(Newest, Batchnorm(Floats(1), Halves((Half)1)))),
        (ValidationRule.WeightForm, "layerNormalization", Layers(Newest, LayerNormalization(Halves((Half)1), Halves((Half)1)))),
        (ValidationRule.WeightForm, "convolution3d", Layers(Newest, Convolution3D())),
        (ValidationRule.WeightForm, "scales of int8", Layers(Newest, Dynamic(2))),
        (ValidationRule.WeightForm, "int8 bias", Layers(Newest, InnerProduct("fc", Floats(1), Int8(1)))),
        (ValidationRule.QuantizedUpdatableWeight, "linear", scratch => BrokenModels.Edit(
            Layers(Newest, InnerProduct("fc", Linear8(1)).With(layer => layer.IsUpdatable = true))(scratch), model => model.IsUpdatable = true)),
        (ValidationRule.UndefinedLayerInput, "z", Layers(Newest, InnerProduct("fc", Floats(1)).With(layer => layer.Input.Add("z")))),
    ];

    /// <summary>Two weights in one field.</summary>
    public static string TwoValueFields(ScratchFolder scratch)
    {
        WeightParams weights = Floats(1);
        NeuralNetworkLayer layer = InnerProduct("fc", weights);
        weights.Float16Value = ByteString.CopyFrom(0, 60);
        return Layers(Newest, layer)(scratch);
    }

    private static Func<ScratchFolder, string> Layers(int version, NeuralNetworkLayer layer) => scratch => Write(scratch.Combine("net.mlmodel"), version, layer.Clone());

    private static NeuralNetworkLayer With(this NeuralNetworkLayer layer, Action<NeuralNetworkLayer> edit)
    {
        edit(layer);
        return layer;
    }

    // What coremltools makes of it: a scale for each channel of one group.
    private static string GroupedDeconvolution(ScratchFolder scratch) => Write(scratch.Combine("net.mlmodel"), Newest, new NeuralNetworkLayer
    {
        Name = "deconv",
        Convolution = new ConvolutionLayerParams
        {
            OutputChannels = 4,
            KernelChannels = 2,
            NGroups = 2,
            KernelSize = { 1, 1 },
            IsDeconvolution = true,
            Valid = ByteString.Empty,
            Weights = Scaled(4, 2),
        },
    });

    // Outputs by inputs: 2 by 1.
    private static NeuralNetworkLayer Scales(int count) => new()
    {
        Name = "fc",
        InnerProduct = new InnerProductLayerParams { InputChannels = 1, OutputChannels = 2, Weights = Scaled(2, count) },
    };

    private static WeightParams Scaled(int values, int scales)
    {
        WeightParams weights = Linear8(new byte[values]);
        float[] ones = new float[scales];
        Array.Fill(ones, 1f);
        weights.Quantization.LinearQuantization = new LinearQuantizationParams { Scale = Packed(ones) };
        return weights;
    }

    private static WeightParams Int8(int scales)
    {
        WeightParams weights = Scaled(1, scales);
        (weights.Int8RawValue, weights.RawValue) = (weights.RawValue, ByteString.Empty);
        return weights;
    }

    // Two outputs, so that two scales are right for them, and wrong for multiplying integers.
    private static NeuralNetworkLayer Dynamic(int scales)
    {
        WeightParams weights = Int8(scales);
        weights.Int8RawValue = ByteString.CopyFrom(1, 2);
        return new NeuralNetworkLayer
        {
            Name = "fc",
            InnerProduct = new InnerProductLayerParams { InputChannels = 1, OutputChannels = 2, Weights = weights, Int8DynamicQuantize = true },
        };
    }

    private static NeuralNetworkLayer Batchnorm(WeightParams mean, WeightParams? variance) => new()
    {
        Name = "bn",
        Batchnorm = new BatchnormLayerParams { Channels = 1, Gamma = Floats(1), Beta = Floats(1), Mean = mean, Variance = variance },
    };

    private static NeuralNetworkLayer LayerNormalization(WeightParams gamma, WeightParams beta) => new()
    {
        Name = "ln",
        LayerNormalization = new LayerNormalizationLayerParams { NormalizedShape = ByteString.CopyFrom(1), Gamma = gamma, Beta = beta },
    };

    private static NeuralNetworkLayer Convolution3D() => new()
    {
        Name = "conv",
        Convolution3D = new Convolution3DLayerParams
        {
            OutputChannels = 1,
            InputChannels = 1,
            NGroups = 1,
            KernelDepth = 1,
            KernelHeight = 1,
            KernelWidth = 1,
            Weights = Linear8(1),
        },
    };
}
