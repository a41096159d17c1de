using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Resizing of images.</summary>
internal static class ResizeForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Moving("upsample_nearest_neighbor", UpsampleNearest) with { Trap = "A fractional scale makes floor(size * scale) elements, spread over the input evenly." },
        OperationForm.Moving("resize_nearest_neighbor", context => Spread(context, Size(context, "target_size_height"), Size(context, "target_size_width"))),
        OperationForm.Of("upsample_bilinear", UpsampleBilinear),
        OperationForm.Of("resize_bilinear", context => ResizeNodes.Bilinear(
            context.Graph, context.Input("x"), Size(context, "target_size_height"), Size(context, "target_size_width"), Mode(context)))
            with { Trap = "Corners that are offset have no name in ONNX." },
        OperationForm.Of("resize", Resize) with { Trap = "A size of 0 or -1 keeps the input's." },
    ];

    /// <summary>How a mode is called.</summary>
    internal static SamplingMode Mode(OperationContext context) => context.Text("sampling_mode", "DEFAULT") switch
    {
        "DEFAULT" => SamplingMode.Asymmetric,
        "STRICT_ALIGN_CORNERS" => SamplingMode.StrictAlignCorners,
        "ALIGN_CORNERS" => SamplingMode.AlignCorners,
        "OFFSET_CORNERS" => SamplingMode.OffsetCorners,
        "UNALIGN_CORNERS" => SamplingMode.HalfPixel,
        var other => throw new NotTranslatableException($"its sampling_mode '{other}' is not known."),
    };

    private static OnnxValue UpsampleNearest(OperationContext context)
    {
        OnnxValue x = context.Input("x");
        int rank = context.Rank(x);
        return Spread(context, ScaledSize(context, x, rank - 2, "scale_factor_height"), ScaledSize(context, x, rank - 1, "scale_factor_width"));
    }

    private static OnnxValue UpsampleBilinear(OperationContext context)
    {
        OnnxValue x = context.Input("x");
        int rank = context.Rank(x);
        bool aligns = context.Flag("align_corners", true);
        SamplingMode mode = aligns ? SamplingMode.StrictAlignCorners : context.Flag("half_pixel_centers", true) ? SamplingMode.HalfPixel : SamplingMode.Asymmetric;
        return ResizeNodes.Bilinear(
            context.Graph, x, ScaledSize(context, x, rank - 2, "scale_factor_height"), ScaledSize(context, x, rank - 1, "scale_factor_width"), mode);
    }

    private static OnnxValue Resize(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x"), sizes = context.Sizes("shape");
        int rank = context.Rank(x), count = (int)context.Integer("resized_dims");
        if (count < 0 || count > rank || sizes.Dimension(0) < count)
        {
            throw new NotTranslatableException($"it has no sizes for its {count} resized axes.");
        }

        // There may be a size for every axis; the last ones count.
        sizes = graph.Slice(sizes, [-count], [int.MaxValue], [0]);

        OnnxValue own = graph.Concat(Enumerable.Range(rank - count, count).Select(axis => graph.SizeOf(x, axis)).ToArray(), 0);
        OnnxValue wanted = sizes.Known is { } known && own.Known is { } ownSizes
            ? graph.Constants.Int64s(known.Select((size, i) => size > 0 ? size : ownSizes[i]).ToArray())
            : graph.Where(graph.Truth("Greater", sizes, graph.Constants.Int64s([0])), sizes, own);
        OnnxValue[] targets = Enumerable.Range(0, count).Select(i => graph.Gather(wanted, graph.Constants.Int64s([i]), 0)).ToArray();
        bool isLinear = context.Text("interpolation_mode", "LINEAR") == "LINEAR";
        if (isLinear && count == 2)
        {
            return ResizeNodes.Bilinear(graph, x, targets[0], targets[1], Mode(context));
        }

        for (int i = 0; i < count; i++)
        {
            int axis = rank - count + i;
            x = isLinear ? ResizeNodes.Linear(graph, x, axis, targets[i], Mode(context)) : ResizeNodes.Nearest(graph, x, axis, targets[i], Mode(context));
        }

        return x;
    }

    private static OnnxValue Spread(OperationContext context, OnnxValue height, OnnxValue width) =>
        ResizeNodes.Spread(context.Graph, context.Input("x"), context.Rank(context.Input("x")), height, width);

    private static OnnxValue Size(OperationContext context, string name) => context.Has(name) ? context.Sizes(name) : context.Graph.Constants.Int64s([1]);

    // A scale is a whole number or a fraction.
    private static float Scale(OperationContext context, string name)
    {
        float scale = !context.Has(name) ? 1 : context.Known(name) is [var whole] ? whole : context.Number(name);
        return scale > 0 ? scale : throw new NotTranslatableException($"its {name} is {scale}; it must be positive.");
    }

    private static OnnxValue ScaledSize(OperationContext context, OnnxValue x, int axis, string name)
    {
        GraphBuilder graph = context.Graph;
        float scale = Scale(context, name);
        return x.Dimension(axis) is >= 0 and var size
            ? graph.Constants.Int64s([Scaled(size, scale)])
            : graph.Cast(graph.Unary("Floor", graph.Times(graph.Cast(graph.SizeOf(x, axis), OnnxTensorType.Float), graph.Constants.Float(scale))), OnnxTensorType.Int64);
    }

    private static long Scaled(long size, float scale) => size < 0 ? -1 : checked((long)Math.Floor(size * (double)scale));
}
