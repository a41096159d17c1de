using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Onnx.Schema;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Operations that put elements by index.</summary>
internal static class ScatterForms
{
    private const string Trap = "Of several updates of one place the last one in memory wins; Core ML leaves it undefined.";

    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Of("scatter", Scatter) with { Trap = Trap },
        OperationForm.Of("scatter_along_axis", AlongAxis) with { Trap = Trap },
        OperationForm.Of("scatter_nd", ByPositions) with { Trap = Trap },
    ];

    private static OnnxValue Scatter(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue data = context.Input("data"), indices = graph.Cast(context.Indices("indices"), OnnxTensorType.Int64);
        int rank = context.Rank(data), indexRank = context.Rank(indices);
        int axis = ShapeArithmetic.Axis(context.Integer("axis", 0), rank);
        (OnnxValue updates, AttributeProto[] reduction) = Updates(context);

        // ScatterND puts along the first axis: the indices' axes of the updates go to the front with it.
        int[] order = [.. Enumerable.Range(axis, indexRank), .. Enumerable.Range(0, axis), .. Enumerable.Range(axis + indexRank, rank - 1 - axis)];
        OnnxValue moved = graph.MoveAxis(data, rank, axis, 0);
        OnnxValue positions = graph.Unsqueeze(graph.Within(indices, data, axis), indexRank);
        OnnxValue scattered = graph.Add("ScatterND", data.Type, moved.Shape, [moved, positions, graph.Transpose(updates, order)], reduction);
        return graph.MoveAxis(scattered, rank, 0, axis);
    }

    private static OnnxValue AlongAxis(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue data = context.Input("data");
        int axis = ShapeArithmetic.Axis(context.Integer("axis", 0), context.Rank(data));
        (OnnxValue updates, AttributeProto[] reduction) = Updates(context);
        return graph.Add(
            "ScatterElements",
            data.Type,
            data.Shape,
            [data, graph.Within(context.Indices("indices"), data, axis), updates],
            [OnnxAttributes.Integer("axis", axis), .. reduction]);
    }

    private static OnnxValue ByPositions(OperationContext context)
    {
        OnnxValue data = context.Input("data");
        (OnnxValue updates, AttributeProto[] reduction) = Updates(context);
        return context.Graph.Add("ScatterND", data.Type, data.Shape, [data, GatherForms.Positions(context, data, 0), updates], reduction);
    }

    private static (OnnxValue Updates, AttributeProto[] Reduction) Updates(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue updates = graph.Cast(context.Input("updates"), context.Input("data").Type);
        return context.Text("mode", "add") switch
        {
            "update" => (updates, []),
            "add" => (updates, Reduction("add")),
            "sub" => (graph.Unary("Neg", updates), Reduction("add")),
            "mul" => (updates, Reduction("mul")),
            "div" when updates.IsFloat => (graph.Unary("Reciprocal", updates), Reduction("mul")),
            "max" => (updates, Reduction("max")),
            "min" => (updates, Reduction("min")),
            var mode => throw new NotTranslatableException($"its mode '{mode}' has no translation for these values."),
        };
    }

    private static AttributeProto[] Reduction(string kind) => [OnnxAttributes.Text("reduction", kind)];
}
