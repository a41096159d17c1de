using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>
/// Crops boxes out of images and resizes each linearly. Boxes come in four conventions, as fractions or in elements, and up to CoreML6 with the index
/// of their image in front.
/// </summary>
internal static class CropResize
{
    // The opset in which places outside got a value of their own.
    private const int PadValueOpset = 6;

    /// <summary>Translates the operation.</summary>
    public static OnnxValue Translate(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x");
        bool isNewForm = context.Has("boxes");
        (OnnxValue boxes, OnnxValue? images) = isNewForm
            ? (graph.Reshape(context.Floats("boxes"), -1, 4), context.Optional("box_indices"))
            : Regions(context);
        boxes = graph.Times(boxes, graph.Constants.Float(context.Number("spatial_scale", 1)));
        OnnxValue height = graph.Cast(graph.SizeOf(x, 2), OnnxTensorType.Float), width = graph.Cast(graph.SizeOf(x, 3), OnnxTensorType.Float);
        (OnnxValue top, OnnxValue left, OnnxValue bottom, OnnxValue right) = Edges(context, boxes);
        if (context.Flag("normalized_coordinates", false))
        {
            OnnxValue one = graph.Constants.Float(1);
            (top, bottom) = (graph.Times(top, graph.Minus(height, one)), graph.Times(bottom, graph.Minus(height, one)));
            (left, right) = (graph.Times(left, graph.Minus(width, one)), graph.Times(right, graph.Minus(width, one)));
        }

        SamplingMode mode = ResizeForms.Mode(context);
        OnnxValue rows = Places(graph, top, bottom, context.Integer("target_height", 1), mode);
        OnnxValue columns = Places(graph, left, right, context.Integer("target_width", 1), mode);
        OnnxValue sampled = Sampled(context, x, images, rows, height, columns, width);
        return isNewForm ? sampled : graph.Unsqueeze(sampled, 1);
    }

    // [boxes, 1, 5, 1, 1] with the image's index first, or [boxes, 1, 4, 1, 1] over one image.
    private static (OnnxValue Boxes, OnnxValue? Images) Regions(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue roi = context.Floats("roi");
        if (roi.Shape is not [_, _, 4 or 5, _, _])
        {
            throw new NotTranslatableException("its roi are not boxes of 4 or 5 numbers.");
        }

        long numbers = roi.Dimension(2);
        OnnxValue flat = graph.Reshape(roi, -1, numbers);
        return numbers == 4
            ? (flat, null)
            : (graph.Slice(flat, [1], [5], [1]), graph.Cast(graph.Reshape(graph.Slice(flat, [0], [1], [1]), -1), OnnxTensorType.Int64));
    }

    private static (OnnxValue Top, OnnxValue Left, OnnxValue Bottom, OnnxValue Right) Edges(OperationContext context, OnnxValue boxes)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue half = graph.Constants.Float(0.5f);
        OnnxValue[] parts = Enumerable.Range(0, 4).Select(i => graph.Slice(boxes, [i], [i + 1], [1])).ToArray();
        return context.Text("box_coordinate_mode", "CONRNERS_HEIGHT_FIRST") switch
        {
            "CORNERS_HEIGHT_FIRST" or "CONRNERS_HEIGHT_FIRST" => (parts[0], parts[1], parts[2], parts[3]),
            "CORNERS_WIDTH_FIRST" => (parts[1], parts[0], parts[3], parts[2]),
            "CENTER_SIZE_HEIGHT_FIRST" => Around(parts[0], parts[1], parts[2], parts[3]),
            "CENTER_SIZE_WIDTH_FIRST" => Around(parts[1], parts[0], parts[3], parts[2]),
            var mode => throw new NotTranslatableException($"its box_coordinate_mode '{mode}' is not known."),
        };

        (OnnxValue, OnnxValue, OnnxValue, OnnxValue) Around(OnnxValue y, OnnxValue x, OnnxValue height, OnnxValue width)
        {
            OnnxValue up = graph.Times(height, half), aside = graph.Times(width, half);
            return (graph.Minus(y, up), graph.Minus(x, aside), graph.Plus(y, up), graph.Plus(x, aside));
        }
    }

    /// <summary>Places of the samples between two edges, [boxes, count].</summary>
    private static OnnxValue Places(GraphBuilder graph, OnnxValue start, OnnxValue end, long count, SamplingMode mode)
    {
        if (count is < 1 or > 1 << 16)
        {
            throw new NotTranslatableException("its target size is not 1 to 65536.");
        }

        OnnxValue one = graph.Constants.Float(1), span = graph.Minus(end, start);
        IEnumerable<float> steps = Enumerable.Range(0, (int)count).Select(i => (float)i);
        return mode switch
        {
            // The box reaches from the first element's centre to the last one's.
            SamplingMode.StrictAlignCorners => Along(start, span, steps.Select(i => count == 1 ? 0 : i / (count - 1))),
            SamplingMode.AlignCorners => Along(start, span, steps.Select(i => count == 1 ? 0.5f : i / (count - 1))),
            SamplingMode.OffsetCorners => Along(start, span, steps.Select(i => (i + 0.5f) / count)),
            SamplingMode.HalfPixel => graph.Minus(Along(start, graph.Plus(span, one), steps.Select(i => (i + 0.5f) / count)), graph.Constants.Float(0.5f)),
            _ => Along(start, graph.Plus(span, one), steps.Select(i => i / count)),
        };

        OnnxValue Along(OnnxValue from, OnnxValue length, IEnumerable<float> fractions) =>
            graph.Plus(from, graph.Times(length, graph.Constants.Floats(fractions.ToArray(), [1, count])));
    }

    private static OnnxValue Sampled(
        OperationContext context, OnnxValue x, OnnxValue? images, OnnxValue rows, OnnxValue height, OnnxValue columns, OnnxValue width)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue count = graph.Add("Shape", OnnxTensorType.Int64, [1], [rows], OnnxAttributes.Integer("start", 0), OnnxAttributes.Integer("end", 1));
        OnnxValue source = images is not null
            ? graph.Gather(x, graph.Within(images, x, 0), 0)
            : graph.Expand(x, graph.Concat([count, graph.SizeOf(x, 1), graph.SizeOf(x, 2), graph.SizeOf(x, 3)], 0));
        OnnxValue yx = Grid(graph, Normalized(graph, rows, height), Normalized(graph, columns, width));

        OnnxValue sampled = graph.Add(
            "GridSample",
            OnnxTensorType.Float,
            null,
            [source, yx],
            OnnxAttributes.Text("mode", "linear"),
            OnnxAttributes.Text("padding_mode", "border"),
            OnnxAttributes.Flag("align_corners", false));
        if (context.ProgramOpset < PadValueOpset)
        {
            return sampled;
        }

        // Places outside hold the value to pad with, whole: nothing is blended with the border.
        OnnxValue isOutside = graph.Truth(
            "Or", graph.Unsqueeze(Outside(graph, rows, height), 1, 3), graph.Unsqueeze(Outside(graph, columns, width), 1, 2));
        return graph.Where(isOutside, graph.Constants.Float(context.Number("pad_value", 0)), sampled);
    }

    private static OnnxValue Outside(GraphBuilder graph, OnnxValue places, OnnxValue size) => graph.Truth(
        "Or",
        graph.Truth("Less", places, graph.Constants.Float(0)),
        graph.Truth("Greater", places, graph.Minus(size, graph.Constants.Float(1))));

    // From elements to -1 ... 1 between the outer edges of the first and the last element.
    private static OnnxValue Normalized(GraphBuilder graph, OnnxValue places, OnnxValue size) => graph.Minus(
        graph.Over(graph.Plus(graph.Times(places, graph.Constants.Float(2)), graph.Constants.Float(1)), size), graph.Constants.Float(1));

    private static OnnxValue Grid(GraphBuilder graph, OnnxValue rows, OnnxValue columns)
    {
        OnnxValue zero = graph.Constants.Float(0);
        OnnxValue y = graph.Unsqueeze(rows, 2), x = graph.Unsqueeze(columns, 1);
        OnnxValue ys = graph.Plus(y, graph.Times(x, zero)), xs = graph.Plus(x, graph.Times(y, zero));
        return graph.Concat([graph.Unsqueeze(xs, 3), graph.Unsqueeze(ys, 3)], 3);
    }
}
