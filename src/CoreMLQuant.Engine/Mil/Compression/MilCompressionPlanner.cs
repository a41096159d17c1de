using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Coding;
using CoreMLQuant.Files;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Mil.Compression;

/// <summary>
/// Plans the compression of an ML Program's weights: finds the candidates, reads them once to see what they hold, and turns
/// constants into compressed ones. Names, attributes and the order of operations stay.
/// </summary>
internal sealed class MilCompressionPlanner
{
    private readonly PlanBuilder _builder;
    private readonly PipelineStage _stage;
    private readonly RecipeSelection _selection;
    private readonly TensorCatalog _tensors;
    private readonly EncodedWeights _encoded = new();
    private int _blocks;

    private MilCompressionPlanner(PlanBuilder builder, PipelineStage stage)
    {
        _builder = builder;
        _stage = stage;
        _selection = new RecipeSelection(builder.Recipe, builder.Rules);
        _tensors = new TensorCatalog(builder.Source, builder.Payloads);
    }

    /// <summary>Decides about a stage.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="stage">A stage of <see cref="PlanBuilder.Specification"/> that is an ML Program. It is only read.</param>
    /// <param name="cancellationToken">Stops the reading of weights.</param>
    /// <returns>Edits the stage and records what becomes of each weight.</returns>
    /// <exception cref="RecipeException">The stage's opset has no operations for what is asked.</exception>
    public static Action Decide(PlanBuilder builder, PipelineStage stage, CancellationToken cancellationToken) =>
        new MilCompressionPlanner(builder, stage).Decide(cancellationToken);

    private Action Decide(CancellationToken cancellationToken)
    {
        IReadOnlyList<ProgramGraph> graphs = ProgramGraph.Shared(_stage.Model.MlProgram);
        var candidateFinder = new CandidateFinder(_tensors, _builder.Rules, _builder.Statistics);
        (ProgramGraph Graph, WeightSite Site, WeightCandidate? Candidate, string Reason)[] weights = graphs
            .SelectMany(graph => graph.Operations.Select(node => (graph, node)))
            .Select(pair => (pair.graph, pair.node, Site: MilWeights.SiteOf(_tensors, _stage.Name, pair.graph, pair.node)))
            .Where(found => found.Site is not null)
            .Select(found =>
            {
                IReadOnlyList<WeightRecipe> steps = Steps(found.node, found.Site!, out string remark);
                WeightCandidate? candidate = candidateFinder.Find(found.graph, found.node, found.Site!, steps, remark, out string reason);
                TellOfDisagreement(found.Site!, candidate, remark, reason);
                return (found.graph, found.Site!, candidate, reason);
            })
            .ToArray();
        SetShared(weights);
        WeightCandidate[] candidates = weights.Select(weight => weight.Candidate).OfType<WeightCandidate>().ToArray();
        EncodingNeed need = CheckOpsets(weights.Where(weight => weight.Candidate is not null).Select(weight => (weight.Graph, weight.Candidate!)));
        OpsetRise.Check(graphs, need.Opset);
        using (var work = ParallelWork<WeightCandidate>.Start(candidates, 0, (candidate, stop) => candidate.Look(stop), cancellationToken))
        {
            work.Join();
        }

        return () => Edit(graphs, weights, candidates, need);
    }

    private void Edit(
        IReadOnlyList<ProgramGraph> graphs, (ProgramGraph Graph, WeightSite Site, WeightCandidate? Candidate, string Reason)[] weights, WeightCandidate[] candidates, EncodingNeed need)
    {
        var writers = graphs.ToDictionary(graph => graph, graph => new ConstexprWriter(graph, Math.Max(Platform.OpsetNumber(graph.Opset), need.Opset)));
        var tensors = new TensorWriter(_builder);
        int converted = 0;
        var plans = new List<WeightPlan>();
        foreach ((ProgramGraph graph, WeightSite site, WeightCandidate? candidate, string reason) in weights)
        {
            WeightPlan plan = candidate is null
                ? WeightPlan.Skip(site, reason)
                : new WeightEncoder(writers[graph], tensors, _encoded, _builder.Choices).Encode(candidate);
            _blocks += plan.Action == WeightAction.Convert && candidate!.IsQuantizedInBlocks ? 1 : 0;
            plans.Add(plan with { ExpectedSnr = _builder.Choices?.SnrOf(site) });
            converted += plan.Action == WeightAction.Convert ? 1 : 0;
        }

        Dictionary<(string Function, string Name), string> corrected = CorrectedBiases(weights, plans);
        plans.ForEach(plan => _builder.Add(TellOfCorrection(plan, corrected)));

        RefuseUselessBlocks(candidates, converted);
        TellOfBlocks();
        if (converted > 0)
        {
            foreach (ConstexprWriter writer in writers.Values)
            {
                writer.Flush();
            }

            OpsetRise.To(_builder, _stage, need.Opset, need.Because);
        }
    }

    // Functions of one package, or two constants, that refer to one blob: nothing is known of their layers that would hold for both.
    private static void SetShared((ProgramGraph Graph, WeightSite Site, WeightCandidate? Candidate, string Reason)[] weights)
    {
        if (!Array.Exists(weights, weight => weight.Candidate?.Knowledge.Layer is not null))
        {
            return;
        }

        ILookup<(string, long), int> places = Enumerable.Range(0, weights.Length)
            .Where(index => weights[index].Candidate is { Stored.File: not null })
            .ToLookup(index => (weights[index].Candidate!.Stored.File!.RelativePath, weights[index].Candidate!.Stored.RecordOffset));
        foreach (int index in places.Where(place => place.Skip(1).Any()).SelectMany(place => place))
        {
            weights[index].Candidate = weights[index].Candidate!.AsShared();
        }
    }

    // Biases, and the first weight whose errors each of them takes.
    private static Dictionary<(string Function, string Name), string> CorrectedBiases(
        (ProgramGraph Graph, WeightSite Site, WeightCandidate? Candidate, string Reason)[] weights, List<WeightPlan> plans)
    {
        var corrected = new Dictionary<(string Function, string Name), string>();
        for (int i = 0; i < weights.Length; i++)
        {
            if (plans[i] is { Action: WeightAction.Convert, Part: EncodedWeight encoded }
                && weights[i].Candidate is { Bias.Constant.Outputs: [{ } bias, ..] } candidate
                && candidate.CorrectsBias(encoded)
                && !corrected.ContainsKey((weights[i].Site.Function, bias.Name)))
            {
                corrected.Add((weights[i].Site.Function, bias.Name), weights[i].Site.Name);
            }
        }

        return corrected;
    }

    // A bias is not compressed, but does not stay what it is either.
    private static WeightPlan TellOfCorrection(WeightPlan plan, Dictionary<(string Function, string Name), string> corrected) =>
        corrected.TryGetValue((plan.Site.Function, plan.Site.Name), out string? weight)
            ? plan with { Reason = $"stays {plan.Encoding}; its values are corrected for the errors of '{weight}'" }
            : plan;

    // A budget has chosen among what the recipe says; which of its patterns are of any use, the selection notes in either case.
    private IReadOnlyList<WeightRecipe> Steps(OperationNode node, WeightSite site, out string remark)
    {
        IReadOnlyList<WeightRecipe> selected = _selection.For(site.Name, CandidateFinder.Consumers(node), out remark);
        return _builder.Choices is { } choices ? choices.StepsOf(site, out remark) : selected;
    }

    // What a budget says of a weight is no disagreement of its users.
    private void TellOfDisagreement(WeightSite site, WeightCandidate? candidate, string remark, string reason)
    {
        if (_builder.Choices is null && remark.Length > 0 && (candidate is not null || reason == remark))
        {
            _builder.Warn($"'{site.Name}': {remark}");
        }
    }

    private void TellOfBlocks()
    {
        if (_blocks > 0)
        {
            _builder.Warn($"{(_blocks == 1 ? "1 weight is" : $"{_blocks} weights are")} quantized per block, which the Neural Engine does not support; use palettization or quantization per channel there");
        }
    }

    // A size that divides none of a model's weights is a mistake, not a property of each weight.
    private static void RefuseUselessBlocks(WeightCandidate[] candidates, int converted)
    {
        string[] problems = converted > 0 ? [] : candidates.Select(candidate => WeightEncoder.Indivisible(candidate)).OfType<string>().ToArray();
        if (problems.Length > 0 && problems.Length == candidates.Length)
        {
            throw new RecipeException(
                $"The {(candidates[0].Steps.Palettization is null ? "block" : "group")} size divides none of the {problems.Length} weights that are large enough ('{candidates[0].Site.Name}': {problems[0]}).",
                "Specify a size that divides their channels, or a fallback (-Fallback LargestDivisor or PerChannel).");
        }
    }

    private EncodingNeed CheckOpsets(IEnumerable<(ProgramGraph Graph, WeightCandidate Candidate)> candidates)
    {
        EncodingNeed highest = default;
        foreach ((ProgramGraph graph, WeightCandidate candidate) in candidates)
        {
            var need = EncodingNeed.Of(candidate.Steps, candidate.Site.Encoding);
            need.Check(Platform.OpsetNumber(graph.Opset), candidate.Steps, _builder.Recipe.NoOpsetUpgrade);
            highest = need.Opset > highest.Opset ? need : highest;
        }

        return highest;
    }
}
