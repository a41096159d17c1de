using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Branches and loops. States that their blocks write go in and out beside the declared values.</summary>
internal static class ControlFlowForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        new OperationForm("cond", Branch) { IsExact = true },
        new OperationForm("while_loop", Loop) { IsExact = true, Trap = "What a loop carries may change its shape, so no shapes are declared inside." },
    ];

    private static IReadOnlyList<OnnxValue> Branch(OperationContext context)
    {
        (Block yes, Block no) = Blocks(context);
        ValueNode[] states = States(context);
        GraphBuilder thenGraph = BlockGraph(yes, out IReadOnlyList<OnnxValue> thenOutputs), elseGraph = BlockGraph(no, out IReadOnlyList<OnnxValue> elseOutputs);
        if (thenOutputs.Count != elseOutputs.Count)
        {
            throw new NotTranslatableException($"its branches give {thenOutputs.Count} and {elseOutputs.Count} values.");
        }

        OnnxValue[] outputs = thenOutputs.Zip(elseOutputs, (one, other) => new OnnxValue(one.Type, Common(one.Shape, other.Shape))).ToArray();
        IReadOnlyList<OnnxValue> handedOut = context.Graph.TakeFromBranches(thenGraph, elseGraph);
        context.Graph.AddNode(
            "If", [Scalar(context, context.Input("pred"))], [.. outputs, .. handedOut], [], [new("then_branch", thenGraph), new("else_branch", elseGraph)]);
        return WithStates(context, outputs, states);

        GraphBuilder BlockGraph(Block block, out IReadOnlyList<OnnxValue> results)
        {
            GraphBuilder graph = context.Graph.Nested();
            var scope = new ProgramScope(context.Scope, graph);
            IReadOnlyList<OnnxValue> given = context.Blocks.Translate(block, scope, []);
            results = given.Concat(states.Select(state => scope.State(state)!)).Select(value => graph.AddOutput(value)).ToArray();
            context.Blocks.NestedTaps.HandOut(block, scope);
            return graph;
        }
    }

    private static IReadOnlyList<OnnxValue> Loop(OperationContext context)
    {
        (Block condition, Block body) = Blocks(context);
        ValueNode[] states = States(context);
        OnnxValue[] initial = [.. context.Inputs("loop_vars"), .. states.Select(state => context.Scope.State(state)!)];
        int declared = initial.Length - states.Length;
        OnnxValue begins = Condition(context, condition, context.Scope, context.Graph, initial.Take(declared).ToArray());

        GraphBuilder inside = context.Graph.Nested();
        inside.AddInput(OnnxTensorType.Int64, []);
        inside.AddInput(OnnxTensorType.Bool, []);
        OnnxValue[] carried = initial.Select(value => inside.AddInput(value.Type, value.Rank is { } rank ? ShapeNodes.Unknown(rank) : null)).ToArray();
        var scope = new ProgramScope(context.Scope, inside);
        for (int i = 0; i < states.Length; i++)
        {
            scope.Write(states[i], carried[declared + i]);
        }

        OnnxValue[] next = context.Blocks.Translate(body, scope, carried.Take(declared).ToArray())
            .Zip(initial, (value, first) => inside.Cast(value, first.Type)).ToArray();
        if (next.Length != declared)
        {
            throw new NotTranslatableException($"its body gives {next.Length} values of {declared}.");
        }

        OnnxValue goesOn = Condition(context, condition, scope, inside, next);
        inside.AddOutput(goesOn);
        next.Concat(states.Select(state => scope.State(state)!)).ToList().ForEach(value => inside.AddOutput(value));
        context.Blocks.NestedTaps.HandOut(body, scope);
        (IReadOnlyList<OnnxValue> none, IReadOnlyList<OnnxValue> handedOut) = context.Graph.TakeFromRounds(inside);
        OnnxValue[] outputs = initial.Select(value => new OnnxValue(value.Type, value.Rank is { } rank ? ShapeNodes.Unknown(rank) : null)).ToArray();
        context.Graph.AddNode("Loop", [null, begins, .. initial, .. none], [.. outputs, .. handedOut], [], [new("body", inside)]);
        return WithStates(context, outputs, states);
    }

    // The condition is asked before the loop and again at the end of each round, of the values that the next one would begin with.
    private static OnnxValue Condition(OperationContext context, Block condition, ProgramScope outer, GraphBuilder graph, IReadOnlyList<OnnxValue> values)
    {
        IReadOnlyList<OnnxValue> results = context.Blocks.Translate(condition, new ProgramScope(outer, graph), values);
        return results.Count == 1 ? Truth(graph, results[0]) : throw new NotTranslatableException($"its condition gives {results.Count} values.");
    }

    private static OnnxValue Scalar(OperationContext context, OnnxValue value) => Truth(context.Graph, value);

    private static OnnxValue Truth(GraphBuilder graph, OnnxValue value)
    {
        OnnxValue truth = graph.Cast(value, OnnxTensorType.Bool);
        return truth.Rank == 0 ? truth : graph.Reshape(truth);
    }

    private static ValueNode[] States(OperationContext context) =>
        context.Node.Message.Blocks.SelectMany(context.Blocks.StatesWritten).Distinct().ToArray();

    private static IReadOnlyList<OnnxValue> WithStates(OperationContext context, OnnxValue[] outputs, ValueNode[] states)
    {
        int declared = outputs.Length - states.Length;
        for (int i = 0; i < states.Length; i++)
        {
            context.Scope.Write(states[i], outputs[declared + i]);
        }

        return outputs.Take(declared).ToArray();
    }

    private static (Block First, Block Second) Blocks(OperationContext context) => context.Node.Message.Blocks is [var first, var second]
        ? (first, second)
        : throw new NotTranslatableException($"it has {context.Node.Message.Blocks.Count} blocks; 2 are needed.");

    private static IReadOnlyList<long>? Common(IReadOnlyList<long>? one, IReadOnlyList<long>? other) => one is not null && other is not null && one.Count == other.Count
        ? one.Zip(other, (a, b) => a == b ? a : -1).ToArray()
        : null;
}
