using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Branches, loops and copies: blobs are variables, so what a loop carries is what its networks write.</summary>
internal static class ControlFlowForms
{
    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.Copy, layer => Named(layer)),
        new LayerForm(Kind.Branch, Branch) { Trap = "Branches write blobs of the network around them." },
        new LayerForm(Kind.Loop, Loop) { Trap = "What a loop carries is whatever its networks write of the blobs around it." },
        new LayerForm(Kind.LoopBreak, layer => Leave(layer, breaks: true)),
        new LayerForm(Kind.LoopContinue, layer => Leave(layer, breaks: false)),
    ];

    // A name of its own: an output of the model may be the copy of another.
    private static OnnxValue Named(LayerContext layer)
    {
        OnnxValue copy = layer.Graph.Unary("Identity", layer.X);
        if (layer.Translator.Integers.Find(layer.X) is { } integers)
        {
            layer.Translator.Integers.Remember(copy, integers);
        }

        return copy;
    }

    private static IReadOnlyList<OnnxValue> Branch(LayerContext layer)
    {
        BranchLayerParams branch = layer.Layer.Message.Branch;
        NeuralNetwork yes = branch.IfBranch ?? new NeuralNetwork(), no = branch.ElseBranch ?? new NeuralNetwork();
        Conditional.Add(
            layer.Scope,
            Truth(layer.Graph, layer.X),
            scope => layer.Translator.Translate(yes.Layers, layer.Layer.Path + "/if/", scope),
            scope => layer.Translator.Translate(no.Layers, layer.Layer.Path + "/else/", scope),
            LoopExits.Written(yes.Layers.Concat(no.Layers)));
        return [];
    }

    private static IReadOnlyList<OnnxValue> Leave(LayerContext layer, bool breaks)
    {
        OnnxValue yes = layer.Graph.Constants.Integers([1], OnnxTensorType.Bool, []);
        layer.Scope.Write(LoopExits.Left, yes);
        if (breaks)
        {
            layer.Scope.Write(LoopExits.Broken, yes);
        }

        return [];
    }

    private static IReadOnlyList<OnnxValue> Loop(LayerContext layer)
    {
        LoopLayerParams loop = layer.Layer.Message.Loop;
        NeuralNetwork condition = loop.ConditionNetwork ?? new NeuralNetwork(), body = loop.BodyNetwork ?? new NeuralNetwork();
        OnnxValue? rounds = layer.InputCount > 0
            ? layer.Graph.Reshape(layer.Integers(0))
            : loop.MaxLoopIterations > 0 ? layer.Graph.Constants.Int64s([LayerContext.Count(loop.MaxLoopIterations)], isScalar: true) : null;
        if (rounds is null && loop.ConditionVar.Length == 0)
        {
            throw new NotTranslatableException("neither a condition nor a number of rounds ends it.");
        }

        // The condition is asked before the loop and again at the end of each round.
        OnnxValue begins = Condition(layer, layer.Scope);
        string[] written = LoopExits.Written(condition.Layers.Concat(body.Layers)).Where(name => layer.Scope.Find(name) is not null).ToArray();
        OnnxValue[] initial = written.Select(name => layer.Scope.Find(name)!).ToArray();
        IReadOnlyList<long>?[] shapes = initial.Select(value => value.Shape).ToArray();
        bool isStable = false;
        while (!isStable)
        {
            layer.Translator.Try(() => isStable = Widen(shapes, Round(shapes).Outputs.Skip(1).Select(value => value.Shape).ToArray()));
        }

        GraphBuilder inside = Round(shapes);
        OnnxValue[] outputs = initial.Zip(shapes, (value, shape) => new OnnxValue(value.Type, shape)).ToArray();
        layer.Graph.Origin = layer.Layer.Path;
        (IReadOnlyList<OnnxValue> none, IReadOnlyList<OnnxValue> handedOut) = layer.Graph.TakeFromRounds(inside);
        layer.Graph.AddNode("Loop", [rounds, begins, .. initial, .. none], [.. outputs, .. handedOut], [], [new("body", inside)]);
        for (int i = 0; i < written.Length; i++)
        {
            layer.Scope.Write(written[i], outputs[i]);
        }

        return [];

        GraphBuilder Round(IReadOnlyList<long>?[] carried)
        {
            GraphBuilder graph = layer.Graph.Nested();
            graph.AddInput(OnnxTensorType.Int64, []);
            graph.AddInput(OnnxTensorType.Bool, []);
            var scope = new NetworkScope(layer.Scope, graph);
            for (int i = 0; i < written.Length; i++)
            {
                scope.Write(written[i], graph.AddInput(initial[i].Type, carried[i]));
            }

            OnnxValue no = graph.Constants.Integers([0], OnnxTensorType.Bool, []);
            scope.Write(LoopExits.Left, no);
            scope.Write(LoopExits.Broken, no);
            layer.Translator.Translate(body.Layers, layer.Layer.Path + "/body/", scope);
            OnnxValue broken = scope.Find(LoopExits.Broken)!;
            OnnxValue goesOn = Condition(layer, scope);
            graph.Origin = layer.Layer.Path;
            graph.AddOutput(ReferenceEquals(broken, no) ? goesOn : graph.Truth("And", goesOn, graph.Not(broken)));
            foreach (string name in written)
            {
                graph.AddOutput(scope.Find(name)!);
            }

            return graph;
        }

        OnnxValue Condition(LayerContext context, NetworkScope where)
        {
            context.Translator.Translate(condition.Layers, context.Layer.Path + "/condition/", where);
            where.Graph.Origin = context.Layer.Path;
            return loop.ConditionVar.Length == 0
                ? where.Graph.Constants.Integers([1], OnnxTensorType.Bool, [])
                : Truth(where.Graph, where.Find(loop.ConditionVar) ?? throw new NotTranslatableException($"nothing makes its condition '{loop.ConditionVar}'."));
        }
    }

    // What a loop carries may change its sizes from round to round: those that a round changes are not known inside. Each time at least one
    // size or rank is forgotten, so there is an end.
    private static bool Widen(IReadOnlyList<long>?[] before, IReadOnlyList<long>?[] after)
    {
        bool isStable = true;
        for (int i = 0; i < before.Length; i++)
        {
            IReadOnlyList<long>? joined = Conditional.Common(before[i], after[i]);
            isStable &= joined is null ? before[i] is null : joined.SequenceEqual(before[i]!);
            before[i] = joined;
        }

        return isStable;
    }

    private static OnnxValue Truth(GraphBuilder graph, OnnxValue value)
    {
        OnnxValue truth = graph.Cast(value, OnnxTensorType.Bool);
        return truth.Rank == 0 ? truth : graph.Reshape(truth);
    }
}
