using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Mil.Compression;

/// <summary>The encodings that a budget chooses among, for every weight of an ML Program.</summary>
internal static class MilAlternatives
{
    /// <summary>Finds them; weights that share their data share their choice.</summary>
    /// <param name="model">The model.</param>
    /// <param name="stage">A stage of it.</param>
    /// <param name="recipe">The budget, with the encodings as its steps; without steps, the usual ones.</param>
    /// <param name="rules">Which weights its patterns leave alone.</param>
    /// <param name="statistics">What calibration found out about the model; <see langword="null"/> without calibration.</param>
    public static IEnumerable<WeightWays> Of(ModelFile model, PipelineStage stage, OptimizationRecipe recipe, SelectionRules rules, CalibrationStatistics? statistics)
    {
        var tensors = new TensorCatalog(model, model.Payloads);
        var finder = new CandidateFinder(tensors, rules, statistics);
        var weights = new List<(string File, long Offset, WeightSite Site, List<WeightCandidate> Candidates, string Reason)>();
        foreach (ProgramGraph graph in ProgramGraph.Of(stage.Model.MlProgram))
        {
            foreach (OperationNode node in graph.Operations)
            {
                if (MilWeights.SiteOf(tensors, stage.Name, graph, node) is { } site)
                {
                    List<WeightCandidate> candidates = Candidates(finder, graph, node, site, recipe, rules, statistics is not null, out string reason);
                    TensorData? stored = candidates.FirstOrDefault()?.Stored;
                    weights.Add((stored?.File?.RelativePath ?? $"{graph.FunctionName}/{site.Name}", stored?.RecordOffset ?? -1, site, candidates, reason));
                }
            }
        }

        return weights.GroupBy(weight => (weight.File, weight.Offset)).Select(group => new WeightWays(
            group.Select(weight => weight.Site).ToArray(),
            group.First().Candidates.Select(candidate => (candidate.Steps.All[0], PlanOf(group.Count() > 1 ? candidate.AsShared() : candidate))).ToArray(),
            group.First().Reason));
    }

    private static AlternativeMeasurement.Plan PlanOf(WeightCandidate candidate) => stop =>
    {
        candidate.Look(stop);
        EncodingChoice choice = WeightEncoder.Choose(candidate);
        return choice.Create?.Invoke() is { } weight ? (weight, weight.Length + choice.KeptLength, string.Empty) : (null, 0, choice.Remark);
    };

    private static List<WeightCandidate> Candidates(
        CandidateFinder finder, ProgramGraph graph, OperationNode node, WeightSite site, OptimizationRecipe recipe, SelectionRules rules, bool isCalibrated, out string reason)
    {
        var candidates = new List<WeightCandidate>();
        string[] problems = [];
        foreach (WeightRecipe wanted in BudgetRecipes.For(recipe, rules, isCalibrated, site.Name, CandidateFinder.Consumers(node)))
        {
            WeightCandidate? candidate = finder.Find(graph, node, site, [wanted], string.Empty, out string problem);
            if (candidate is not null && EncodingNeed.Of(candidate.Steps, site.Encoding) is var need
                && !need.IsMetBy(Platform.OpsetNumber(graph.Opset), wanted.AllowOpsetUpgrade, recipe.NoOpsetUpgrade))
            {
                problem = $"{need.Because} needs opset {Platform.OpsetName(need.Opset)}";
            }
            else if (candidate is not null)
            {
                candidates.Add(candidate);
            }

            problems = [.. problems, problem];
        }

        reason = candidates.Count > 0 ? string.Empty : problems.FirstOrDefault() ?? "not selected by the recipe";
        return candidates;
    }
}
