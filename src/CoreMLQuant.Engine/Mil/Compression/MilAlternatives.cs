using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Compression;
using CoreMLQuant.Compression.Budget;
using CoreMLQuant.Models;
using CoreMLQuant.Packaging;
using CoreMLQuant.Tensors;

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

        var measured = weights.GroupBy(weight => (weight.File, weight.Offset)).Select(group => new Measurement(group.Select(weight => weight.Site).ToArray(), group.First().Candidates)).ToArray();
        using var work = ParallelWork<Measurement>.Start(measured, 0, (measurement, stop) => measurement.Run(stop), cancellationToken);
        work.Join();
        return measured.Select(measurement => new WeightAlternatives(measurement.Sites, measurement.Alternatives)).ToArray();
    }

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

    /// <summary>One weight's alternatives; written by one worker, read after joining.</summary>
    private sealed class Measurement(IReadOnlyList<WeightSite> sites, IReadOnlyList<WeightCandidate> candidates)
    {
        public IReadOnlyList<WeightSite> Sites => sites;

        public IReadOnlyList<Alternative> Alternatives { get; private set; } = [];

        public void Run(CancellationToken cancellationToken)
        {
            var alternatives = new List<Alternative> { new(null, sites[0].ByteCount, new WeightError(sites[0].ElementCount, 0, 0, 0, 0, 0)) };
            foreach (WeightCandidate candidate in candidates)
            {
                candidate.Look(cancellationToken);
                EncodingChoice choice = WeightEncoder.Choose(candidate);
                if (choice.Create?.Invoke() is { } weight && weight.Length + choice.KeptLength is var length && length < sites[0].ByteCount)
                {
                    alternatives.Add(new Alternative(candidate.Steps.All[0], length, weight.Measure(cancellationToken)));
                }
            }

            Alternatives = alternatives;
        }
    }
}
