using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Mil.Compression;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Mil.Activations;

/// <summary>
/// Plans the quantization of an ML Program's activations. The pairs are where coremltools' passes put them (insert_prefix_quantize_dequantize_pair,
/// insert_suffix_quantize_dequantize_pair), in the form that its default passes bring them to.
/// </summary>
internal static class MilActivationPlanner
{
    private static readonly EncodingNeed Need = new(7, "the quantization of activations");

    /// <summary>Edits a stage of the plan's specification and records what becomes of each activation.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="stage">A stage of <see cref="PlanBuilder.Specification"/> that is an ML Program.</param>
    /// <param name="quantization">What is asked for.</param>
    /// <param name="ranges">The ranges; what is missing is noted, and the plan must not be used.</param>
    /// <param name="cancellationToken">Stops between functions.</param>
    public static void Plan(PlanBuilder builder, PipelineStage stage, ActivationQuantization quantization, RequiredRanges ranges, CancellationToken cancellationToken)
    {
        var choice = new ActivationChoice(quantization, builder.Rules, ranges);
        string? run = ProgramGraph.ToRun(stage.Model, null)?.FunctionName;
        ActivationGraph[] graphs = ProgramGraph.Of(stage.Model.MlProgram).Select(program =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            ranges.Enter(isRun: program.FunctionName == run);
            int known = ranges.Missing.Count;
            ActivationGraph graph = Placed(program, choice);

            // What data does not show - values inside loops and branches - is left alone; what should have been given is not.
            while (choice.LeaveUnseen(known))
            {
                graph = Placed(program, choice);
            }

            return graph;
        }).ToArray();
        if (choice.Left.Count > 0)
        {
            builder.Warn($"{(choice.Left.Count == 1 ? "1 operation keeps its" : $"{choice.Left.Count} operations keep their")} activations as floats, because calibration does not see all of them ('{choice.Left.First().Name}')");
        }

        TellPatternsWithoutEffect(builder, graphs);
        if (graphs.All(graph => graph.Added.Count == 0))
        {
            return;
        }

        OpsetRise.Check([.. graphs.Select(graph => graph.Program)], Need.Opset);
        foreach (ActivationGraph graph in graphs)
        {
            PairWriter.Write(graph);
            foreach (ActivationNode quantize in graph.Added.Where(node => node.IsQuantize))
            {
                builder.Add(PlanOf(stage, graph.Program, quantize, ranges));
            }
        }

        OpsetRise.To(builder, stage, Need.Opset, Need.Because);
    }

    /// <summary>Refuses a stage whose activations are to be quantized and whose opset has no operations for it. To be asked while the program still has the opset that it came with.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="stage">A stage of <see cref="PlanBuilder.Specification"/> that is an ML Program.</param>
    /// <param name="quantization">What is asked for.</param>
    /// <exception cref="RecipeException">The opset may not be raised.</exception>
    public static void RequireOpset(PlanBuilder builder, PipelineStage stage, ActivationQuantization quantization)
    {
        int[] opsets = ProgramGraph.Of(stage.Model.MlProgram).Select(program => Platform.OpsetNumber(program.Opset)).ToArray();
        if (Array.TrueForAll(opsets, opset => Need.IsMetBy(opset, builder.AllowOpsetUpgrade, builder.Recipe.NoOpsetUpgrade)) || !Needed(stage, quantization, builder.Rules).Any())
        {
            return;
        }

        Need.Check(opsets.Min(), builder.AllowOpsetUpgrade, builder.Recipe.NoOpsetUpgrade);
    }

    /// <summary>The names of the values of a stage whose ranges are needed, or share one that is.</summary>
    public static IEnumerable<string> Needed(PipelineStage stage, ActivationQuantization quantization, SelectionRules rules)
    {
        PlacedWithoutRanges(stage, quantization, rules, out RequiredRanges ranges);
        return ranges.Needed;
    }

    /// <summary>The names of the operations of a stage that get pairs, in their order.</summary>
    public static IEnumerable<string> Quantized(PipelineStage stage, ActivationQuantization quantization, SelectionRules rules) =>
        PlacedWithoutRanges(stage, quantization, rules, out _)
            .SelectMany(graph => graph.Operations)
            .Where(operation => OperandPairs.Admits(operation.Type) && operation.Inputs.Exists(input => input.Value.Maker is { IsDequantize: true, Source: null }))
            .Select(operation => operation.Source!.Name);

    private static ActivationGraph[] PlacedWithoutRanges(PipelineStage stage, ActivationQuantization quantization, SelectionRules rules, out RequiredRanges ranges)
    {
        ProgramGraph[] programs = ProgramGraph.Of(stage.Model.MlProgram).ToArray();
        ranges = new RequiredRanges(quantization, null, new SharedRanges(programs));
        var choice = new ActivationChoice(quantization, rules, ranges);
        return Array.ConvertAll(programs, program => Placed(program, choice));
    }

    // The result of a relu is quantized for the operations before and behind it: who excludes the relu expects otherwise.
    private static void TellPatternsWithoutEffect(PlanBuilder builder, IEnumerable<ActivationGraph> graphs)
    {
        OperationNode[] others = graphs.SelectMany(graph => graph.Program.Operations)
            .Where(operation => !operation.IsConst && !operation.IsConstexpr && !OperandPairs.Admits(operation.Type)).ToArray();
        foreach (NamePattern pattern in builder.Rules.UnmatchedPatterns)
        {
            if (Array.Find(others, operation => pattern.IsMatch(operation.Type) || pattern.IsMatch(operation.Name)) is { } matched)
            {
                builder.Rules.MarkUsed(pattern);
                builder.Warn($"'{pattern.Text}' has no effect: {matched.Type} '{matched.Name}' gets no pair of quantize and dequantize of its own; specify the operation before or after it ({string.Join(", ", OperandPairs.OperationTypes)})");
            }
        }
    }

    private static ActivationGraph Placed(ProgramGraph program, ActivationChoice choice)
    {
        var graph = new ActivationGraph(program);
        OperandPairs.Place(graph, choice);
        ResultPairs.Place(graph, choice);
        RedundantPairs.RemoveRoundTrips(graph);
        IntegerForms.ReshapeIntegers(graph);
        IntegerForms.OmitZeroPoints(graph);
        RedundantPairs.RemoveRoundTrips(graph);
        SumScales.Divide(graph);
        RedundantPairs.RemoveUnused(graph);
        RedundantPairs.MergeEqual(graph);
        return graph;
    }

    private static ActivationPlan PlanOf(PipelineStage stage, ProgramGraph program, ActivationNode quantize, RequiredRanges ranges)
    {
        ValueNode value = quantize.Inputs[0].Value.Origin;
        PairParameters parameters = quantize.Parameters!.Value;
        ActivationRange range = ranges.Used(value.Name);
        return new ActivationPlan(stage.Name, program.FunctionName, value.Name, parameters.Type.ToString(), range.Minimum, range.Maximum, parameters.Scale, parameters.ZeroPoint);
    }
}
