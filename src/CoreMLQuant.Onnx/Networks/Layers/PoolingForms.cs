using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Onnx.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Poolings over two and three spatial axes.</summary>
internal static class PoolingForms
{
    private const int Largest = 0, Average = 1, Same3D = 2, Custom3D = 0;

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.Pooling, Planar) with { Trap = "includeLastPixel counts windows up and leaves out one that begins in the padding at the end." },
        LayerForm.Of(Kind.Pooling3D, Spatial),
        LayerForm.Of(Kind.GlobalPooling3D, layer => Global(layer, layer.Settings.GlobalPooling3D.Mode, 3)),
    ];

    private static OnnxValue Planar(LayerContext layer)
    {
        PoolingDetails settings = layer.Settings.Pooling;
        if (settings.GlobalPooling)
        {
            return Global(layer, settings.Type, 2);
        }

        long[] kernel = settings.KernelSize.Count == 2 ? LayerContext.Counts(settings.KernelSize) : [3, 3];
        var window = LayerWindow.Of(kernel, settings.Stride, [], settings.Valid, settings.Same);
        if (settings.IncludeLastPixel is { PaddingAmounts.Count: 2 } complete)
        {
            long[] pads = LayerContext.Counts(complete.PaddingAmounts);
            window = window with { Begins = pads, Ends = pads };
        }

        return Pool(layer, window, settings.Type, settings.AvgPoolExcludePadding, settings.IncludeLastPixel is not null);
    }

    private static OnnxValue Spatial(LayerContext layer)
    {
        Pooling3DDetails settings = layer.Settings.Pooling3D;
        bool isCustom = settings.PaddingType == Custom3D;
        var window = new LayerWindow(
            [settings.KernelDepth, settings.KernelHeight, settings.KernelWidth],
            [Math.Max(1, settings.StrideDepth), Math.Max(1, settings.StrideHeight), Math.Max(1, settings.StrideWidth)],
            [1, 1, 1],
            isCustom ? [settings.CustomPaddingFront, settings.CustomPaddingTop, settings.CustomPaddingLeft] : [0, 0, 0],
            isCustom ? [settings.CustomPaddingBack, settings.CustomPaddingBottom, settings.CustomPaddingRight] : [0, 0, 0])
        {
            IsSame = settings.PaddingType == Same3D,
        };
        return Pool(layer, window, settings.Type, settings.CountExcludePadding, isComplete: false);
    }

    private static OnnxValue Global(LayerContext layer, int type, int axes)
    {
        layer.RankFrom(layer.X, axes);
        string reduction = type switch { Largest => "ReduceMax", Average => "ReduceMean", _ => "ReduceL2" };
        return layer.Graph.Reduce(reduction, layer.X, Enumerable.Range(-axes, axes).Select(axis => (long)axis).ToArray(), keepDimensions: true);
    }

    private static OnnxValue Pool(LayerContext layer, LayerWindow window, int type, bool excludesPadding, bool isComplete)
    {
        GraphBuilder graph = layer.Graph;
        var batch = new MergedBatch(layer, layer.X, window.Count + 1);
        OnnxValue x = batch.Value;
        if (type is Largest or Average)
        {
            return batch.Restore(Pool(graph, x, window, type == Largest, countsPadding: type == Average && !excludesPadding, isComplete));
        }

        // The root of the sum of squares: what an average counts as padding adds nothing to a sum.
        OnnxValue mean = Pool(graph, graph.Times(x, x), window, isLargest: false, countsPadding: true, isComplete, countsMissing: true);
        long elements = window.Kernel.Aggregate(1L, (product, size) => checked(product * size));
        return batch.Restore(graph.Unary("Sqrt", graph.Times(mean, graph.Constants.Float(elements))));
    }

    private static OnnxValue Pool(GraphBuilder graph, OnnxValue x, LayerWindow window, bool isLargest, bool countsPadding, bool isComplete, bool countsMissing = false)
    {
        long[] sizes = Enumerable.Range(0, window.Count).Select(axis => x.Dimension(axis + 2)).ToArray();
        string type = isLargest ? "MaxPool" : "AveragePool";
        if (sizes.Any(size => size < 0) && (window.IsSame || isComplete))
        {
            AttributeProto padding = window.IsSame
                ? OnnxAttributes.Text("auto_pad", window.ExtraAtStart ? "SAME_LOWER" : "SAME_UPPER")
                : OnnxAttributes.Integers("pads", window.Begins.Concat(window.Ends));
            return graph.Add(type, x.Type, Shape(_ => -1), [x], [.. Attributes(window), padding, OnnxAttributes.Flag("ceil_mode", isComplete), .. Counting(countsPadding)]);
        }

        (long Begin, long End)[] pads = sizes.Select((size, axis) => window.PadsFor(axis, size)).ToArray();
        long[] counts = sizes.Select((size, axis) => isComplete ? CompleteCount(window, axis, size) : window.CountFor(axis, size)).ToArray();
        long[] missing = pads.Select((pad, axis) => isComplete
            ? Math.Max(((counts[axis] - 1) * window.Strides[axis]) + window.Kernel[axis] - sizes[axis] - pad.Begin - pad.End, 0)
            : 0).ToArray();

        // Padding that counts becomes zeros; what the last windows lack never counts. A session wants padding smaller than the window.
        long[] begins = pads.Select(pad => pad.Begin).ToArray(), ends = pads.Select(pad => pad.End).ToArray();
        bool padsFirst = (countsPadding && !countsMissing && begins.Concat(ends).Any(pad => pad > 0))
            || Enumerable.Range(0, window.Count).Any(axis => begins[axis] >= window.Kernel[axis] || ends[axis] + missing[axis] >= window.Kernel[axis]);
        if (padsFirst)
        {
            long[] padded = [x.Dimension(0), x.Dimension(1), .. sizes.Select((size, axis) => size < 0 ? -1 : size + begins[axis] + ends[axis])];
            OnnxValue filler = graph.Constants.Float(isLargest ? float.NegativeInfinity : 0);
            x = graph.Add("Pad", x.Type, padded, [x, graph.Constants.Int64s([0, 0, .. begins, 0, 0, .. ends]), filler]);
            begins = ends = new long[window.Count];
        }

        return graph.Add(
            type,
            x.Type,
            Shape(axis => counts[axis]),
            [x],
            [.. Attributes(window), OnnxAttributes.Integers("pads", begins.Concat(ends.Zip(missing, (end, more) => end + more))), .. Counting(countsPadding && countsMissing)]);

        long[] Shape(Func<int, long> size) => [x.Dimension(0), x.Dimension(1), .. Enumerable.Range(0, window.Count).Select(size)];
    }

    private static long CompleteCount(LayerWindow window, int axis, long size)
    {
        long stride = window.Strides[axis];
        long count = ((size + window.Begins[axis] + window.Ends[axis] - window.Kernel[axis] + stride - 1) / stride) + 1;
        return (count - 1) * stride >= size + window.Begins[axis] ? count - 1 : count;
    }

    private static IEnumerable<AttributeProto> Attributes(LayerWindow window) =>
        [OnnxAttributes.Integers("kernel_shape", window.Kernel), OnnxAttributes.Integers("strides", window.Strides)];

    private static IEnumerable<AttributeProto> Counting(bool countsPadding) => countsPadding ? [OnnxAttributes.Flag("count_include_pad", true)] : [];
}
