using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.NeuralNetworks.Folding;
using CoreMLQuant.NeuralNetworks.Weights;
using CoreMLQuant.Specification;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Comparison;

/// <summary>
/// The weights of a model as they are compared with those of another. Quantizing a NeuralNetwork often folds normalizations into
/// the layers before them; where one of two networks has them and the other has not, they are folded for the comparison, too,
/// because only then are the weights the same ones.
/// </summary>
/// <param name="Weights">The weights, in order.</param>
/// <param name="Folded">Those of layers that were folded, with the layer that took them in.</param>
internal sealed record ComparedWeights(IReadOnlyList<FoundWeight> Weights, IReadOnlyList<(WeightSite Site, string Into)> Folded)
{
    /// <summary>The weights of both models.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="found">Its weights as they are.</param>
    /// <param name="difference">The other model.</param>
    /// <param name="otherFound">Its weights as they are.</param>
    /// <param name="scopes">Which stages stand for which.</param>
    /// <param name="cancellationToken">Stops folding.</param>
    public static (ComparedWeights Reference, ComparedWeights Difference) Of(
        ModelFile reference, IReadOnlyList<FoundWeight> found, ModelFile difference, IReadOnlyList<FoundWeight> otherFound, ScopeMap scopes, CancellationToken cancellationToken)
    {
        Dictionary<string, HashSet<string>> paths = LayerPaths(reference), otherPaths = LayerPaths(difference);
        Dictionary<string, string> stages = [], otherStages = [];
        foreach (((string stage, _), (string otherStage, _)) in scopes.Pairs)
        {
            (stages[stage], otherStages[otherStage]) = (otherStage, stage);
        }

        return (Of(reference, found, paths, stages, otherPaths, cancellationToken), Of(difference, otherFound, otherPaths, otherStages, paths, cancellationToken));
    }

    private static ComparedWeights Of(
        ModelFile file,
        IReadOnlyList<FoundWeight> found,
        Dictionary<string, HashSet<string>> paths,
        Dictionary<string, string> counterparts,
        Dictionary<string, HashSet<string>> otherPaths,
        CancellationToken cancellationToken)
    {
        if (!paths.Any(stage => Counterpart(stage.Key) is { } others && !stage.Value.IsSubsetOf(others)))
        {
            return new ComparedWeights(found, []);
        }

        // Folding edits the messages; whoever asks the file for them next gets others.
        var weights = new List<FoundWeight>();
        var folded = new List<(WeightSite, string)>();
        foreach (PipelineStage stage in PipelineStages.Of(file.TakeSpecification()))
        {
            if (Counterpart(stage.Name) is not { } others)
            {
                weights.AddRange(WeightSites.Find(file, stage));
                continue;
            }

            NetworkLayer[] layers = NetworkLayers.All(NetworkLayers.Of(stage.Model)!).ToArray();
            IReadOnlyDictionary<Schema.NeuralNetworkLayer, FoldedLayer> takers = LayerFolder.Fold(
                new NetworkSource(file, file.Payloads, stage),
                layers,
                layer => others.Contains(layer.Path),
                next => !others.Contains(next.Path),
                cancellationToken);
            Dictionary<Schema.NeuralNetworkLayer, NetworkLayer> gone = takers.Values
                .SelectMany(taker => taker.Folded.Select(layer => (layer.Message, taker.Layer)))
                .ToDictionary(pair => pair.Message, pair => pair.Layer, MessageIdentity<Schema.NeuralNetworkLayer>.Instance);
            weights.AddRange(NetworkWeights.Of(file, stage, layers.Where(layer => !gone.ContainsKey(layer.Message)), takers));
            folded.AddRange(layers
                .Where(layer => gone.ContainsKey(layer.Message))
                .SelectMany(layer => NetworkWeights.Of(file, stage, [layer]).Select(weight => (weight.Site, gone[layer.Message].Path))));
        }

        return new ComparedWeights(weights, folded);

        HashSet<string>? Counterpart(string stage) =>
            paths.ContainsKey(stage) && counterparts.TryGetValue(stage, out string? other) && otherPaths.TryGetValue(other, out HashSet<string>? others) ? others : null;
    }

    private static Dictionary<string, HashSet<string>> LayerPaths(ModelFile file)
    {
        var paths = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (PipelineStage stage in PipelineStages.Of(file.Specification))
        {
            if (NetworkLayers.Of(stage.Model) is { } layers)
            {
                paths[stage.Name] = [.. NetworkLayers.All(layers).Select(layer => layer.Path)];
            }
        }

        return paths;
    }
}
