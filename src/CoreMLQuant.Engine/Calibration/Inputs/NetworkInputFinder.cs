using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.NeuralNetworks.Weights;
using CoreMLQuant.Running;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Calibration.Inputs;

/// <summary>Finds the blobs that the weights of a NeuralNetwork are multiplied with.</summary>
internal static class NetworkInputFinder
{
    /// <summary>Looks at all weights of a stage.</summary>
    /// <param name="file">The model.</param>
    /// <param name="stage">The stage, a NeuralNetwork.</param>
    /// <param name="known">The blobs that can be tapped.</param>
    public static WeightInputs Find(ModelFile file, PipelineStage stage, ISet<string> known)
    {
        IReadOnlyList<NeuralNetworkLayer> layers = NetworkLayers.Of(stage.Model)!;
        var reader = new DetailReader(file.Payloads, file.Container.SpecificationPath);
        NetworkLayer[] outer = NetworkLayers.Of(layers, string.Empty).ToArray();
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        var lastWriters = new Dictionary<string, (int Position, bool IsNested)>(StringComparer.Ordinal);
        for (int i = 0; i < outer.Length; i++)
        {
            positions[outer[i].Path] = i;
            foreach (NetworkLayer writer in NetworkLayers.All([outer[i].Message]))
            {
                bool isNested = !ReferenceEquals(writer.Message, outer[i].Message);
                writer.Message.Output.ToList().ForEach(blob => lastWriters[blob] = (i, isNested));
            }
        }

        // A name that several layers have tells none of them.
        Dictionary<string, NetworkLayer> byPath = NetworkLayers.All(layers).GroupBy(layer => layer.Path, StringComparer.Ordinal)
            .Where(group => !group.Skip(1).Any()).ToDictionary(group => group.Key, group => group.Single(), StringComparer.Ordinal);
        var found = new List<WeightInput>();
        var left = new List<LeftWeight>();
        foreach (WeightSite site in Matrices(file, stage, layers))
        {
            string reason = "belongs to one of several layers of the same name";
            if (byPath.TryGetValue(site.OpName, out NetworkLayer? of) && InputOf(of, out reason) is { } input)
            {
                found.Add(input);
            }
            else
            {
                left.Add(new LeftWeight(site, reason));
            }

            WeightInput? InputOf(NetworkLayer layer, out string why)
            {
                string field = site.Name.Substring(layer.Path.Length + 1);
                ConsumedWeight? consumed = NetworkConsumers.Find(layer, field, site.Shape, () => reader.Reread(layer.Message, LayerDetails.Parser, $"layer '{layer.Path}'"));
                if (consumed is null)
                {
                    why = $"is used by {layer.Type} '{layer.Path}', which does not multiply vectors with it";
                    return null;
                }

                if (consumed.Source != FactorSource.Parameter)
                {
                    string states = consumed.HiddenStatesOf(layer.Path) ?? string.Empty;
                    why = $"is multiplied with the hidden states of {layer.Type} '{layer.Path}', which cannot be looked at while the model runs";
                    return known.Contains(states) ? InputFrom(states, consumed) : null;
                }

                string blob = layer.Message.Input.FirstOrDefault() ?? string.Empty, taken = LayerInputNames.Of(layer.Path);
                why = $"is multiplied with the blob '{blob}', which cannot be looked at while the model runs";
                return IsWhatTheLayerTakes(blob, layer.Path) && known.Contains(blob) ? InputFrom(blob, consumed)
                    : known.Contains(taken) ? InputFrom(taken, consumed)
                    : null;
            }

            // Blobs are variables, and the one that can be tapped by its name is what the last layer wrote.
            bool IsWhatTheLayerTakes(string blob, string path) => positions.TryGetValue(path, out int position)
                && (!lastWriters.TryGetValue(blob, out (int Position, bool IsNested) writer) || (writer.Position < position && !writer.IsNested));

            WeightInput InputFrom(string value, ConsumedWeight consumed) =>
                new(site, consumed.InputCounts, consumed.OutputAxis, [new TappedVectors(value, consumed.Vectors)]) { Parts = consumed.Parts };
        }

        return new WeightInputs(found, left);
    }

    private static IEnumerable<WeightSite> Matrices(ModelFile file, PipelineStage stage, IReadOnlyList<NeuralNetworkLayer> layers) => NetworkWeights
        .Of(file, stage, NetworkLayers.All(layers))
        .Select(weight => weight.Site)
        .Where(site => site.Shape.Count >= 2 && site.ElementType is ElementType.Float16 or ElementType.Float32);
}
