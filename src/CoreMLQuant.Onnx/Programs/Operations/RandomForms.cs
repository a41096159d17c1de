using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Onnx.Schema;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>
/// Random numbers. The generator is the session's own, so numbers never equal Core ML's; with a seed, which they get when the model gives none,
/// they are the same in every session.
/// </summary>
internal static class RandomForms
{
    private const string Trap = "Drawn by another generator: distributions match, numbers do not.";

    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Of("random_uniform", context => Scaled(
            context, Draw(context, "RandomUniformLike"), context.Number("high", 1) - context.Number("low", 0), context.Number("low", 0))) with { Trap = Trap },
        OperationForm.Of("random_normal", context => Scaled(
            context, Draw(context, "RandomNormalLike"), context.Number("stddev", 1), context.Number("mean", 0))) with { Trap = Trap },
        OperationForm.Of("random_bernoulli", context => context.Graph.Truth(
            "Less", Draw(context, "RandomUniformLike"), context.Graph.Constants.Float(context.Number("prob", 0.5f)))) with { Trap = Trap },
        OperationForm.Of("random_categorical", Categorical) with { Trap = Trap },
    ];

    // Scaled afterwards: a session ends the process for a deviation of 0.
    private static OnnxValue Scaled(OperationContext context, OnnxValue x, float factor, float offset) =>
        context.Graph.Plus(context.Graph.Times(x, context.Graph.Constants.Float(factor)), context.Graph.Constants.Float(offset));

    private static OnnxValue Draw(OperationContext context, string operatorType)
    {
        OnnxValue model = context.Graph.Expand(context.Graph.Constants.Float(0), context.Sizes("shape"));
        return context.Graph.Add(operatorType, OnnxTensorType.Float, model.Shape, [model], Seed(context));
    }

    private static OnnxValue Categorical(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x");
        long size = context.Integer("size", 1);
        OnnxValue logits = context.Text("mode", "logits") == "probs" ? graph.Unary("Log", x) : x;
        int rank = context.Rank(x);
        OnnxValue flat = graph.ReshapeTo(logits, graph.Concat([graph.Constants.Int64s([-1]), graph.SizeOf(x, rank - 1)], 0));
        OnnxValue drawn = graph.Add(
            "Multinomial", OnnxTensorType.Int32, [-1, size], [flat], OnnxAttributes.Integer("sample_size", size), OnnxAttributes.Integer("dtype", (long)OnnxTensorType.Int32), Seed(context));
        OnnxValue[] sizes = Enumerable.Range(0, rank - 1).Select(axis => graph.SizeOf(x, axis)).ToArray();
        return graph.ReshapeTo(drawn, graph.Concat([.. sizes, graph.Constants.Int64s([size])], 0));
    }

    private static AttributeProto Seed(OperationContext context) =>
        OnnxAttributes.Number("seed", context.Integer("seed", -1) is >= 0 and var seed ? seed : 0);
}
