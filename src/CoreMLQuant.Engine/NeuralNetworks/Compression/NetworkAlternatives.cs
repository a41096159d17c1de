using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.NeuralNetworks.Compression;

/// <summary>The encodings that a budget chooses among, for every weight of a NeuralNetwork.</summary>
internal static class NetworkAlternatives
{
    /// <summary>Finds them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="stage">A stage of it.</param>
    /// <param name="recipe">The budget, with the encodings as its steps; without steps, the usual ones.</param>
    /// <param name="rules">Which weights its patterns leave alone.</param>
    /// <param name="statistics">What calibration found out about the model; <see langword="null"/> without calibration.</param>
    public static IEnumerable<WeightWays> Of(ModelFile model, PipelineStage stage, OptimizationRecipe recipe, SelectionRules rules, CalibrationStatistics? statistics)
    {
        var finder = new NetworkWeightFinder(model, model.Payloads, stage, rules, statistics);
        return NetworkLayers.All(NetworkLayers.Of(stage.Model)!)
            .SelectMany(layer => Candidates(finder, layer, recipe, rules, statistics is not null))
            .Select(ways => recipe.NoOpsetUpgrade && stage.Model.SpecificationVersion < NetworkVersion.Quantized ? Refused(ways) : ways);
    }

    private static AlternativeMeasurement.Plan PlanOf(NetworkWeight candidate) => stop =>
    {
        candidate.Look(stop);
        NetworkCoder coder = NetworkCoder.Of(candidate);
        return coder.Weight is { } weight ? (weight, weight.Length, string.Empty) : (null, 0, coder.Reason);
    };

    // All of them need the first version with quantized weights, which the recipe does not allow the model to rise to.
    private static WeightWays Refused(WeightWays ways) => ways.Ways.Count == 0
        ? ways
        : ways with { Ways = [], Reason = FormattableString.Invariant($"compressed weights need specification version {NetworkVersion.Quantized}") };

    /// <summary>For each weight of a layer the ways in which it may be encoded.</summary>
    private static WeightWays[] Candidates(NetworkWeightFinder finder, NetworkLayer layer, OptimizationRecipe recipe, SelectionRules rules, bool isCalibrated)
    {
        var recipes = new Dictionary<string, IReadOnlyList<WeightRecipe>>();
        IReadOnlyList<WeightRecipe> Note(WeightSite site, IReadOnlyList<(string Type, string Name)> consumers, out string remark)
        {
            WeightRecipe[] wanted = BudgetRecipes.For(recipe, rules, isCalibrated, site.Name, consumers).ToArray();
            remark = wanted.Length > 0 ? "a NeuralNetwork does not support the encodings of the recipe" : string.Empty;
            recipes.Add(site.Name, wanted.Where(NetworkEncodings.Has).ToArray());
            return [];
        }

        NetworkWeight[] weights = finder.Of(layer, null, Note).ToArray();
        return weights.Select(weight =>
        {
            NetworkWeight[] candidates = recipes[weight.Site.Name]
                .Select(wanted => finder.Of(layer, null, One(wanted)).First(candidate => candidate.Field.Name == weight.Field.Name))
                .ToArray();
            NetworkWeight[] possible = candidates.Where(candidate => candidate.Reason.Length == 0).ToArray();
            string reason = possible.Length > 0 ? string.Empty : (candidates.FirstOrDefault() ?? weight).Reason;
            return new WeightWays([weight.Site], possible.Select(candidate => (candidate.Steps.All[0], PlanOf(candidate))).ToArray(), reason);
        }).ToArray();
    }

    private static NetworkWeightFinder.Selector One(WeightRecipe recipe) => (WeightSite _, IReadOnlyList<(string, string)> _, out string remark) =>
    {
        remark = string.Empty;
        return [recipe];
    };
}
