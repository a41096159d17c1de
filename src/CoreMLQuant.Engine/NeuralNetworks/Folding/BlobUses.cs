using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.NeuralNetworks.Folding;

/// <summary>
/// Who makes and who takes the blobs of a NeuralNetwork. Blobs are known by name, also across nested networks: a branch
/// reads what was made outside of it, and what follows it reads what was made inside.
/// </summary>
internal sealed class BlobUses
{
    private readonly Dictionary<string, int> _makers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<NeuralNetworkLayer>> _takers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seenOutside = new(StringComparer.Ordinal);

    /// <summary>Looks at all layers.</summary>
    /// <param name="model">The NeuralNetwork.</param>
    /// <param name="layers">Its layers, those of nested networks included.</param>
    public BlobUses(Model model, IEnumerable<NetworkLayer> layers)
    {
        foreach (FeatureDescription feature in model.Description?.Input.Concat(model.Description.Output) ?? [])
        {
            _seenOutside.Add(feature.Name);
        }

        if (model.TypeCase == Model.TypeOneofCase.NeuralNetworkClassifier)
        {
            _seenOutside.Add(model.NeuralNetworkClassifier.LabelProbabilityLayerName);
        }

        foreach (NeuralNetworkLayer layer in layers.Select(layer => layer.Message))
        {
            foreach (string blob in layer.Output)
            {
                _makers[blob] = _makers.TryGetValue(blob, out int count) ? count + 1 : 1;
            }

            foreach (string blob in layer.Input)
            {
                if (!_takers.TryGetValue(blob, out List<NeuralNetworkLayer>? takers))
                {
                    _takers.Add(blob, takers = []);
                }

                takers.Add(layer);
            }

            if (layer.LayerCase == NeuralNetworkLayer.LayerOneofCase.Loop)
            {
                _seenOutside.Add(layer.Loop.ConditionVar);
            }
        }
    }

    /// <summary>The only layer that takes a blob, where one layer makes it and nothing else sees it; <see langword="null"/> otherwise.</summary>
    public NeuralNetworkLayer? OnlyTaker(string blob) =>
        !_seenOutside.Contains(blob)
        && _makers.TryGetValue(blob, out int makers) && makers == 1
        && _takers.TryGetValue(blob, out List<NeuralNetworkLayer>? takers) && takers.Count == 1
            ? takers[0]
            : null;

    /// <summary>Whether a layer, or one of a network nested in it, makes or takes a blob.</summary>
    public static bool Touches(NeuralNetworkLayer layer, string blob) => NetworkLayers.All([layer]).Any(inner =>
        inner.Message.Input.Contains(blob) || inner.Message.Output.Contains(blob)
        || (inner.Message.LayerCase == NeuralNetworkLayer.LayerOneofCase.Loop && inner.Message.Loop.ConditionVar == blob));
}
