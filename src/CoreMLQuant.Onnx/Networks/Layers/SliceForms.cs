using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Layers that cut ranges out.</summary>
internal static class SliceForms
{
    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.Slice, Slice),
        LayerForm.Of(Kind.SliceStatic, Static) with { Trap = "A masked bound is the axis' own; the result is never a scalar." },
        LayerForm.Of(Kind.SliceDynamic, Dynamic) with { Trap = "A masked bound is the axis' own; the result is never a scalar." },
        LayerForm.Of(Kind.SliceBySize, BySize),
        LayerForm.Of(Kind.SlidingWindows, Windows),
    ];

    // Channels, height or width.
    private static OnnxValue Slice(LayerContext layer)
    {
        SliceDetails settings = layer.Settings.Slice;
        long stride = System.Math.Max(1, LayerContext.Count(settings.Stride));
        int axis = layer.Axis(settings.Axis - LayerRanks.Image);
        return layer.Graph.Slice(layer.X, [settings.StartIndex], [settings.EndIndex], [axis], [stride]);
    }

    private static OnnxValue Static(LayerContext layer)
    {
        SliceStaticDetails settings = layer.Settings.SliceStatic;
        OnnxValue begins = layer.Graph.Constants.Int64s(settings.BeginIds.ToArray()), ends = layer.Graph.Constants.Int64s(settings.EndIds.ToArray());
        return Cut(layer, begins, ends, settings.Strides, settings.BeginMasks, settings.EndMasks, settings.SqueezeMasks);
    }

    private static OnnxValue Dynamic(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        SliceDynamicDetails settings = layer.Settings.SliceDynamic;
        OnnxValue begins = layer.Sizes(1);
        OnnxValue ends = layer.InputCount > 2 ? layer.Sizes(2) : graph.Constants.Int64s(settings.EndIds.ToArray());
        int rank = layer.Rank(layer.X);

        // Further inputs stand for the settings.
        IReadOnlyList<long> strides = Known(3) ?? (settings.Strides.Count > 0 ? settings.Strides : Enumerable.Repeat(1L, rank).ToArray());
        return Cut(
            layer, begins, ends, strides, Flags(4) ?? settings.BeginMasks, Flags(5) ?? settings.EndMasks, Flags(6) ?? settings.SqueezeMasks);

        IReadOnlyList<long>? Known(int input) => input >= layer.InputCount
            ? null
            : layer.Sizes(input).Known ?? throw new NotTranslatableException("its strides and masks must be constants.");

        IReadOnlyList<bool>? Flags(int input) => Known(input)?.Select(value => value != 0).ToArray();
    }

    private static OnnxValue Cut(
        LayerContext layer, OnnxValue begins, OnnxValue ends, IReadOnlyList<long> strides, IReadOnlyList<bool> beginMasks, IReadOnlyList<bool> endMasks, IReadOnlyList<bool> squeezeMasks)
    {
        GraphBuilder graph = layer.Graph;
        int rank = layer.Rank(layer.X);
        OnnxValue[] from = new OnnxValue[rank], to = new OnnxValue[rank];
        long[] steps = new long[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            steps[axis] = axis < strides.Count ? strides[axis] : 1;
            bool isBackward = steps[axis] < 0;
            bool isSqueezed = Is(squeezeMasks, axis);
            from[axis] = Is(beginMasks, axis) ? graph.Constants.Int64s([isBackward ? int.MaxValue : 0]) : At(begins, axis);
            to[axis] = isSqueezed ? After(from[axis])
                : Is(endMasks, axis) ? graph.Constants.Int64s([isBackward ? -int.MaxValue : int.MaxValue])
                : At(ends, axis);
            steps[axis] = isSqueezed ? 1 : steps[axis];
        }

        OnnxValue axes = graph.Constants.Int64s(Enumerable.Range(0, rank).Select(axis => (long)axis).ToArray());
        OnnxValue cut = graph.SliceBy(layer.X, graph.Concat(from, 0), graph.Concat(to, 0), axes, graph.Constants.Int64s(steps));
        long[] squeezed = Enumerable.Range(0, rank).Where(axis => Is(squeezeMasks, axis)).Select(axis => (long)axis).ToArray();
        OnnxValue result = graph.Squeeze(cut, squeezed.Length == rank ? squeezed.Skip(1).ToArray() : squeezed);
        Remember(layer, result, from, to, steps);
        return result;

        static bool Is(IReadOnlyList<bool> masks, int axis) => axis < masks.Count && masks[axis];

        OnnxValue At(OnnxValue values, int axis) => values.Known is { } known
            ? graph.Constants.Int64s([axis < known.Count ? known[axis] : throw new NotTranslatableException("it has fewer bounds than axes.")])
            : graph.Slice(values, [axis], [axis + 1], [0]);

        // The element after -1 is the axis' end.
        OnnxValue After(OnnxValue first) => first.Known is [var known]
            ? graph.Constants.Int64s([known == -1 ? int.MaxValue : known + 1])
            : graph.Where(
                graph.Truth("Equal", first, graph.Constants.Int64s([-1])), graph.Constants.Int64s([int.MaxValue]), graph.Plus(first, graph.Constants.Int64s([1])));
    }

    // A part of a shape is still integers.
    private static void Remember(LayerContext layer, OnnxValue result, OnnxValue[] from, OnnxValue[] to, long[] steps)
    {
        if (layer.Translator.Integers.Find(layer.X) is { Rank: 1 } integers && from.Length == 1)
        {
            layer.Translator.Integers.Remember(
                result, layer.Graph.SliceBy(integers, from[0], to[0], layer.Graph.Constants.Int64s([0]), layer.Graph.Constants.Int64s(steps)));
        }
    }

    private static OnnxValue BySize(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        SliceBySizeDetails settings = layer.Settings.SliceBySize;
        int axis = layer.Axis(settings.Axis);
        OnnxValue begin = layer.Sizes(1), end = graph.Plus(begin, graph.Constants.Int64s([settings.Size]));
        OnnxValue cut = graph.SliceBy(layer.X, begin, end, graph.Constants.Int64s([axis]), graph.Constants.Int64s([1]));
        cut.Declare(layer.X.Shape!.Select((size, i) => i == axis ? settings.Size : size).ToArray());
        return cut;
    }

    // [.., windows, window, ..] in place of the axis.
    private static OnnxValue Windows(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        SlidingWindowsDetails settings = layer.Settings.SlidingWindows;
        int axis = layer.Axis(settings.Axis);
        long window = LayerContext.Count(settings.WindowSize), step = System.Math.Max(1, LayerContext.Count(settings.Step));
        OnnxValue one = graph.Constants.Int64s([1]);
        OnnxValue count = layer.X.Dimension(axis) is >= 0 and var size
            ? graph.Constants.Int64s([((size - window) / step) + 1])
            : graph.Plus(graph.Over(graph.Minus(graph.SizeOf(layer.X, axis), graph.Constants.Int64s([window])), graph.Constants.Int64s([step])), one);
        OnnxValue starts = graph.Times(graph.Range(count), graph.Constants.Int64s([step]));
        OnnxValue places = graph.Plus(graph.Unsqueeze(starts, 1), graph.Unsqueeze(graph.Range(graph.Constants.Int64s([window])), 0));
        return graph.Gather(layer.X, places, axis);
    }
}
