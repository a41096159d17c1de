using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Onnx.Schema;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Operations that make tensors, order or count their elements.</summary>
internal static class TensorForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Moving("fill", context => context.Graph.Expand(Value(context), context.Sizes("shape"))),
        OperationForm.Moving("fill_like", context => context.Graph.Expand(Value(context), context.Graph.ShapeOf(context.Input("ref_tensor")))),
        OperationForm.Moving("tile", Tile),
        OperationForm.Moving("range_1d", Range),
        OperationForm.Moving("shape", context => context.Graph.ShapeOf(context.Input("x"))),
        OperationForm.Moving("pad", Pad) with { Trap = "Pads the last axes, pairs of start and end." },
        OperationForm.Moving("one_hot", OneHot) with { Trap = "An index outside gives a row of off values." },
        OperationForm.Moving("non_zero", context => context.Graph.Transpose(
            context.Graph.Add("NonZero", OnnxTensorType.Int64, [context.Rank(context.Input("x")), -1], [context.Input("x")]), 1, 0)),
        OperationForm.Moving("band_part", Band),
        OperationForm.Of("cumsum", Cumulated),
        OperationForm.Moving("argsort", context => Sorted(context, context.Graph.SizeOf(context.Input("x"), Axis(context)))[1]) with { Trap = "Equal ones keep their order." },
        new OperationForm("topk", Largest) { IsExact = true, Trap = "Equal ones keep their order." },
    ];

    private static OnnxValue Value(OperationContext context) => context.Graph.Cast(
        context.Optional("value") ?? context.Graph.Constants.Float(0), context.OutputType().ToOnnx());

    private static OnnxValue Tile(OperationContext context)
    {
        OnnxValue x = context.Input("x"), counts = context.Sizes("reps");
        IReadOnlyList<long>? shape = counts.Known is { } known && x.Shape is { } own && known.Count == own.Count
            ? own.Zip(known, (size, count) => size < 0 ? -1 : checked(size * count)).ToArray()
            : null;
        return context.Graph.Add("Tile", x.Type, shape, [x, counts]);
    }

    private static OnnxValue Range(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxTensorType type = context.OutputType().ToOnnx();
        return graph.Add("Range", type, [-1], [Scalar("start"), Scalar("end"), Scalar("step")]);

        OnnxValue Scalar(string name) => graph.Cast(context.Input(name), type) is { Rank: 0 } scalar ? scalar : graph.Reshape(graph.Cast(context.Input(name), type));
    }

    private static OnnxValue Pad(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x"), pad = context.Sizes("pad");
        if (pad.Dimension(0) is not (>= 0 and var count) || count % 2 != 0)
        {
            throw new NotTranslatableException("the number of its pads is not known or odd.");
        }

        int padded = (int)(count / 2), rank = context.Rank(x);
        OnnxValue pads = pad.Known is { } known
            ? graph.Constants.Int64s([.. Enumerable.Range(0, padded).Select(i => known[2 * i]), .. Enumerable.Range(0, padded).Select(i => known[(2 * i) + 1])])
            : graph.Reshape(graph.Transpose(graph.Reshape(pad, padded, 2), 1, 0), count);
        OnnxValue axes = graph.Constants.Int64s(Enumerable.Range(rank - padded, padded).Select(axis => (long)axis).ToArray());
        string mode = context.Text("mode", "constant") switch
        {
            "constant" => "constant",
            "reflect" => "reflect",
            "replicate" => "edge",
            var other => throw new NotTranslatableException($"its mode '{other}' is not known."),
        };
        OnnxValue? filler = mode == "constant" && context.Optional("constant_val") is { } value ? graph.Cast(value, x.Type) : null;
        return graph.Add("Pad", x.Type, null, [x, pads, filler, axes], OnnxAttributes.Text("mode", mode));
    }

    private static OnnxValue OneHot(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue indices = graph.Cast(context.Indices("indices"), OnnxTensorType.Int64);
        int rank = context.Rank(indices) + 1, axis = ShapeArithmetic.Axis(context.Integer("axis", -1), rank);
        OnnxValue positions = graph.Reshape(
            graph.Range(context.Sizes("one_hot_vector_size")), [.. Enumerable.Repeat(1L, axis), -1, .. Enumerable.Repeat(1L, rank - 1 - axis)]);
        OnnxValue isHot = graph.Truth("Equal", graph.Unsqueeze(indices, axis), positions);
        OnnxTensorType type = context.OutputType().ToOnnx();
        return graph.Where(isHot, Choice("on_value", 1), Choice("off_value", 0));

        OnnxValue Choice(string name, float otherwise) => graph.Cast(context.Optional(name) ?? graph.Constants.Float(otherwise), type);
    }

    private static OnnxValue Band(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x");
        int rank = context.Rank(x);
        OnnxValue row = graph.Unsqueeze(graph.Range(graph.SizeOf(x, rank - 2)), 1), column = graph.Unsqueeze(graph.Range(graph.SizeOf(x, rank - 1)), 0);
        OnnxValue? isKept = null;
        foreach ((string name, OnnxValue distance) in new[] { ("lower", graph.Minus(row, column)), ("upper", graph.Minus(column, row)) })
        {
            if (context.Integer(name, -1) is >= 0 and var bound)
            {
                OnnxValue within = graph.Truth("LessOrEqual", distance, graph.Like(distance, bound));
                isKept = isKept is null ? within : graph.Truth("And", isKept, within);
            }
        }

        return isKept is null ? x : graph.Where(isKept, x, graph.Like(x, 0));
    }

    private static OnnxValue Cumulated(OperationContext context)
    {
        OnnxValue x = context.Input("x");
        return context.Graph.Add(
            "CumSum",
            x.Type,
            x.Shape,
            [x, context.Graph.Constants.Int64s([context.Integer("axis", 0)], isScalar: true)],
            OnnxAttributes.Flag("exclusive", context.Flag("exclusive", false)),
            OnnxAttributes.Flag("reverse", context.Flag("reverse", false)));
    }

    private static IReadOnlyList<OnnxValue> Largest(OperationContext context)
    {
        OnnxValue count = context.Has("k") ? context.Sizes("k") : context.Graph.Constants.Int64s([1]);
        return Sorted(context, count.Known is [-1] ? context.Graph.SizeOf(context.Input("x"), Axis(context)) : count);
    }

    private static IReadOnlyList<OnnxValue> Sorted(OperationContext context, OnnxValue count)
    {
        OnnxValue x = context.Input("x");
        int axis = Axis(context);
        long[]? shape = x.Shape?.ToArray();
        if (shape is not null)
        {
            shape[axis] = count.Known is [var known] ? known : -1;
        }

        OnnxValue values = new(x.Type, shape), indices = new(OnnxTensorType.Int64, shape);
        AttributeProto[] attributes = [OnnxAttributes.Integer("axis", axis), OnnxAttributes.Flag("largest", !context.Flag("ascending", false))];
        context.Graph.AddNode("TopK", [x, count], [values, indices], attributes, []);
        return [values, indices];
    }

    private static int Axis(OperationContext context) => ShapeArithmetic.Axis(context.Integer("axis", -1), context.Rank(context.Input("x")));
}
