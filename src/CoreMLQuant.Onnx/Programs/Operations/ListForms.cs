using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Lists of tensors of one shape: a tensor with an axis in front that counts them.</summary>
internal static class ListForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Moving("make_list", Make),
        OperationForm.Moving("list_length", context => context.Graph.Reshape(context.Graph.SizeOf(context.Input("ls"), 0))),
        OperationForm.Moving("list_read", context => At(context, context.Graph.Reshape(context.Indices("index")))),
        OperationForm.Moving("list_gather", context => At(context, context.Indices("indices"))),
        OperationForm.Moving("list_write", context => Put(
            context, context.Graph.Reshape(context.Graph.Cast(context.Indices("index"), OnnxTensorType.Int64), 1), context.Graph.Unsqueeze(context.Input("value"), 0)))
            with { Trap = "Writing behind the end makes the list longer." },
        OperationForm.Moving("list_scatter", context => Put(context, context.Graph.AsInt64Vector(context.Indices("indices")), context.Input("value")))
            with { Trap = "Writing behind the end makes the list longer." },
    ];

    private static OnnxValue Make(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue length = context.Has("init_length") ? context.Sizes("init_length") : graph.Constants.Int64s([1]);
        OnnxValue shape = context.Has("elem_shape") ? graph.Concat([length, context.Sizes("elem_shape")], 0) : length;
        OnnxTensorType type = context.Text("dtype", "fp32") switch
        {
            "fp16" or "fp32" or "fp64" => OnnxTensorType.Float,
            "bool" => OnnxTensorType.Bool,
            _ => OnnxTensorType.Int32,
        };
        OnnxValue zero = type == OnnxTensorType.Float ? graph.Constants.Float(0) : graph.Constants.Integers([0], type, []);
        return graph.Expand(zero, shape);
    }

    private static OnnxValue At(OperationContext context, OnnxValue indices)
    {
        OnnxValue list = context.Input("ls");
        return context.Graph.Gather(list, context.Graph.Within(indices, list, 0), 0);
    }

    private static OnnxValue Put(OperationContext context, OnnxValue indices, OnnxValue values)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue list = context.Input("ls");
        int rank = context.Rank(list);
        OnnxValue needed = graph.Plus(graph.Reduce("ReduceMax", indices, null, keepDimensions: true), graph.Constants.Int64s([1]));
        OnnxValue missing = graph.Binary("Max", graph.Minus(needed, graph.SizeOf(list, 0)), graph.Constants.Int64s([0]));
        OnnxValue pads = graph.Concat([graph.Constants.Int64s([0]), missing], 0);
        OnnxValue grown = graph.Add("Pad", list.Type, [-1, .. list.Shape!.Skip(1)], [list, pads, null, graph.Constants.Int64s([0])]);
        return graph.Add(
            "ScatterND", list.Type, ShapeNodes.Unknown(rank), [grown, graph.Unsqueeze(indices, 1), graph.Cast(values, list.Type)]);
    }
}
