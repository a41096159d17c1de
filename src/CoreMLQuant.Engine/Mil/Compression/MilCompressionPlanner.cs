using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Compression;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Models;
using CoreMLQuant.Packaging;

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

    private MilCompressionPlanner(PlanBuilder builder, PipelineStage stage)
    {
        _builder = builder;
        _stage = stage;
        _selection = new RecipeSelection(builder.Recipe, builder.Rules);
        _tensors = new TensorCatalog(builder.Source, builder.Payloads);
    }

    /// <summary>Edits a stage of the plan's specification and records what becomes of each weight.</summary>
    /// <exception cref="RecipeException">The stage's opset has no operations for what is asked.</exception>
    public static void Plan(PlanBuilder builder, PipelineStage stage, CancellationToken cancellationToken) =>
        new MilCompressionPlanner(builder, stage).Plan(cancellationToken);

    private void Plan(CancellationToken cancellationToken)
    {
        ProgramGraph[] graphs = ProgramGraph.Of(_stage.Model.MlProgram).ToArray();
        (ProgramGraph Graph, WeightSite Site, WeightCandidate? Candidate, string Reason)[] weights = graphs
            .SelectMany(graph => graph.Operations.Select(node => (graph, node)))
            .Select(pair => (pair.graph, pair.node, Site: MilWeights.SiteOf(_tensors, _stage.Name, pair.graph, pair.node)))
            .Where(found => found.Site is not null)
            .Select(found =>
            {
                WeightCandidate? candidate = Candidate(found.graph, found.node, found.Site!, out string reason);
                return (found.graph, found.Site!, candidate, reason);
            })
            .ToArray();
        WeightCandidate[] candidates = weights.Select(weight => weight.Candidate).OfType<WeightCandidate>().ToArray();
        EncodingNeed need = CheckOpsets(weights.Where(weight => weight.Candidate is not null).Select(weight => (weight.Graph, weight.Candidate!)));
        OpsetRise.Check(graphs, need.Opset);
        using (var work = ParallelWork<WeightCandidate>.Start(candidates, 0, (candidate, stop) => candidate.Look(stop), cancellationToken))
        {
            work.Join();
        }

        var writers = graphs.ToDictionary(graph => graph, graph => new ConstexprWriter(graph, Math.Max(Platform.OpsetNumber(graph.Opset), need.Opset)));
        var tensors = new TensorWriter(_builder);
        int converted = 0;
        foreach ((ProgramGraph graph, WeightSite site, WeightCandidate? candidate, string reason) in weights)
        {
            WeightPlan plan = candidate is null
                ? Skip(site, reason)
                : new WeightEncoder(writers[graph], tensors, _encoded).Encode(candidate);
            _builder.Add(plan);
            converted += plan.Action == WeightAction.Convert ? 1 : 0;
        }

        if (converted > 0)
        {
            Array.ForEach(graphs, graph => writers[graph].Flush());
            OpsetRise.To(_builder, _stage, need.Opset, need.Because);
        }
    }

    private WeightCandidate? Candidate(ProgramGraph graph, OperationNode node, WeightSite site, out string reason)
    {
        ValueNode output = node.Outputs[0];
        (string Type, string Name)[] consumers = output.Uses.Select(use => (use.Consumer.Type, use.Consumer.Name)).Distinct().ToArray();
        string? pattern = _builder.Rules.Reason([site.Name, .. consumers.SelectMany(consumer => new[] { consumer.Type, consumer.Name })]);
        var steps = new WeightSteps(_selection.For(site.Name, consumers, out string remark));
        reason = pattern
            ?? (steps.All.Count == 0 ? (remark.Length > 0 ? remark : "the recipe leaves it") : null)
            ?? WhyNot(graph, node, site, steps)
            ?? string.Empty;
        if (reason.Length > 0)
        {
            return null;
        }

        steps.Check();
        if (WeightDecoder.Decode(_tensors, output) is not { } decoded || MilWeights.MainValue(_tensors, node) is not ({ Data: { } } stored, { } reference))
        {
            reason = "is no tensor that can be read";
            return null;
        }

        return new WeightCandidate(node, site, steps, ChannelAxes.Of(output, site.Shape.Count), stored, reference, decoded, remark)
        {
            CanNest = Platform.OpsetNumber(graph.Opset) >= EncodingNeed.Nesting || steps.AllowOpsetUpgrade,
        };
    }

    private static string? WhyNot(ProgramGraph graph, OperationNode node, WeightSite site, WeightSteps steps) =>
        site.ElementType is not (ElementType.Float32 or ElementType.Float16) ? $"holds {site.ElementType}, not floats"
        : site.Encoding == WeightEncoding.Joint ? "is compressed in more than one way already"
        : site.Encoding is not (WeightEncoding.Plain or WeightEncoding.Cast) && Platform.OpsetNumber(graph.Opset) < EncodingNeed.Nesting
            ? $"is compressed already; below opset {Platform.OpsetName(EncodingNeed.Nesting)} compressed weights do not nest"
        : site.Shape.Count < 2 ? $"has rank {site.Shape.Count}; biases and vectors stay as they are"
        : site.ElementCount <= steps.MinimumElementCount ? $"has {site.ElementCount} values; only weights with more than {steps.MinimumElementCount} are compressed"
        : PlainOperands.WhyPlain(node.Outputs[0]);

    private EncodingNeed CheckOpsets(IEnumerable<(ProgramGraph Graph, WeightCandidate Candidate)> candidates)
    {
        EncodingNeed highest = default;
        foreach ((ProgramGraph graph, WeightCandidate candidate) in candidates)
        {
            var need = EncodingNeed.Of(candidate.Steps, candidate.Site.Encoding);
            need.Check(Platform.OpsetNumber(graph.Opset), candidate.Steps);
            highest = need.Opset > highest.Opset ? need : highest;
        }

        return highest;
    }

    private static WeightPlan Skip(WeightSite site, string reason) =>
        new(site, WeightAction.Skip, WeightEncodings.Describe(site), site.ByteCount, reason);
}
