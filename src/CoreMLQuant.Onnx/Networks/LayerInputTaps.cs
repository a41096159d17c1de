using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Running;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>What layers with weights take, handed out if somebody wants it.</summary>
/// <param name="wanted">Names of those that somebody wants; <see langword="null"/> when none are offered.</param>
internal sealed class LayerInputTaps(IReadOnlyCollection<string>? wanted)
{
    private readonly HashSet<string> _wanted = new(wanted ?? [], StringComparer.Ordinal);
    private readonly Dictionary<string, (NetworkLayer Layer, IReadOnlyList<long> Shape)> _offered = new(StringComparer.Ordinal);

    /// <summary>Offers the input of a layer, if it has weights. Inside of a branch or a loop, its dimensions must be the same each time.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="scope">What blobs are before it.</param>
    public void Offer(NetworkLayer layer, NetworkScope scope)
    {
        if (wanted is null || layer.Fields.Count == 0 || layer.Message.Input.Count == 0 || scope.Find(layer.Message.Input[0]) is not { IsFloat: true } input)
        {
            return;
        }

        bool isNested = scope.Graph.Outer is not null;
        if (isNested ? !input.IsStatic : input.Maker is null)
        {
            return;
        }

        string name = LayerInputNames.Of(layer.Path);
        _offered[name] = (layer, isNested ? [-1, .. input.Shape!] : input.Shape ?? []);
        if (!_wanted.Contains(name))
        {
            return;
        }

        if (isNested)
        {
            scope.Graph.HandOut(name, input, input.Shape!);
        }
        else
        {
            scope.Graph.HandedOut[name] = input;
        }
    }

    /// <summary>The inputs that can be asked for; those that somebody wants have a tensor.</summary>
    /// <param name="graph">The graph of the outermost layers.</param>
    public OnnxTap[] In(GraphBuilder graph) => _offered.Select(input => new OnnxTap(
        input.Key,
        graph.HandedOut.TryGetValue(input.Key, out OnnxValue? tensor) ? tensor.Name : string.Empty,
        input.Value.Layer.Path,
        input.Value.Layer.Type,
        ElementType.Float32,
        OnnxTensorType.Float,
        input.Value.Shape)).ToArray();
}
