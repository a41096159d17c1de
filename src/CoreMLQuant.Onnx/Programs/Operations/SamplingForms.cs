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

    private static OnnxValue Resample(OperationContext context) => Sampled(context, context.Floats("coordinates"));

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

    /// <summary>Places in elements as ONNX wants them: from -1 to 1 between the outer edges of the first and the last element.</summary>
    private static OnnxValue Normalized(GraphBuilder graph, OnnxValue places, OnnxValue sizes) => graph.Minus(
        graph.Over(graph.Plus(graph.Times(places, graph.Constants.Float(2)), graph.Constants.Float(1)), sizes), graph.Constants.Float(1));

    /// <summary>Places in elements, from coordinates of which -1 and 1, or 0 and 1, are the outermost elements' centres or edges.</summary>
    private static OnnxValue InElements(OperationContext context, OnnxValue coordinates, OnnxValue sizes)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue one = graph.Constants.Float(1), half = graph.Constants.Float(0.5f);
        OnnxValue fraction;
        switch (context.Text("coordinates_mode", "normalized_minus_one_to_one"))
        {
            case "unnormalized":
                return coordinates;
            case "normalized_minus_one_to_one":
                fraction = graph.Times(graph.Plus(coordinates, one), half);
                break;
            case "normalized_zero_to_one":
                fraction = coordinates;
                break;
            case var mode:
                throw new NotTranslatableException($"its coordinates_mode '{mode}' is not known.");
        }

        return context.Flag("align_corners", true)
            ? graph.Times(fraction, graph.Minus(sizes, one))
            : graph.Minus(graph.Times(fraction, sizes), half);
    }

    /// <summary>Mirrors places outside at the outermost elements' centres or at their edges.</summary>
    private static OnnxValue Reflected(GraphBuilder graph, OnnxValue places, OnnxValue sizes, bool isAtCentres)
    {
        OnnxValue edge = graph.Constants.Float(isAtCentres ? 0 : -0.5f);
        OnnxValue span = isAtCentres ? graph.Binary("Max", graph.Minus(sizes, graph.Constants.Float(1)), graph.Constants.Float(1)) : sizes;
        OnnxValue period = graph.Times(span, graph.Constants.Float(2));
        OnnxValue distance = graph.Unary("Abs", graph.Minus(places, edge));
        OnnxValue within = graph.Minus(distance, graph.Times(graph.Unary("Floor", graph.Over(distance, period)), period));
        return graph.Plus(graph.Binary("Min", within, graph.Minus(period, within)), edge);
    }

    private static OnnxValue Sampled(OperationContext context, OnnxValue coordinates)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x");
        OnnxValue sizes = graph.Cast(graph.Concat([graph.SizeOf(x, 3), graph.SizeOf(x, 2)], 0), OnnxTensorType.Float);
        OnnxValue places = InElements(context, coordinates, sizes);
        string padding = context.Text("padding_mode", "constant");
        places = padding switch
        {
            "constant" or "border" => places,
            "reflection" or "symmetric" => Reflected(graph, places, sizes, isAtCentres: padding == "reflection"),
            _ => throw new NotTranslatableException($"its padding_mode '{padding}' is not known."),
        };
        string sampling = context.Text("sampling_mode", "bilinear") switch
        {
            "bilinear" => "linear",
            "nearest" => "nearest",
            var mode => throw new NotTranslatableException($"its sampling_mode '{mode}' is not known."),
        };

        // Zeros outside are the only constant that the operator has.
        OnnxValue? filler = padding == "constant" && context.Number("padding_value", 0) is not 0 and var value ? graph.Constants.Float(value) : null;
        x = filler is null ? x : graph.Minus(x, filler);
        OnnxValue grid = Normalized(graph, places, sizes);
        OnnxValue sampled = graph.Add(
            "GridSample",
            OnnxTensorType.Float,
            x.Shape is [var batch, var channels, _, _] && grid.Shape is [_, var height, var width, _] ? [batch, channels, height, width] : null,
            [x, grid],
            OnnxAttributes.Text("mode", sampling),
            OnnxAttributes.Text("padding_mode", padding == "constant" ? "zeros" : "border"),
            OnnxAttributes.Flag("align_corners", false));
        return filler is null ? sampled : graph.Plus(sampled, filler);
    }
}
