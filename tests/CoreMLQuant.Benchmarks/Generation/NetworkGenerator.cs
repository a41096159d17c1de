using System.Collections.Generic;
using CoreMLQuant.Packaging;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Benchmarks.Generation;

/// <summary>Writes an FP32 NeuralNetwork .mlmodel of a given size: a chain of convolutions.</summary>
internal static class NetworkGenerator
{
    /// <summary>Writes the file; nothing may stand at the path.</summary>
    public static void Write(string path, long totalBytes, int constCount)
    {
        var payloads = new DetachedPayloads();
        var network = new NeuralNetwork();
        IReadOnlyList<(int Output, int Input, int Kernel)> layers = WeightShapes.Layers(totalBytes, constCount);
        string previous = "x";
        for (int i = 0; i < layers.Count; i++)
        {
            (int output, int input, int kernel) = layers[i];
            string name = i == layers.Count - 1 ? "y" : $"conv_{i}";
            network.Layers.Add(new NeuralNetworkLayer
            {
                Name = name,
                Input = { previous },
                Output = { name },
                Convolution = new ConvolutionLayerParams
                {
                    OutputChannels = (ulong)output,
                    KernelChannels = (ulong)input,
                    NGroups = 1,
                    KernelSize = { (ulong)kernel, (ulong)kernel },
                    HasBias = true,
                    Weights = new WeightParams { FloatValue = payloads.Attach(new RandomWeights((long)output * input * kernel * kernel, (ulong)i * 2)) },
                    Bias = new WeightParams { FloatValue = payloads.Attach(new RandomWeights(output, ((ulong)i * 2) + 1)) },
                },
            });
            previous = name;
        }

        var model = new Model
        {
            SpecificationVersion = 4,
            Description = new ModelDescription { Input = { Feature("x", layers[0].Input) }, Output = { Feature("y", layers[^1].Output) } },
            NeuralNetwork = network,
        };
        OutputWriter.Write(
            new OutputModel(false, [(string.Empty, SpecificationWriter.Layout(model, payloads))], []),
            path,
            workers: 0,
            flushToDisk: false,
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
