using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Nodes that move elements or tell shapes. Shapes are 64-bit vectors; what is static becomes a constant.</summary>
internal static class ShapeNodes
{
    /// <summary>The dimensions of a tensor.</summary>
    public static OnnxValue ShapeOf(this GraphBuilder graph, OnnxValue x) => x.IsStatic
        ? graph.Constants.Int64s(x.Shape!)
        : graph.Add("Shape", OnnxTensorType.Int64, x.Rank is { } rank ? [rank] : [-1], [x]);

    /// <summary>One dimension of a tensor, as a vector of one number.</summary>
    public static OnnxValue SizeOf(this GraphBuilder graph, OnnxValue x, int axis)
    {
        if (x.Dimension(axis) is >= 0 and var size)
        {
            return graph.Constants.Int64s([size]);
        }

        return graph.Add(
            "Shape", OnnxTensorType.Int64, [1], [x], OnnxAttributes.Integer("start", axis), OnnxAttributes.Integer("end", axis + 1));
    }

    /// <summary>Integers as a vector of 64-bit ones, whatever they come as.</summary>
    public static OnnxValue AsInt64Vector(this GraphBuilder graph, OnnxValue x)
    {
        OnnxValue wide = graph.Cast(x, OnnxTensorType.Int64);
        return wide.Rank == 0 ? graph.Vector(wide) : wide;
    }

    /// <summary>A scalar as a vector of one number.</summary>
    public static OnnxValue Vector(this GraphBuilder graph, OnnxValue scalar) => scalar.Known is { } known
        ? graph.Constants.Integers(known, scalar.Type, [1])
        : graph.Reshape(scalar, 1);

    /// <summary>Gives a tensor another shape; -1 is what remains.</summary>
    public static OnnxValue Reshape(this GraphBuilder graph, OnnxValue x, params long[] shape) =>
        graph.ReshapeTo(x, graph.Constants.Int64s(shape));

    /// <summary>Gives a tensor another shape; -1 is what remains, 0 means none.</summary>
    public static OnnxValue ReshapeTo(this GraphBuilder graph, OnnxValue x, OnnxValue shape)
    {
        IReadOnlyList<long>? known = shape.Known is { } dimensions
            ? Inferred(x, dimensions)
            : shape.Shape is [var rank and >= 0] ? Unknown((int)rank) : null;
        return graph.Add("Reshape", x.Type, known, [x, shape], OnnxAttributes.Flag("allowzero", shape.Known?.Contains(0) ?? false));
    }

    /// <summary>Reorders the axes.</summary>
    public static OnnxValue Transpose(this GraphBuilder graph, OnnxValue x, params int[] axes) =>
        axes.SequenceEqual(Enumerable.Range(0, axes.Length))
            ? x
            : graph.Add(
                "Transpose", x.Type, x.Shape is null ? null : axes.Select(x.Dimension).ToArray(), [x], OnnxAttributes.Integers("perm", axes.Select(axis => (long)axis)));

    /// <summary>Puts an axis elsewhere, the others in their order.</summary>
    public static OnnxValue MoveAxis(this GraphBuilder graph, OnnxValue x, int rank, int from, int to)
    {
        var axes = Enumerable.Range(0, rank).Where(axis => axis != from).ToList();
        axes.Insert(to, from);
        return graph.Transpose(x, axes.ToArray());
    }

    /// <summary>Adds axes of size 1; counted in the result.</summary>
    public static OnnxValue Unsqueeze(this GraphBuilder graph, OnnxValue x, params long[] axes)
    {
        if (axes.Length == 0)
        {
            return x;
        }

        List<long>? shape = null;
        if (x.Shape is { } own)
        {
            shape = [.. own];
            foreach (int axis in axes.Select(axis => ShapeArithmetic.Axis(axis, own.Count + axes.Length)).OrderBy(axis => axis))
            {
                shape.Insert(axis, 1);
            }
        }

        return graph.Add("Unsqueeze", x.Type, shape, [x, graph.Constants.Int64s(axes)]);
    }

    /// <summary>Removes axes of size 1.</summary>
    public static OnnxValue Squeeze(this GraphBuilder graph, OnnxValue x, params long[] axes)
    {
        if (axes.Length == 0)
        {
            return x;
        }

        IReadOnlyList<long>? shape = null;
        if (x.Shape is { } own)
        {
            var removed = new HashSet<int>(axes.Select(axis => ShapeArithmetic.Axis(axis, own.Count)));
            shape = own.Where((_, axis) => !removed.Contains(axis)).ToArray();
        }

        return shape is { Count: 0 } && x.Known is { } known
            ? graph.Constants.Integers(known, x.Type, [])
            : graph.Add("Squeeze", x.Type, shape, [x, graph.Constants.Int64s(axes)]);
    }

    /// <summary>Repeats axes of size 1 to a shape.</summary>
    public static OnnxValue Expand(this GraphBuilder graph, OnnxValue x, OnnxValue shape) => graph.Add(
        "Expand",
        x.Type,
        shape.Known is { } known ? ShapeArithmetic.Broadcast(x.Shape, known) : shape.Shape is [var rank and >= 0] ? Unknown((int)rank) : null,
        [x, shape]);

    /// <summary>Joins tensors along an axis; vectors of known integers stay known.</summary>
    public static OnnxValue Concat(this GraphBuilder graph, IReadOnlyList<OnnxValue> values, int axis)
    {
        if (values.Count == 1)
        {
            return values[0];
        }

        if (values.All(value => value.Known is not null && value.Rank == 1 && value.Type == values[0].Type))
        {
            long[] known = values.SelectMany(value => value.Known!).ToArray();
            return graph.Constants.Integers(known, values[0].Type, [known.Length]);
        }

        long[]? shape = null;
        if (values.All(value => value.Rank == values[0].Rank) && values[0].Shape is { } first)
        {
            // Where one tensor does not tell a size, another may.
            shape = Enumerable.Range(0, first.Count).Select(i => values.Max(value => value.Dimension(i))).ToArray();
            int at = ShapeArithmetic.Axis(axis, shape.Length);
            shape[at] = values.All(value => value.Dimension(at) >= 0) ? values.Sum(value => value.Dimension(at)) : -1;
        }

        return graph.Add("Concat", values[0].Type, shape, values.ToArray(), OnnxAttributes.Integer("axis", axis));
    }

    /// <summary>Cuts a range out of axes; ends that are too far are taken as the axis' end.</summary>
    public static OnnxValue Slice(this GraphBuilder graph, OnnxValue x, long[] starts, long[] ends, long[] axes, long[]? steps = null) =>
        graph.SliceBy(
            x,
            graph.Constants.Int64s(starts),
            graph.Constants.Int64s(ends),
            graph.Constants.Int64s(axes),
            graph.Constants.Int64s(steps ?? axes.Select(_ => 1L).ToArray()));

    /// <summary>Cuts a range out of axes, bounds and all being values.</summary>
    public static OnnxValue SliceBy(this GraphBuilder graph, OnnxValue x, OnnxValue starts, OnnxValue ends, OnnxValue axes, OnnxValue steps)
    {
        if (axes.Known is not { } cut || x.Shape is not { } shape)
        {
            return graph.Add("Slice", x.Type, x.Shape is null ? null : Unknown(x.Shape.Count), [x, starts, ends, axes, steps]);
        }

        long[] result = shape.ToArray();
        for (int i = 0; i < cut.Count; i++)
        {
            int axis = ShapeArithmetic.Axis(cut[i], result.Length);
            result[axis] = starts.Known is { } s && ends.Known is { } e && steps.Known is { } t ? Count(shape[axis], s[i], e[i], t[i]) : -1;
        }

        if (x.Known is { } known && x.Rank == 1 && starts.Known is [var start] && steps.Known is [var step] && result[0] >= 0)
        {
            long from = Bound(start, known.Count, step > 0 ? 0 : -1, step > 0 ? known.Count : known.Count - 1);
            long[] kept = Enumerable.Range(0, (int)result[0]).Select(i => known[(int)(from + (i * step))]).ToArray();
            return graph.Constants.Integers(kept, x.Type, [kept.Length]);
        }

        return graph.Add("Slice", x.Type, result, [x, starts, ends, axes, steps]);
    }

    /// <summary>Takes elements along an axis.</summary>
    public static OnnxValue Gather(this GraphBuilder graph, OnnxValue x, OnnxValue indices, int axis)
    {
        if (x.Known is { } known && x.Rank == 1 && indices.Known is { } wanted && indices.Rank <= 1
            && wanted.All(index => index >= -known.Count && index < known.Count))
        {
            return graph.Constants.Integers(
                wanted.Select(index => known[(int)(index < 0 ? index + known.Count : index)]).ToArray(), x.Type, indices.Shape!);
        }

        IReadOnlyList<long>? shape = x.Shape is { } own && indices.Shape is { } inner
            ? own.Take(axis).Concat(inner).Concat(own.Skip(axis + 1)).ToArray()
            : null;
        return graph.Add("Gather", x.Type, shape, [x, indices], OnnxAttributes.Integer("axis", axis));
    }

    /// <summary>Turns axes around.</summary>
    public static OnnxValue Reversed(this GraphBuilder graph, OnnxValue x, params long[] axes) => axes.Length == 0
        ? x
        : graph.Slice(x, Repeated(axes, -1), Repeated(axes, -int.MaxValue), axes, Repeated(axes, -1));

    /// <summary>Takes elements off the ends of the last two axes.</summary>
    public static OnnxValue Cropped(this GraphBuilder graph, OnnxValue x, long top, long bottom, long left, long right) => graph.Slice(
        x, [top, left], [bottom == 0 ? int.MaxValue : -bottom, right == 0 ? int.MaxValue : -right], [-2, -1]);

    /// <summary>Dimensions of which nothing is known.</summary>
    public static long[] Unknown(int rank) => Enumerable.Repeat(-1L, rank).ToArray();

    private static long[] Repeated(long[] axes, long value) => axes.Select(_ => value).ToArray();

    private static IReadOnlyList<long> Inferred(OnnxValue x, IReadOnlyList<long> wanted)
    {
        long[] shape = wanted.ToArray();
        int open = Array.IndexOf(shape, -1);
        long others = shape.Where(dimension => dimension >= 0).Aggregate(1L, (product, dimension) => product * dimension);
        if (open >= 0 && others > 0 && ShapeArithmetic.ElementCount(x.Shape) is >= 0 and var count)
        {
            shape[open] = count / others;
        }

        return shape;
    }

    private static long Count(long size, long start, long end, long step)
    {
        if (size < 0 || step == 0)
        {
            return -1;
        }

        long low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
        long from = Bound(start, size, low, high), to = Bound(end, size, low, high);
        long span = step > 0 ? to - from : from - to, stride = Math.Abs(step);
        return span <= 0 ? 0 : ((span - 1) / stride) + 1;
    }

    private static long Bound(long position, long size, long low, long high) =>
        Math.Min(Math.Max(position < 0 ? (position < -size ? -1 - size : position) + size : position, low), high);
}
