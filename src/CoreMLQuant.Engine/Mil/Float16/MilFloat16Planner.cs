using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Errors;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Mil.Float16;

/// <summary>Plans an ML Program that computes in FP16.</summary>
internal static class MilFloat16Planner
{
    /// <summary>Edits a stage of the plan's specification and records what becomes of each weight.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="stage">A stage of <see cref="PlanBuilder.Specification"/> that is an ML Program.</param>
    /// <param name="interface16">Whether FP32 multi-array inputs and outputs become FP16 as well.</param>
    /// <param name="cancellationToken">Stops the reading of constants.</param>
    /// <returns>Number of operations that compute in FP16 and did not before.</returns>
    public static int Plan(PlanBuilder builder, PipelineStage stage, bool interface16, CancellationToken cancellationToken)
    {
        ProgramGraph[] graphs = ProgramGraph.Of(stage.Model.MlProgram).ToArray();
        CheckResolved(builder, graphs);
        var tensors = new TensorCatalog(builder.Source, builder.Payloads);
        using ConstantRanges constants = ConstantRanges.StartScan(tensors, graphs, cancellationToken);
        var sites = graphs.ToDictionary(graph => graph, graph => graph.Operations
            .Select(node => (Node: node, Site: MilWeights.SiteOf(tensors, stage.Name, graph, node)))
            .Where(weight => weight.Site is not null)
            .ToArray());
        constants.Join();

        // All decisions first: the bodies of a function share its inputs, which the rewrite changes.
        Dictionary<string, InterfacePrecision> interfaces = graphs
            .Select(graph => graph.FunctionName)
            .Distinct()
            .ToDictionary(name => name, name => interface16 ? InterfacePrecision.Float16(stage.Model, name) : InterfacePrecision.Unchanged);
        var plans = graphs.Select(graph =>
        {
            int opset = Platform.OpsetNumber(graph.Opset);
            var decisions = new OperationTable<OperationDecision>(graph);
            foreach (OperationNode node in graph.Operations.Where(node => !node.IsConst && !node.IsConstexpr))
            {
                decisions[node] = OperationDecision.For(node, opset, builder.Rules, constants);
            }

            InterfacePrecision precision = interfaces[graph.FunctionName];
            var demands = new ValueDemands(graph, decisions, precision);
            return (Graph: graph, Decisions: decisions, Demands: demands, Interface: precision);
        }).ToArray();

        foreach (var plan in plans)
        {
            var rewriter = new Float16Rewriter(builder, tensors, plan.Graph, plan.Decisions, plan.Demands, plan.Interface);
            rewriter.Rewrite();
            foreach ((OperationNode node, WeightSite? site) in sites[plan.Graph])
            {
                builder.Add(Decision(node, site!, plan.Decisions, plan.Demands, rewriter));
            }
        }

        if (interfaces.Values.Any(precision => !precision.IsUnchanged))
        {
            OpsetRise.To(builder, stage, 6, "an FP16 input or output");
        }

        return plans.Sum(plan => plan.Graph.Operations.Count(node => plan.Decisions[node] is { Converts: true }));
    }

    private static WeightPlan Decision(
        OperationNode node,
        WeightSite site,
        OperationTable<OperationDecision> decisions,
        ValueDemands demands,
        Float16Rewriter rewriter)
    {
        string encoding = WeightEncodings.Describe(site);
        ValueNode output = node.Outputs[0];
        if (rewriter.Converted.TryGetValue(output, out IMeasuredPart? part))
        {
            string[] kept = demands.For(output)!.Wants32
                ? output.Uses.Where(use => !decisions[use.Consumer]!.Takes16(use.Parameter)).Select(use => use.Consumer.Name).Distinct().ToArray()
                : [];
            string remark = kept.Length > 0 ? $"also kept in FP32 for '{kept[0]}'" : string.Empty;
            WeightSite half = site with { ElementType = ElementType.Float16, StorageType = site.StorageType == ElementType.Float32 ? ElementType.Float16 : site.StorageType };
            long size = site.Encoding == WeightEncoding.Plain ? site.ByteCount / 2 : site.ByteCount;
            return new WeightPlan(site, WeightAction.Convert, WeightEncodings.Describe(half), size + (kept.Length > 0 ? site.ByteCount : 0), remark) { Part = part };
        }

        string reason = BrokenWeight.Why(node) is { } broken ? broken
            : site.ElementType != ElementType.Float32 ? $"is already {site.ElementType}"
            : output.Uses.Select(use => decisions[use.Consumer] is { } decision ? Why(use, decision) : null).FirstOrDefault(why => why is not null)
                ?? "no operation accepts it as FP16";
        return new WeightPlan(site, WeightAction.Skip, encoding, site.ByteCount, reason);
    }

    private static string Why(ValueUse use, OperationDecision decision) => decision.Converts
        ? $"parameter '{use.Parameter}' of {use.Consumer.Type} stays FP32"
        : decision.Reason;

    private static void CheckResolved(PlanBuilder builder, IEnumerable<ProgramGraph> graphs)
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
}
