using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Sampling of images at computed places.</summary>
internal static class SamplingForms
{
    private const int GridOpset = 20;

    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Of("resample", Resample) with { SinceOpset = GridOpset },
        OperationForm.Of("affine", Affine) with { SinceOpset = GridOpset },
        OperationForm.Of("crop_resize", context => CropResize.Translate(context)) with { SinceOpset = GridOpset },
    ];

    private static OnnxValue Resample(OperationContext context) => Sampled(context, Normalized(context, context.Floats("coordinates")));

    private static OnnxValue Affine(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x");
        if (context.Text("coordinates_mode", "normalized_minus_one_to_one") != "normalized_minus_one_to_one")
        {
            throw new NotTranslatableException("only coordinates from -1 to 1 have a translation.");
        }

        OnnxValue matrices = graph.Reshape(context.Input("transform_matrix"), -1, 2, 3);
        OnnxValue sizes = graph.Concat(
            [graph.SizeOf(x, 0), graph.SizeOf(x, 1), context.Sizes("output_height"), context.Sizes("output_width")], 0);
        OnnxValue grid = graph.Add(
            "AffineGrid", OnnxTensorType.Float, null, [matrices, sizes], OnnxAttributes.Flag("align_corners", context.Flag("align_corners", true)));
        return Sampled(context, grid);
    }

    // Places in ONNX's form: from -1 to 1, the outermost being centres of elements or their edges.
    private static OnnxValue Normalized(OperationContext context, OnnxValue coordinates)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue two = graph.Constants.Float(2), one = graph.Constants.Float(1);
        switch (context.Text("coordinates_mode", "normalized_minus_one_to_one"))
        {
            case "normalized_minus_one_to_one":
                return coordinates;
            case "normalized_zero_to_one":
                return graph.Minus(graph.Times(coordinates, two), one);
            case "unnormalized":
                OnnxValue x = context.Input("x");
                OnnxValue sizes = graph.Cast(graph.Concat([graph.SizeOf(x, 3), graph.SizeOf(x, 2)], 0), OnnxTensorType.Float);
                return AlignsCorners(context)
                    ? graph.Minus(graph.Over(graph.Times(coordinates, two), graph.Binary("Max", graph.Minus(sizes, one), one)), one)
                    : graph.Minus(graph.Over(graph.Plus(graph.Times(coordinates, two), one), sizes), one);
            case var mode:
                throw new NotTranslatableException($"its coordinates_mode '{mode}' is not known.");
        }
    }

    private static OnnxValue Sampled(OperationContext context, OnnxValue grid)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x");
        string padding = context.Text("padding_mode", "constant") switch
        {
            "constant" => "zeros",
            "border" => "border",
            "reflection" or "symmetric" => "reflection",
            var mode => throw new NotTranslatableException($"its padding_mode '{mode}' is not known."),
        };
        string sampling = context.Text("sampling_mode", "bilinear") switch
        {
            "bilinear" => "linear",
            "nearest" => "nearest",
            var mode => throw new NotTranslatableException($"its sampling_mode '{mode}' is not known."),
        };

        // Zeros outside are the only constant that the operator has.
        OnnxValue? filler = padding == "zeros" && context.Number("padding_value", 0) is not 0 and var value ? graph.Constants.Float(value) : null;
        x = filler is null ? x : graph.Minus(x, filler);
        OnnxValue sampled = graph.Add(
            "GridSample",
            OnnxTensorType.Float,
            x.Shape is [var batch, var channels, _, _] && grid.Shape is [_, var height, var width, _] ? [batch, channels, height, width] : null,
            [x, grid],
            OnnxAttributes.Text("mode", sampling),
            OnnxAttributes.Text("padding_mode", padding),
            OnnxAttributes.Flag("align_corners", AlignsCorners(context)));
        return filler is null ? sampled : graph.Plus(sampled, filler);
    }

    // Places in elements may be written either way; which one decides whether reflection is about centres or about edges.
    private static bool AlignsCorners(OperationContext context) =>
        context.Text("coordinates_mode", string.Empty) == "unnormalized"
            ? context.Text("padding_mode", "constant") != "symmetric"
            : context.Flag("align_corners", true);
}
