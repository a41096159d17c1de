using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Errors;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Mil.Float16;

/// <summary>Plans an ML Program that computes in FP16: decides about a stage without changing it, and then edits it.</summary>
internal sealed class MilFloat16Planner
{
    private readonly PlanBuilder _builder;
    private readonly PipelineStage _stage;
    private readonly TensorCatalog _tensors;
    private readonly Body[] _bodies;

    private MilFloat16Planner(PlanBuilder builder, PipelineStage stage, CancellationToken cancellationToken)
    {
        _builder = builder;
        _stage = stage;
        _tensors = new TensorCatalog(builder.Source, builder.Payloads);
        IReadOnlyList<ProgramGraph> graphs = ProgramGraph.Shared(stage.Model.MlProgram);
        CheckResolved(builder, graphs);
        using ConstantRanges constants = ConstantRanges.StartScan(_tensors, graphs, cancellationToken);
        (ProgramGraph Graph, List<(OperationNode, WeightSite)> Weights)[] found = graphs.Select(graph => (graph, WeightsOf(graph))).ToArray();
        constants.Join();
        _bodies = found.Select(body => new Body(body.Graph, body.Weights, DecisionsOf(body.Graph, constants))).ToArray();
    }

    /// <summary>Decides about a stage.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="stage">A stage of <see cref="PlanBuilder.Specification"/> that is an ML Program. It is only read.</param>
    /// <param name="cancellationToken">Stops the reading of constants.</param>
    /// <returns>
    /// Edits the stage and records what becomes of each weight. It takes whether FP32 multi-array inputs and outputs become FP16 as well, and gives the number of
    /// operations that compute in FP16 and did not before.
    /// </returns>
    public static Func<bool, int> Decide(PlanBuilder builder, PipelineStage stage, CancellationToken cancellationToken) =>
        new MilFloat16Planner(builder, stage, cancellationToken).Edit;

    private List<(OperationNode, WeightSite)> WeightsOf(ProgramGraph graph)
    {
        var weights = new List<(OperationNode, WeightSite)>();
        foreach (OperationNode node in graph.Operations)
        {
            if (MilWeights.SiteOf(_tensors, _stage.Name, graph, node) is { } site)
            {
                weights.Add((node, site));
            }
        }

        return weights;
    }

    private OperationTable<OperationDecision> DecisionsOf(ProgramGraph graph, ConstantRanges constants)
    {
        int opset = Platform.OpsetNumber(graph.Opset);
        var decisions = new OperationTable<OperationDecision>(graph);
        foreach (OperationNode node in graph.Operations)
        {
            if (!node.IsConst && !node.IsConstexpr)
            {
                decisions[node] = OperationDecision.For(node, opset, _builder.Rules, constants);
            }
        }

        return decisions;
    }

    private int Edit(bool interface16)
    {
        // All demands first: the bodies of a function share its inputs, which the rewrite changes.
        Dictionary<string, InterfacePrecision> interfaces = _bodies
            .Select(body => body.Graph.FunctionName)
            .Distinct()
            .ToDictionary(name => name, name => interface16 ? InterfacePrecision.Float16(_stage.Model, name) : InterfacePrecision.Unchanged);
        ValueDemands[] demands = _bodies.Select(body => new ValueDemands(body.Graph, body.Decisions, interfaces[body.Graph.FunctionName])).ToArray();
        for (int i = 0; i < _bodies.Length; i++)
        {
            Body body = _bodies[i];
            var rewriter = new Float16Rewriter(_builder, _tensors, body.Graph, body.Decisions, demands[i], interfaces[body.Graph.FunctionName]);
            rewriter.Rewrite();
            foreach ((OperationNode node, WeightSite site) in body.Weights)
            {
                _builder.Add(Decision(node, site, body.Decisions, demands[i], rewriter));
            }
        }

        if (interfaces.Values.Any(precision => !precision.IsUnchanged))
        {
            OpsetRise.To(_builder, _stage, 6, "an FP16 input or output");
        }

        return _bodies.Sum(body => body.Graph.Operations.Count(node => body.Decisions[node] is { Converts: true }));
    }

    private static WeightPlan Decision(
        OperationNode node,
        WeightSite site,
        OperationTable<OperationDecision> decisions,
        ValueDemands demands,
        Float16Rewriter rewriter)
    {
        ValueNode output = node.Outputs[0];
        if (rewriter.ConversionOf(output) is { } conversion)
        {
            string[] kept = demands.For(output)!.Wants32
                ? output.Uses.Where(use => !decisions[use.Consumer]!.Takes16(use.Parameter)).Select(use => use.Consumer.Name).Distinct().ToArray()
                : [];
            string remark = kept.Length > 0 ? $"also kept in FP32 for '{kept[0]}'" : string.Empty;
            string half = site.Encoding == WeightEncoding.Plain
                ? nameof(ElementType.Float16)
                : WeightEncodings.Describe(site with { ElementType = ElementType.Float16, StorageType = site.StorageType == ElementType.Float32 ? ElementType.Float16 : site.StorageType });
            long size = site.Encoding == WeightEncoding.Plain ? site.ByteCount / 2 : site.ByteCount;
            return new WeightPlan(site, WeightAction.Convert, half, size + (kept.Length > 0 ? site.ByteCount : 0), remark) { Part = conversion.Part };
        }

        string reason = BrokenWeight.Why(node) is { } broken ? broken
            : site.ElementType != ElementType.Float32 ? $"is already {site.ElementType}"
            : output.Uses.Select(use => decisions[use.Consumer] is { } decision ? Why(use, decision) : null).FirstOrDefault(why => why is not null)
                ?? "no operation accepts it as FP16";
        return WeightPlan.Skip(site, reason);
    }

    private static string Why(ValueUse use, OperationDecision decision) => decision.Converts
        ? $"parameter '{use.Parameter}' of {use.Consumer.Type} stays FP32"
        : decision.Reason;

    private static void CheckResolved(PlanBuilder builder, IReadOnlyList<ProgramGraph> graphs)
    {
        foreach (ProgramGraph graph in graphs.Where(graph => graph.Unresolved.Count > 0))
        {
            throw new CoreMLFormatException(
                FormatRule.InvalidOperation,
                builder.Source.Container.SpecificationPath,
                $"the value '{graph.Unresolved[0].Name}' is used but never produced.",
                "The program is damaged. Core ML cannot load it either.",
                location: $"function '{graph.FunctionName}'");
        }
    }

    private sealed record Body(ProgramGraph Graph, List<(OperationNode Node, WeightSite Site)> Weights, OperationTable<OperationDecision> Decisions);
}
