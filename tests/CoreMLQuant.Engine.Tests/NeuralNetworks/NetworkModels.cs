using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.NeuralNetworks.Decoding;
using CoreMLQuant.NeuralNetworks.Weights;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;

namespace CoreMLQuant.Tests.NeuralNetworks;

/// <summary>Makes small NeuralNetworks, edits fixtures, and looks into both.</summary>
internal static class NetworkModels
{
    /// <summary>A weight with everything that is known about it.</summary>
    public sealed record Weight(NetworkLayer Layer, WeightField Field, StoredWeight Stored, WeightSite Site, byte[] Bytes);

    /// <summary>Writes a NeuralNetwork of these layers: each takes the output of the one before.</summary>
    public static string Write(string path, params NeuralNetworkLayer[] layers) => Write(path, 1, layers);

    /// <summary>Writes a NeuralNetwork of these layers in a version of the specification.</summary>
    public static string Write(string path, int version, params NeuralNetworkLayer[] layers)
    {
        var network = new NeuralNetwork();
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i].Input.Add(i == 0 ? "x" : $"v{i}");
            layers[i].Output.Add(i == layers.Length - 1 ? "y" : $"v{i + 1}");
            network.Layers.Add(layers[i]);
        }

        var model = new Model
        {
            SpecificationVersion = version,
            Description = new ModelDescription { Input = { Feature("x") }, Output = { Feature("y") } },
            NeuralNetwork = network,
        };
        File.WriteAllBytes(path, model.ToByteArray());
        return path;
    }

    /// <summary>Writes a changed copy of a model.</summary>
    public static string Edit(string source, string destination, Action<Model> edit)
    {
        Model model = Model.Parser.ParseFrom(File.ReadAllBytes(source));
        edit(model);
        File.WriteAllBytes(destination, model.ToByteArray());
        return destination;
    }

    /// <summary>An innerProduct layer of one output.</summary>
    public static NeuralNetworkLayer InnerProduct(string name, WeightParams weights, WeightParams? bias = null) => new()
    {
        Name = name,
        InnerProduct = new InnerProductLayerParams
        {
            InputChannels = (ulong)Math.Max(1, (weights.FloatValue.Length / 4) + (weights.Float16Value.Length / 2) + weights.RawValue.Length + weights.Int8RawValue.Length),
            OutputChannels = 1,
            HasBias = bias is not null,
            Weights = weights,
            Bias = bias,
        },
    };

    /// <summary>FP32 values.</summary>
    public static WeightParams Floats(params float[] values) => new() { FloatValue = Packed(values) };

    /// <summary>FP16 values.</summary>
    public static WeightParams Halves(params Half[] values) => new() { Float16Value = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) };

    /// <summary>Unsigned 8-bit values with one scale and one bias.</summary>
    public static WeightParams Linear8(params byte[] values) => new()
    {
        RawValue = ByteString.CopyFrom(values),
        Quantization = new QuantizationParams { NumberOfBits = 8, LinearQuantization = new LinearQuantizationParams { Scale = Packed([0.5f]), Bias = Packed([-1f]) } },
    };

    /// <summary>Packed FP32.</summary>
    public static ByteString Packed(params float[] values) => ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));

    /// <summary>The values of packed FP32.</summary>
    public static float[] Unpacked(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, float>(bytes).ToArray();

    /// <summary>Every weight of every NeuralNetwork stage, by name; with the stage's index in front in a pipeline.</summary>
    public static Dictionary<string, Weight> Weights(ModelFile file)
    {
        PipelineStage[] stages = PipelineStages.Of(file.Specification).ToArray();
        var weights = new Dictionary<string, Weight>();
        for (int i = 0; i < stages.Length; i++)
        {
            foreach (NetworkLayer layer in NetworkLayers.All(NetworkLayers.Of(stages[i].Model) ?? []))
            {
                foreach (WeightField field in layer.Fields)
                {
                    if (StoredWeight.Read(field, file.Payloads, WeightPlace.Of(file, stages[i].Name, layer, field)) is { } stored)
                    {
                        WeightSite site = NetworkWeights.SiteOf(file, file.Payloads, stages[i].Name, layer, field, stored);
                        string prefix = stages.Length > 1 ? $"{i}/" : string.Empty;
                        weights.Add(prefix + site.Name, new Weight(layer, field, stored, site, file.Payloads.Resolve(stored.Data).ToArray()));
                    }
                }
            }
        }

        return weights;
    }

    /// <summary>The stored bytes of every weight of a model on disk.</summary>
    public static Dictionary<string, byte[]> Bytes(string path)
    {
        using ModelFile file = ModelFile.Open(path);
        return Weights(file).ToDictionary(weight => weight.Key, weight => weight.Value.Bytes);
    }

    /// <summary>The decoded values of every weight of a model on disk.</summary>
    public static Dictionary<string, float[]> Values(string path)
    {
        using ModelFile file = ModelFile.Open(path);
        return Weights(file).ToDictionary(weight => weight.Key, weight =>
        {
            (NetworkLayer layer, WeightField field, StoredWeight stored, _, _) = weight.Value;
            float[] values = new float[stored.ElementCount];
            NetworkWeightDecoder.Decode(field, stored, file.Payloads, WeightPlace.Of(file, string.Empty, layer, field)).Read(0, values);
            return values;
        });
    }

    /// <summary>Reproducible values, roughly normal.</summary>
    public static float[] Random(int count, int seed = 1, float scale = 1)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ => (float)(scale * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))).ToArray();
    }

    private static FeatureDescription Feature(string name) => new()
    {
        Name = name,
        Type = new FeatureType { MultiArrayType = new ArrayFeatureType { Shape = { 1 }, DataType = ArrayDataType.Float32 } },
    };
}
