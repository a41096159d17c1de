using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Mil.Compression;

/// <summary>Measures the encodings that a budget chooses among, for every weight of an ML Program.</summary>
internal static class MilAlternatives
{
    /// <summary>Measures them; weights that share their data share their choice.</summary>
    /// <param name="model">The model.</param>
    /// <param name="stage">A stage of it.</param>
    /// <param name="recipe">The budget, with the encodings as its steps; without steps, the usual ones.</param>
    /// <param name="rules">Which weights its patterns leave alone.</param>
    /// <param name="cancellationToken">Stops measuring.</param>
    public static IReadOnlyList<WeightAlternatives> Measure(
        ModelFile model, PipelineStage stage, OptimizationRecipe recipe, SelectionRules rules, CancellationToken cancellationToken)
    {
        var tensors = new TensorCatalog(model, model.Payloads);
        var finder = new CandidateFinder(tensors, rules);
        var weights = new List<(string File, long Offset, WeightSite Site, List<WeightCandidate> Candidates)>();
        foreach (ProgramGraph graph in ProgramGraph.Of(stage.Model.MlProgram))
        {
            foreach (OperationNode node in graph.Operations)
            {
                if (MilWeights.SiteOf(tensors, stage.Name, graph, node) is { } site)
                {
                    List<WeightCandidate> candidates = Candidates(finder, graph, node, site, recipe, rules);
                    if (candidates.Count > 0)
                    {
                        weights.Add((candidates[0].Stored.File?.RelativePath ?? site.Name, candidates[0].Stored.RecordOffset, site, candidates));
                    }
                }
            }
        }

        return AlternativeMeasurement.Run(
            weights.GroupBy(weight => (weight.File, weight.Offset)).Select(group => (
                (IReadOnlyList<WeightSite>)group.Select(weight => weight.Site).ToArray(),
                (IReadOnlyList<(WeightRecipe, AlternativeMeasurement.Plan)>)group.First().Candidates.Select(candidate => (candidate.Steps.All[0], PlanOf(candidate))).ToArray())),
            cancellationToken);
    }

    private static AlternativeMeasurement.Plan PlanOf(WeightCandidate candidate) => stop =>
    {
        candidate.Look(stop);
        EncodingChoice choice = WeightEncoder.Choose(candidate);
        return choice.Create?.Invoke() is { } weight ? (weight, weight.Length + choice.KeptLength) : null;
    };

    private static List<WeightCandidate> Candidates(
        CandidateFinder finder, ProgramGraph graph, OperationNode node, WeightSite site, OptimizationRecipe recipe, SelectionRules rules)
    {
        var candidates = new List<WeightCandidate>();
        foreach (WeightRecipe wanted in BudgetRecipes.For(recipe, rules, site.Name, CandidateFinder.Consumers(node)))
        {
            WeightCandidate? candidate = finder.Find(graph, node, site, [wanted], string.Empty, out _);
            int opset = System.Math.Max(Platform.OpsetNumber(graph.Opset), EncodingNeed.CompressedConstants);
            if (candidate is not null && (EncodingNeed.Of(candidate.Steps, site.Encoding).Opset <= opset || wanted.AllowOpsetUpgrade))
            {
                candidates.Add(candidate);
            }
        }

        return candidates;
    }
}
