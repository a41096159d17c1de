using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace CoreMLQuant.Editing.Types;

/// <summary>What stands between the features of a NeuralNetwork and its layers: the preprocessing of images, and layers that scale.</summary>
internal static class NetworkInputs
{
    /// <summary>Takes the scaler of an image out of the preprocessing; <see langword="null"/> when it has none.</summary>
    /// <exception cref="EditException">The image is preprocessed in another way, or more than once.</exception>
    public static ImageScalerDetails? RemoveScaler(EditBuilder builder, TypeTarget target, RepeatedField<ByteString> preprocessing)
    {
        // A step without a name is for the first image.
        string? first = target.Stage.Model.Description.Input.FirstOrDefault(input => input.Type?.ImageType is not null)?.Name;
        var steps = preprocessing
            .Select(bytes => (Bytes: bytes, Step: builder.Details.Read(bytes, PreprocessingDetails.Parser, "The preprocessing")))
            .Where(one => one.Step.FeatureName == target.Name || (one.Step.FeatureName.Length == 0 && first == target.Name))
            .ToArray();
        if (steps.Length > 1 || steps.Any(one => one.Step.Scaler is null))
        {
            throw target.Refuse("a mean image is subtracted from it, or it is preprocessed in several steps.", "Convert the model again with another type.");
        }

        if (steps.Length == 0)
        {
            return null;
        }

        preprocessing.Remove(steps[0].Bytes);
        return steps[0].Step.Scaler;
    }

    /// <summary>Puts a layer before all others that scales an input.</summary>
    public static void InsertScale(TypeTarget target, RepeatedField<NeuralNetworkLayer> layers, float scale, float[] biases)
    {
        if (scale == 1 && biases.All(bias => bias == 0))
        {
            return;
        }

        NeuralNetworkLayer[] all = NetworkLayers.Lists(layers).SelectMany(list => list).ToArray();
        if (all.Any(layer => layer.Output.Contains(target.Name)))
        {
            throw target.Refuse("layers write over it.", "Convert the model again with another type.");
        }

        string scaled = NewBlob(all, target.Name + "_scaled");
        foreach (NeuralNetworkLayer layer in all)
        {
            Replace(layer.Input, target.Name, scaled);
        }

        layers.Insert(0, ScaleLayer(target.Name, scaled, scaled, scale, biases));
    }

    /// <summary>Puts a layer behind all others that scales an output.</summary>
    public static void AppendScale(TypeTarget target, RepeatedField<NeuralNetworkLayer> layers, float scale, float[] biases)
    {
        NeuralNetworkLayer[] all = NetworkLayers.Lists(layers).SelectMany(list => list).ToArray();
        string raw = NewBlob(all, target.Name + "_raw");
        foreach (NeuralNetworkLayer layer in all)
        {
            Replace(layer.Input, target.Name, raw);
            Replace(layer.Output, target.Name, raw);
        }

        layers.Add(ScaleLayer(raw, target.Name, target.Name + "_scale", scale, biases));
    }

    private static NeuralNetworkLayer ScaleLayer(string input, string output, string name, float scale, float[] biases)
    {
        bool hasBias = biases.Any(bias => bias != 0);
        var layer = new NeuralNetworkLayer
        {
            Name = name,
            Input = { input },
            Output = { output },
            Scale = new ScaleLayerParams { ShapeScale = { 1 }, Scale = Weights([scale]), HasBias = hasBias },
        };
        if (hasBias)
        {
            layer.Scale.ShapeBias.Add((ulong)biases.Length);
            layer.Scale.Bias = Weights(biases);
        }

        return layer;
    }

    private static WeightParams Weights(float[] values)
    {
        byte[] bytes = new byte[values.Length * sizeof(float)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        return new WeightParams { FloatValue = ByteString.CopyFrom(bytes) };
    }

    private static string NewBlob(IEnumerable<NeuralNetworkLayer> layers, string name)
    {
        var taken = new HashSet<string>(layers.SelectMany(layer => layer.Input.Concat(layer.Output)));
        string blob = name;
        for (int i = 1; taken.Contains(blob); i++)
        {
            blob = FormattableString.Invariant($"{name}_{i}");
        }

        return blob;
    }

    private static void Replace(RepeatedField<string> names, string old, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            names[i] = names[i] == old ? name : names[i];
        }
    }
}
