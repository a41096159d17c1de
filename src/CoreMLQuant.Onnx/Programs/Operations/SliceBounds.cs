using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>
/// The bounds of <c>slice_by_index</c> and <c>slice_update</c>: for each axis where to begin, where to end and how far to step, masks that
/// mean the whole axis, and axes of which one element is taken. Strides and masks are constants, bounds may be computed.
/// </summary>
internal sealed class SliceBounds
{
    private readonly OnnxValue _begin;
    private readonly OnnxValue _end;
    private readonly IReadOnlyList<long> _strides;
    private readonly IReadOnlyList<bool> _fromStart;
    private readonly IReadOnlyList<bool> _toEnd;
    private readonly IReadOnlyList<bool> _squeezed;

    private SliceBounds(OnnxValue begin, OnnxValue end, IReadOnlyList<long> strides, IReadOnlyList<bool> fromStart, IReadOnlyList<bool> toEnd, IReadOnlyList<bool> squeezed)
    {
        _begin = begin;
        _end = end;
        _strides = strides;
        _fromStart = fromStart;
        _toEnd = toEnd;
        _squeezed = squeezed;
    }

    private int Rank => _strides.Count;

    /// <summary>Reads an operation's bounds.</summary>
    public static SliceBounds Of(OperationContext context)
    {
        int rank = context.Rank(context.Input("x"));
        IReadOnlyList<long> strides = context.Has("stride") ? context.Integers("stride") : Enumerable.Repeat(1L, rank).ToArray();
        bool[] fromStart = Mask("begin_mask"), toEnd = Mask("end_mask"), squeezed = Mask("squeeze_mask");
        OnnxValue begin = context.Sizes("begin"), end = context.Sizes("end");
        return new long[] { strides.Count, fromStart.Length, toEnd.Length, squeezed.Length, begin.Dimension(0), end.Dimension(0) }.All(count => count == rank) && strides.All(stride => stride != 0)
            ? new SliceBounds(begin, end, strides, fromStart, toEnd, squeezed)
            : throw new NotTranslatableException($"its bounds are not those of {rank} axes.");

        bool[] Mask(string name) => context.Has(name) ? context.Integers(name).Select(flag => flag != 0).ToArray() : new bool[rank];
    }

    /// <summary>Cuts the part out.</summary>
    public OnnxValue Cut(GraphBuilder graph, OnnxValue x) =>
        graph.Squeeze(CutKeepingAxes(graph, x), Enumerable.Range(0, Rank).Where(axis => _squeezed[axis]).Select(axis => (long)axis).ToArray());

    /// <summary>Puts a part in.</summary>
    public OnnxValue Replace(GraphBuilder graph, OnnxValue x, OnnxValue update)
    {
        int[] cut = Enumerable.Range(0, Rank).Where(axis => !IsWhole(x, axis)).ToArray();
        OnnxValue part = graph.Unsqueeze(update, Enumerable.Range(0, Rank).Where(axis => _squeezed[axis]).Select(axis => (long)axis).ToArray());
        if (cut.Length == 0)
        {
            return graph.Expand(part, graph.ShapeOf(x));
        }

        return cut.Length == 1 && _strides[cut[0]] == 1 ? Joined(graph, x, part, cut[0]) : Scattered(graph, x, part);
    }

    // What comes before, the part, what comes after: the way of a cache of keys and values, which grows along one axis.
    private OnnxValue Joined(GraphBuilder graph, OnnxValue x, OnnxValue part, int axis)
    {
        (OnnxValue starts, OnnxValue ends) = (Starts(graph), Ends(graph));
        OnnxValue at = graph.Constants.Int64s([axis]), one = graph.Constants.Int64s([1]), which = graph.Constants.Int64s([axis]);
        OnnxValue start = graph.Gather(starts, which, 0), end = graph.Gather(ends, which, 0);
        OnnxValue before = graph.SliceBy(x, graph.Constants.Int64s([0]), start, at, one);
        OnnxValue after = graph.SliceBy(x, end, graph.Constants.Int64s([int.MaxValue]), at, one);
        OnnxValue joined = graph.Concat([before, part, after], axis);
        joined.Declare(x.Shape!);
        return joined;
    }

    private OnnxValue Scattered(GraphBuilder graph, OnnxValue x, OnnxValue part)
    {
        OnnxValue shape = graph.ShapeOf(x);
        OnnxValue places = graph.ReshapeTo(graph.Range(graph.Add("Size", OnnxTensorType.Int64, [], [x])), shape);
        OnnxValue cut = CutKeepingAxes(graph, places);
        OnnxValue updates = graph.Reshape(graph.Expand(part, graph.ShapeOf(cut)), -1);
        OnnxValue flat = graph.Add(
            "ScatterElements", x.Type, [-1], [graph.Reshape(x, -1), graph.Reshape(cut, -1), updates], OnnxAttributes.Integer("axis", 0));
        return graph.ReshapeTo(flat, shape);
    }

    private OnnxValue CutKeepingAxes(GraphBuilder graph, OnnxValue x) => graph.SliceBy(
        x, Starts(graph), Ends(graph), graph.Constants.Int64s(Enumerable.Range(0, Rank).Select(axis => (long)axis).ToArray()), graph.Constants.Int64s(_strides));

    private OnnxValue Starts(GraphBuilder graph) =>
        Chosen(graph, _begin, Enumerable.Range(0, Rank).Select(axis => _fromStart[axis] && !_squeezed[axis]).ToArray(), axis => _strides[axis] > 0 ? 0 : int.MaxValue);

    private OnnxValue Ends(GraphBuilder graph)
    {
        OnnxValue end = Chosen(graph, _end, _toEnd, axis => _strides[axis] > 0 ? int.MaxValue : -int.MaxValue);
        if (!_squeezed.Contains(true))
        {
            return end;
        }

        // One element: up to the next, and to the end for the last one, whose next would be 0.
        if (_begin.Known is { } known && end.Known is { } ends)
        {
            return graph.Constants.Int64s(ends.Select((value, axis) => !_squeezed[axis] ? value : known[axis] == -1 ? int.MaxValue : known[axis] + 1).ToArray());
        }

        OnnxValue next = graph.Plus(_begin, graph.Constants.Int64s([1]));
        OnnxValue one = graph.Where(graph.Truth("Equal", _begin, graph.Constants.Int64s([-1])), graph.Constants.Int64s([int.MaxValue]), next);
        return graph.Where(graph.Constants.Integers(_squeezed.Select(flag => flag ? 1L : 0L).ToArray(), OnnxTensorType.Bool, [Rank]), one, end);
    }

    private static OnnxValue Chosen(GraphBuilder graph, OnnxValue bound, IReadOnlyList<bool> mask, System.Func<int, long> whole)
    {
        if (!mask.Contains(true))
        {
            return bound;
        }

        long[] wholes = Enumerable.Range(0, mask.Count).Select(whole).ToArray();
        return bound.Known is { } known
            ? graph.Constants.Int64s(known.Select((value, axis) => mask[axis] ? wholes[axis] : value).ToArray())
            : mask.All(flag => flag)
                ? graph.Constants.Int64s(wholes)
                : graph.Where(
                    graph.Constants.Integers(mask.Select(flag => flag ? 1L : 0L).ToArray(), OnnxTensorType.Bool, [mask.Count]), graph.Constants.Int64s(wholes), bound);
    }

    private bool IsWhole(OnnxValue x, int axis) => !_squeezed[axis] && _strides[axis] == 1
        && (_fromStart[axis] || _begin.Known?[axis] == 0)
        && (_toEnd[axis] || (x.Dimension(axis) is >= 0 and var size && _end.Known?[axis] >= size));
}
