using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Operations that give a tensor another shape or put tensors together.</summary>
internal static class ShapeForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Moving("transpose", context => context.Graph.Transpose(
            context.Input("x"), context.Integers("perm").Select(axis => ShapeArithmetic.Axis(axis, context.Rank(context.Input("x")))).ToArray())),
        OperationForm.Moving("expand_dims", context => context.Graph.Unsqueeze(context.Input("x"), context.Integers("axes").ToArray())),
        OperationForm.Moving("squeeze", Squeeze),
        OperationForm.Moving("reshape", Reshape) with { Trap = "A size of 0 copies the input's." },
        OperationForm.Moving("reshape_like", ReshapeLike),
        OperationForm.Moving("flatten2d", Flatten),
        OperationForm.Moving("concat", Concat),
        OperationForm.Moving("stack", Stack),
        new OperationForm("split", Split) { IsExact = true },
        OperationForm.Moving("reverse", Reverse),
        OperationForm.Moving("reverse_sequence", ReverseSequence),
        OperationForm.Moving("sliding_windows", Windows),
    ];

    private static OnnxValue Squeeze(OperationContext context)
    {
        OnnxValue x = context.Input("x");
        if (context.Has("axes"))
        {
            return context.Graph.Squeeze(x, context.Integers("axes").ToArray());
        }

        return x.IsStatic
            ? context.Graph.Squeeze(x, Enumerable.Range(0, x.Shape!.Count).Where(axis => x.Shape[axis] == 1).Select(axis => (long)axis).ToArray())
            : context.Graph.Add("Squeeze", x.Type, ShapeNodes.Unknown(context.OutputShape().Count), [x]);
    }

    private static OnnxValue Reshape(OperationContext context)
    {
        OnnxValue x = context.Input("x"), shape = context.Sizes("shape");
        if (shape.Known?.Contains(0) == true && context.OutputShape() is { Count: > 0 } declared && declared.All(size => size > 0))
        {
            // Which sizes a 0 copies when the ranks differ is what the converter has worked out.
            return context.Graph.Reshape(x, declared.ToArray());
        }

        return shape.Known is { } known && x.IsStatic
            ? context.Graph.Reshape(x, known.Select((size, axis) => size == 0 && axis < x.Shape!.Count ? x.Shape[axis] : size).ToArray())
            : context.Graph.Add("Reshape", x.Type, shape.Dimension(0) is >= 0 and var rank ? ShapeNodes.Unknown((int)rank) : null, [x, shape]);
    }

    private static OnnxValue ReshapeLike(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        IReadOnlyList<OnnxValue> references = context.Inputs("ref_tensors");
        IReadOnlyList<long> begins = context.Integers("begins"), ends = context.Integers("ends"), masks = context.Integers("end_masks");
        if (begins.Count != references.Count || ends.Count != references.Count || masks.Count != references.Count)
        {
            throw new NotTranslatableException("its begins, ends and end_masks are not as many as its reference tensors.");
        }

        IEnumerable<OnnxValue> parts = references.Select((reference, i) => graph.Slice(
            graph.ShapeOf(reference), [begins[i]], [masks[i] != 0 ? int.MaxValue : ends[i]], [0]));
        return graph.ReshapeTo(context.Input("x"), graph.Concat(parts.ToArray(), 0));
    }

    private static OnnxValue Flatten(OperationContext context)
    {
        OnnxValue x = context.Input("x");
        return context.Graph.Add("Flatten", x.Type, [-1, -1], [x], OnnxAttributes.Integer("axis", context.Integer("axis", 1)));
    }

    private static OnnxValue Concat(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxTensorType type = context.OutputType().ToOnnx();
        OnnxValue[] values = context.Inputs("values").Select(value => graph.Cast(value, type)).ToArray();
        if (values.Any(value => value.Rank == 0))
        {
            values = values.Select(value => value.Rank == 0 ? graph.Vector(value) : value).ToArray();
        }

        if (values.Length == 0)
        {
            throw new NotTranslatableException("it has no values.");
        }

        int rank = context.Rank(values[0]), axis = ShapeArithmetic.Axis(context.Integer("axis"), rank);
        if (!context.Flag("interleave", false) || values.Length == 1)
        {
            return graph.Concat(values, axis);
        }

        // One of each in turn: side by side on an axis of their own, which then joins the other.
        OnnxValue joined = graph.Concat(values.Select(value => graph.Unsqueeze(value, axis + 1)).ToArray(), axis + 1);
        OnnxValue[] sizes = Enumerable.Range(0, rank).Select(i => i == axis ? graph.Constants.Int64s([-1]) : graph.SizeOf(values[0], i)).ToArray();
        return graph.ReshapeTo(joined, graph.Concat(sizes, 0));
    }

    private static OnnxValue Stack(OperationContext context)
    {
        IReadOnlyList<OnnxValue> values = context.Inputs("values");
        int axis = ShapeArithmetic.Axis(context.Integer("axis"), context.Rank(values.Count > 0 ? values[0] : context.Input("values")) + 1);
        return context.Graph.Concat(values.Select(value => context.Graph.Unsqueeze(value, axis)).ToArray(), axis);
    }

    private static IReadOnlyList<OnnxValue> Split(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x");
        int axis = ShapeArithmetic.Axis(context.Integer("axis"), context.Rank(x));
        int count = context.Node.Outputs.Count;
        if (count == 0)
        {
            throw new NotTranslatableException("it has no outputs.");
        }

        IReadOnlyList<long>? sizes = context.Has("split_sizes") ? context.Integers("split_sizes")
            : x.Dimension(axis) is >= 0 and var size && size % count == 0 ? Enumerable.Repeat(size / count, count).ToArray()
            : null;
        if (sizes is not null && sizes.Count != count)
        {
            throw new NotTranslatableException($"it has {count} outputs and {sizes.Count} sizes.");
        }

        OnnxValue[] parts = Enumerable.Range(0, count)
            .Select(i => new OnnxValue(x.Type, x.Shape!.Select((dimension, at) => at != axis ? dimension : sizes?[i] ?? -1).ToArray())).ToArray();
        graph.AddNode(
            "Split",
            [x, sizes is null ? null : graph.Constants.Int64s(sizes)],
            parts,
            sizes is null ? [OnnxAttributes.Integer("axis", axis), OnnxAttributes.Integer("num_outputs", count)] : [OnnxAttributes.Integer("axis", axis)],
            []);
        return parts;
    }

    private static OnnxValue Reverse(OperationContext context)
    {
        OnnxValue x = context.Input("x");
        long[] axes = context.Has("axes") ? context.Integers("axes").ToArray() : Enumerable.Range(0, context.Rank(x)).Select(axis => (long)axis).ToArray();
        return context.Graph.Reversed(x, axes);
    }

    private static OnnxValue ReverseSequence(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x"), lengths = graph.Cast(context.Input("lengths"), OnnxTensorType.Int64);
        int rank = context.Rank(x), time = ShapeArithmetic.Axis(context.Integer("seq_axis", 0), rank), batch = ShapeArithmetic.Axis(context.Integer("batch_axis", 0), rank);

        // The operator knows time and batch as the first two axes only.
        int[] order = [time, batch, .. Enumerable.Range(0, rank).Where(axis => axis != time && axis != batch)];
        OnnxValue moved = graph.Transpose(x, order);
        OnnxValue reversed = graph.Add(
            "ReverseSequence", x.Type, moved.Shape, [moved, lengths], OnnxAttributes.Integer("time_axis", 0), OnnxAttributes.Integer("batch_axis", 1));
        return graph.Transpose(reversed, Enumerable.Range(0, rank).Select(axis => System.Array.IndexOf(order, axis)).ToArray());
    }

    private static OnnxValue Windows(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x");
        int axis = ShapeArithmetic.Axis(context.Integer("axis"), context.Rank(x));
        long size = context.Integer("size"), stride = context.Integer("stride", 1);
        if (size < 1 || stride < 1)
        {
            throw new NotTranslatableException("its size and stride must be at least 1.");
        }

        OnnxValue count = graph.Plus(
            graph.Over(graph.Minus(graph.SizeOf(x, axis), graph.Constants.Int64s([size])), graph.Constants.Int64s([stride])), graph.Constants.Int64s([1]));
        OnnxValue starts = graph.Times(graph.Unsqueeze(graph.Range(count), 1), graph.Constants.Int64s([stride]));
        OnnxValue indices = graph.Plus(starts, graph.Unsqueeze(graph.Range(graph.Constants.Int64s([size])), 0));
        return graph.Gather(x, indices, axis);
    }
}
