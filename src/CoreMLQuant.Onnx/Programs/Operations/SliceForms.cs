using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Operations that cut a part out of a tensor, or put one in.</summary>
internal static class SliceForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Moving("slice_by_index", context => SliceBounds.Of(context).Cut(context.Graph, context.Input("x"))),
        OperationForm.Moving("slice_by_size", BySize),
        OperationForm.Moving("slice_update", context => SliceBounds.Of(context).Replace(context.Graph, context.Input("x"), context.Input("update"))),
        OperationForm.Moving("crop", Crop),
    ];

    private static OnnxValue BySize(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x"), begin = context.Sizes("begin"), size = context.Sizes("size");
        int rank = context.Rank(x);
        OnnxValue axes = graph.Constants.Int64s(Enumerable.Range(0, rank).Select(axis => (long)axis).ToArray());
        OnnxValue ones = graph.Constants.Int64s(Enumerable.Repeat(1L, rank).ToArray());
        if (begin.Known is { } starts && size.Known is { } sizes)
        {
            long[] ends = starts.Zip(sizes, (start, count) => count < 0 || start + count == 0 ? int.MaxValue : start + count).ToArray();
            return graph.SliceBy(x, begin, graph.Constants.Int64s(ends), axes, ones);
        }

        OnnxValue toEnd = graph.Truth("Equal", size, graph.Constants.Int64s([-1]));
        OnnxValue end = graph.Where(toEnd, graph.Constants.Int64s([int.MaxValue]), graph.Plus(begin, size));
        return graph.SliceBy(x, begin, end, axes, ones);
    }

    private static OnnxValue Crop(OperationContext context)
    {
        IReadOnlyList<long> height = context.Integers("crop_height"), width = context.Integers("crop_width");
        return height.Count == 2 && width.Count == 2
            ? context.Graph.Cropped(context.Input("x"), height[0], height[1], width[0], width[1])
            : throw new NotTranslatableException("its crop_height and crop_width must be pairs.");
    }
}
