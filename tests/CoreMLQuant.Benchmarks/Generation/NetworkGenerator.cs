using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Files;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;

namespace CoreMLQuant.Benchmarks.Generation;

/// <summary>Writes an FP32 NeuralNetwork .mlmodel of a given size: convolutions, then fully connected layers.</summary>
internal static class NetworkGenerator
{
    /// <summary>Writes the file; nothing may stand at the path.</summary>
    public static void Write(string path, long totalBytes, int constCount)
    {
        var payloads = new DetachedPayloads();
        var network = new NeuralNetwork();
        IReadOnlyList<GeneratedLayer> layers = GeneratedLayers.For(totalBytes, constCount);
        string previous = "x";
        for (int i = 0; i < layers.Count; i++)
        {
            GeneratedLayer layer = layers[i];
            string name = i == layers.Count - 1 ? "y" : $"layer_{i}";
            var weights = new WeightParams { FloatValue = payloads.Attach(new RandomWeights(layer.WeightShape.Aggregate(1L, (product, size) => product * size), (ulong)i * 2)) };
            var bias = new WeightParams { FloatValue = payloads.Attach(new RandomWeights(layer.Channels, ((ulong)i * 2) + 1)) };
            network.Layers.Add(layer.IsLinear
                ? new NeuralNetworkLayer
                {
                    Name = name,
                    Input = { previous },
                    Output = { name },
                    InnerProduct = new InnerProductLayerParams
                    {
                        InputChannels = (ulong)layer.Channels,
                        OutputChannels = (ulong)layer.Channels,
                        HasBias = true,
                        Weights = weights,
                        Bias = bias,
                    },
                }
                : new NeuralNetworkLayer
                {
                    Name = name,
                    Input = { previous },
                    Output = { name },
                    Convolution = new ConvolutionLayerParams
                    {
                        OutputChannels = (ulong)layer.Channels,
                        KernelChannels = (ulong)(layer.Channels / layer.Groups),
                        NGroups = (ulong)layer.Groups,
                        KernelSize = { 3, 3 },
                        Same = ByteString.Empty,
                        HasBias = true,
                        Weights = weights,
                        Bias = bias,
                    },
                });
            previous = name;
        }

        var model = new Model
        {
            SpecificationVersion = 4,
            Description = new ModelDescription { Input = { Feature("x", layers[0].Channels) }, Output = { Feature("y", layers[0].Channels) } },
            NeuralNetwork = network,
        };
        OutputWriter.Write(
            new OutputModel(false, [(string.Empty, SpecificationWriter.Layout(model, payloads))], []),
            path,
            workers: 0,
            limit: null,
            progress: null,
            cancellationToken: default);
    }

    private static FeatureDescription Feature(string name, int channels) => new()
    {
        Name = name,
        Type = new FeatureType
        {
            MultiArrayType = new ArrayFeatureType { DataType = ArrayFeatureType.Types.ArrayDataType.Float32, Shape = { channels, 64, 64 } },
        },
    };
}
