using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.NeuralNetworks;

/// <summary>Which weights each kind of layer has. Shapes: Core ML specification, NeuralNetwork; axes as coremltools quantizes.</summary>
internal static class LayerFields
{
    /// <summary>The weight fields that stand in a layer, empty ones included, in the order of the specification.</summary>
    public static IEnumerable<WeightField> Of(NeuralNetworkLayer layer) => Fields(layer).OfType<WeightField>();

    private static IEnumerable<WeightField?> Fields(NeuralNetworkLayer layer) => layer.LayerCase switch
    {
        LayerCase.Convolution => Of(layer.Convolution),
        LayerCase.Convolution3D => Of(layer.Convolution3D),
        LayerCase.Activation => Of(layer.Activation),
        LayerCase.InnerProduct => Affine(
            layer.InnerProduct.Weights, layer.InnerProduct.Bias, layer.InnerProduct.OutputChannels, layer.InnerProduct.InputChannels),
        LayerCase.Embedding => Affine(
            layer.Embedding.Weights, layer.Embedding.Bias, layer.Embedding.OutputChannels, layer.Embedding.InputDim),
        LayerCase.EmbeddingND => Affine(
            layer.EmbeddingND.Weights, layer.EmbeddingND.Bias, layer.EmbeddingND.EmbeddingSize, layer.EmbeddingND.VocabSize),
        // First by second dimension in column-major order, which is second by first in row-major order.
        LayerCase.BatchedMatmul => Affine(
            layer.BatchedMatmul.Weights, layer.BatchedMatmul.Bias, layer.BatchedMatmul.WeightMatrixSecondDimension, layer.BatchedMatmul.WeightMatrixFirstDimension),
        LayerCase.Batchnorm => Of(layer.Batchnorm),
        LayerCase.Scale =>
        [
            WeightField.Vector("scale", layer.Scale.Scale, [.. layer.Scale.ShapeScale]),
            WeightField.Vector("bias", layer.Scale.Bias, [.. layer.Scale.ShapeBias]),
        ],
        LayerCase.Bias => [WeightField.Vector("bias", layer.Bias.Bias, [.. layer.Bias.Shape])],
        LayerCase.LoadConstant => [WeightField.Vector("data", layer.LoadConstant.Data, [.. layer.LoadConstant.Shape])],
        LayerCase.LoadConstantND => [WeightField.Vector("data", layer.LoadConstantND.Data, [.. layer.LoadConstantND.Shape])],
        LayerCase.LayerNormalization => Of(layer.LayerNormalization),
        LayerCase.SimpleRecurrent => RecurrentFields.Of(layer.SimpleRecurrent),
        LayerCase.Gru => RecurrentFields.Of(layer.Gru),
        LayerCase.UniDirectionalLSTM => RecurrentFields.Of(layer.UniDirectionalLSTM),
        LayerCase.BiDirectionalLSTM => RecurrentFields.Of(layer.BiDirectionalLSTM),
        LayerCase.Custom => layer.Custom.Weights.Select((weights, index) =>
            WeightField.Vector($"weights[{index.ToString(CultureInfo.InvariantCulture)}]", weights)),
        _ => [],
    };

    private static IEnumerable<WeightField?> Affine(WeightParams? weights, WeightParams? bias, ulong outputs, ulong inputs) =>
    [
        WeightField.Matrix("weights", weights, 0, outputs, outputs, inputs),
        WeightField.Vector("bias", bias, outputs),
    ];

    private static IEnumerable<WeightField?> Of(ConvolutionLayerParams layer)
    {
        // The kernel is 3 by 3 and there is one group unless the layer says otherwise.
        ulong height = layer.KernelSize.Count > 0 ? layer.KernelSize[0] : 3;
        ulong width = layer.KernelSize.Count > 1 ? layer.KernelSize[1] : 3;
        ulong outputs = layer.OutputChannels;
        yield return layer.IsDeconvolution
            ? WeightField.Matrix("weights", layer.Weights, 1, outputs, layer.KernelChannels, outputs / Math.Max(1, layer.NGroups), height, width)
            : WeightField.Matrix("weights", layer.Weights, 0, outputs, outputs, layer.KernelChannels, height, width);
        yield return WeightField.Vector("bias", layer.Bias, outputs);
    }

    private static IEnumerable<WeightField?> Of(Convolution3DLayerParams layer)
    {
        ulong outputs = Size(layer.OutputChannels), inputs = Size(layer.InputChannels), groups = Math.Max(1, Size(layer.NGroups));
        ulong[] kernel = [Size(layer.KernelDepth), Size(layer.KernelHeight), Size(layer.KernelWidth)];
        yield return layer.IsDeconvolution
            ? WeightField.Matrix("weights", layer.Weights, 1, outputs, [inputs, outputs / groups, .. kernel])
            : WeightField.Matrix("weights", layer.Weights, 0, outputs, [outputs, inputs / groups, .. kernel]);
        yield return WeightField.Vector("bias", layer.Bias, outputs);
    }

    // The activation's name is part of the field's: the layer's kind alone does not tell which one it is.
    private static IEnumerable<WeightField?> Of(ActivationParams layer) => layer.NonlinearityTypeCase switch
    {
        ActivationParams.NonlinearityTypeOneofCase.PReLU => [WeightField.Vector("PReLU.alpha", layer.PReLU.Alpha)],
        ActivationParams.NonlinearityTypeOneofCase.ParametricSoftplus =>
        [
            WeightField.Vector("parametricSoftplus.alpha", layer.ParametricSoftplus.Alpha),
            WeightField.Vector("parametricSoftplus.beta", layer.ParametricSoftplus.Beta),
        ],
        _ => [],
    };

    private static IEnumerable<WeightField?> Of(BatchnormLayerParams layer) =>
    [
        WeightField.Vector("gamma", layer.Gamma, layer.Channels),
        WeightField.Vector("beta", layer.Beta, layer.Channels),
        WeightField.Vector("mean", layer.Mean, layer.Channels),
        WeightField.Vector("variance", layer.Variance, layer.Channels),
    ];

    private static IEnumerable<WeightField?> Of(LayerNormalizationLayerParams layer)
    {
        ulong[] shape = PackedNumbers(layer.NormalizedShape);
        yield return WeightField.Vector("gamma", layer.Gamma, shape);
        yield return WeightField.Vector("beta", layer.Beta, shape);
    }

    private static ulong Size(int value) => (ulong)Math.Max(0, value);

    /// <summary>The schema keeps lists of numbers as the bytes they are on the wire; a list that cannot be read claims nothing.</summary>
    private static ulong[] PackedNumbers(ByteString bytes)
    {
        try
        {
            var numbers = new List<ulong>();
            using CodedInputStream input = bytes.CreateCodedInput();
            while (!input.IsAtEnd)
            {
                numbers.Add(input.ReadUInt64());
            }

            return numbers.ToArray();
        }
        catch (InvalidProtocolBufferException)
        {
            return [];
        }
    }
}
