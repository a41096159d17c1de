using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Compression;
using CoreMLQuant.Compression.Budget;
using CoreMLQuant.Models;
using CoreMLQuant.Packaging;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.NeuralNetworks.Compression;

/// <summary>Measures the encodings that a budget chooses among, for every weight of a NeuralNetwork.</summary>
internal static class NetworkAlternatives
{
    /// <summary>Measures them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="stage">A stage of it.</param>
    /// <param name="recipe">The budget, with the encodings as its steps; without steps, the usual ones.</param>
    /// <param name="rules">Which weights its patterns leave alone.</param>
    /// <param name="cancellationToken">Stops measuring.</param>
    public static IReadOnlyList<WeightAlternatives> Measure(
        ModelFile model, PipelineStage stage, OptimizationRecipe recipe, SelectionRules rules, CancellationToken cancellationToken)
    {
        var finder = new NetworkWeightFinder(model, model.Payloads, stage, rules);
        Measurement[] measured = NetworkLayers.All(NetworkLayers.Of(stage.Model)!)
            .SelectMany(layer => Candidates(finder, layer, recipe, rules))
            .Where(candidates => candidates.Count > 0)
            .Select(candidates => new Measurement(candidates))
            .ToArray();
        using var work = ParallelWork<Measurement>.Start(measured, 0, (measurement, stop) => measurement.Run(stop), cancellationToken);
        work.Join();
        return measured.Select(measurement => new WeightAlternatives([measurement.Site], measurement.Alternatives)).ToArray();
    }

    /// <summary>For each weight of a layer the ways in which it may be encoded.</summary>
    private static IReadOnlyList<NetworkWeight>[] Candidates(NetworkWeightFinder finder, NetworkLayer layer, OptimizationRecipe recipe, SelectionRules rules)
    {
        var recipes = new Dictionary<string, IReadOnlyList<WeightRecipe>>();
        IReadOnlyList<WeightRecipe> Note(WeightSite site, IReadOnlyList<(string Type, string Name)> consumers, out string remark)
        {
            remark = string.Empty;
            recipes.Add(site.Name, BudgetRecipes.For(recipe, rules, site.Name, consumers).Where(NetworkEncodings.Has).ToArray());
            return [];
        }

        NetworkWeight[] weights = finder.Of(layer, null, Note).ToArray();
        return weights.Select(weight => (IReadOnlyList<NetworkWeight>)recipes[weight.Site.Name]
            .Select(wanted => finder.Of(layer, null, One(wanted)).First(candidate => candidate.Field.Name == weight.Field.Name))
            .Where(candidate => candidate.Reason.Length == 0)
            .ToArray()).ToArray();
    }

    private static NetworkWeightFinder.Selector One(WeightRecipe recipe) => (WeightSite _, IReadOnlyList<(string, string)> _, out string remark) =>
    {
        remark = string.Empty;
        return [recipe];
    };

    /// <summary>One weight's alternatives; written by one worker, read after joining.</summary>
    private sealed class Measurement(IReadOnlyList<NetworkWeight> candidates)
    {
        public WeightSite Site { get; } = candidates[0].Site;

        public IReadOnlyList<Alternative> Alternatives { get; private set; } = [];

        public void Run(CancellationToken cancellationToken)
        {
            var alternatives = new List<Alternative> { new(null, Site.ByteCount, new WeightError(Site.ElementCount, 0, 0, 0, 0, 0)) };
            foreach (NetworkWeight candidate in candidates)
            {
                candidate.Look(cancellationToken);
                if (NetworkCoder.Of(candidate).Weight is { } weight)
                {
                    alternatives.Add(new Alternative(candidate.Steps.All[0], weight.Length, weight.Measure(cancellationToken)));
                }
            }

            Alternatives = alternatives;
        }
    }
}
