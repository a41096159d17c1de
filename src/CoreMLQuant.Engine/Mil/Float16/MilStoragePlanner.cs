using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Specification.Schema;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;

namespace CoreMLQuant.Mil.Float16;

/// <summary>
/// Plans an ML Program whose weights are stored in FP16 and widened to FP32 when the model is loaded
/// (<c>constexpr_cast</c>): half the bytes, the arithmetic as it was, no new overflow in activations.
/// </summary>
internal static class MilStoragePlanner
{
    // Below CoreML8 a constexpr's parameters are attributes, from then on inputs.
    private const int FirstOpsetWithInputs = 8;

    /// <summary>Decides about a stage.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="stage">A stage of <see cref="PlanBuilder.Specification"/> that is an ML Program. It is only read.</param>
    /// <param name="cancellationToken">Stops the reading of constants.</param>
    /// <returns>Edits the stage and records what becomes of each weight.</returns>
    public static Action Decide(PlanBuilder builder, PipelineStage stage, CancellationToken cancellationToken)
    {
        IReadOnlyList<ProgramGraph> graphs = ProgramGraph.Shared(stage.Model.MlProgram);
        var tensors = new TensorCatalog(builder.Source, builder.Payloads);
        using var ranges = ConstantRanges.StartScan(tensors, graphs, cancellationToken);
        ranges.Join();
        var decisions = new List<(ProgramGraph Graph, OperationNode Node, WeightSite Site, string? Reason)>();
        foreach (ProgramGraph graph in graphs)
        {
            foreach (OperationNode node in graph.Operations)
            {
                if (MilWeights.SiteOf(tensors, stage.Name, graph, node) is { } site)
                {
                    decisions.Add((graph, node, site, WhyNot(builder, node, site, ranges)));
                }
            }
        }

        return () => Edit(builder, stage, tensors, decisions);
    }

    private static void Edit(
        PlanBuilder builder, PipelineStage stage, TensorCatalog tensors, List<(ProgramGraph Graph, OperationNode Node, WeightSite Site, string? Reason)> decisions)
    {
        var converter = new ConstantConverter(builder, tensors, new Float16Types());
        int converted = 0;
        foreach ((ProgramGraph graph, OperationNode node, WeightSite site, string? reason) in decisions)
        {
            if (reason is not null)
            {
                builder.Add(WeightPlan.Skip(site, reason));
                continue;
            }

            Value value = node.ConstValue!;
            IMeasuredPart? part = converter.Convert(value, site.Name);
            TurnIntoCast(node.Message, value, Math.Max(Platform.OpsetNumber(graph.Opset), 6));
            WeightSite after = site with { Encoding = WeightEncoding.Cast, StorageType = ElementType.Float16 };
            builder.Add(new WeightPlan(site, WeightAction.Convert, WeightEncodings.Describe(after), site.ByteCount / 2, string.Empty) { Part = part });
            converted++;
        }

        if (converted > 0)
        {
            OpsetRise.To(builder, stage, 6, "storing weights in FP16 (constexpr_cast)");
        }
    }

    private static string? WhyNot(PlanBuilder builder, OperationNode node, WeightSite site, ConstantRanges ranges)
    {
        string? pattern = builder.Rules.Reason([site.Name, .. node.Outputs[0].Uses.SelectMany(use => new[] { use.Consumer.Type, use.Consumer.Name })]);
        if (BrokenWeight.Why(node) is { } broken)
        {
            return broken;
        }

        if (site.Encoding != WeightEncoding.Plain)
        {
            return "is already compressed";
        }

        Value constant = node.ConstValue!;
        if (site.ElementType != ElementType.Float32)
        {
            return $"is already {site.ElementType}";
        }

        return pattern
            ?? PlainOperands.WhyPlain(node.Outputs[0])
            ?? (constant.ValueCase != Value.ValueOneofCase.BlobFileValue ? "is stored in the specification and too small to matter" : null)
            ?? ranges.WhyNotStored(constant, node.Outputs[0]);
    }

    private static void TurnIntoCast(Operation operation, Value half, int opset)
    {
        operation.Type = "constexpr_cast";
        MilTypes.CompleteOutputTypes(operation);
        operation.Attributes.Remove("val");
        if (opset < FirstOpsetWithInputs)
        {
            operation.Attributes["source_val"] = half;
            operation.Attributes["output_dtype"] = MilTypes.Text("fp32");
        }
        else
        {
            operation.Inputs["source_val"] = Literal(half);
            operation.Inputs["output_dtype"] = Literal(MilTypes.Text("fp32"));
        }
    }

    private static Argument Literal(Value value) => new() { Arguments = { new Binding { Value = value } } };
}
