using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Crops boxes out of images and resizes each linearly.</summary>
/// <param name="BoxMode">0 and 1: corners, height or width first; 2 and 3: centre and size, height or width first.</param>
/// <param name="IsNormalized">Whether boxes are told as fractions of the image.</param>
/// <param name="Scale">What boxes are multiplied by.</param>
/// <param name="Mode">Which places of a box are looked at.</param>
internal sealed record BoxSampling(int BoxMode, bool IsNormalized, float Scale, SamplingMode Mode)
{
    private const int WidthFirst = 1, CentreAndSize = 2, Modes = 4;

    /// <summary>Adds the crops.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">The images, [images, C, H, W].</param>
    /// <param name="boxes">[boxes, 4].</param>
    /// <param name="images">The image of each box; <see langword="null"/> when there is one.</param>
    /// <param name="height">Height of a crop.</param>
    /// <param name="width">Width of a crop.</param>
    /// <returns>[boxes, C, height, width].</returns>
    public OnnxValue Add(GraphBuilder graph, OnnxValue x, OnnxValue boxes, OnnxValue? images, long height, long width)
    {
        if (BoxMode is < 0 or >= Modes)
        {
            throw new NotTranslatableException($"its box mode {BoxMode} is not known.");
        }

        boxes = Scale == 1 ? boxes : graph.Times(boxes, graph.Constants.Float(Scale));
        OnnxValue[] numbers = Enumerable.Range(0, 4).Select(i => graph.Slice(boxes, [i], [i + 1], [1])).ToArray();
        int first = BoxMode % 2 == WidthFirst ? 1 : 0;
        OnnxValue rows = Places(graph, numbers[first], numbers[first + 2], Size(graph, x, 2), height);
        OnnxValue columns = Places(graph, numbers[1 - first], numbers[3 - first], Size(graph, x, 3), width);
        OnnxValue count = graph.SizeOf(boxes, 0);
        OnnxValue source = images is not null
            ? graph.Gather(x, graph.Within(images, x, 0), 0)
            : graph.Expand(x, graph.Concat([count, graph.SizeOf(x, 1), graph.SizeOf(x, 2), graph.SizeOf(x, 3)], 0));
        OnnxValue blended = Blended(graph, source, rows, Size(graph, x, 2), axis: 2, other: 3);
        return Blended(graph, blended, columns, Size(graph, x, 3), axis: 3, other: 2);
    }

    private static OnnxValue Size(GraphBuilder graph, OnnxValue x, int axis) => graph.Cast(graph.SizeOf(x, axis), OnnxTensorType.Float);

    // Places of the samples between the edges, [boxes, count], within the image.
    private OnnxValue Places(GraphBuilder graph, OnnxValue first, OnnxValue second, OnnxValue size, long count)
    {
        if (count is < 1 or > 1 << 16)
        {
            throw new NotTranslatableException("its target size is not 1 to 65536.");
        }

        OnnxValue one = graph.Constants.Float(1), half = graph.Constants.Float(0.5f), last = graph.Minus(size, one);
        (OnnxValue start, OnnxValue end) = BoxMode < CentreAndSize
            ? (first, second)
            : (graph.Minus(first, graph.Times(second, half)), graph.Plus(first, graph.Times(second, half)));
        (start, end) = IsNormalized ? (graph.Times(start, last), graph.Times(end, last)) : (start, end);
        OnnxValue span = graph.Minus(end, start);
        IEnumerable<float> steps = Enumerable.Range(0, (int)count).Select(i => (float)i);
        OnnxValue places = Mode switch
        {
            // The box reaches from the first element's centre to the last one's.
            SamplingMode.StrictAlignCorners => Along(span, steps.Select(i => count == 1 ? 0 : i / (count - 1))),
            SamplingMode.AlignCorners => Along(span, steps.Select(i => count == 1 ? 0.5f : i / (count - 1))),
            SamplingMode.OffsetCorners => Along(span, steps.Select(i => (i + 0.5f) / count)),
            _ => Along(graph.Plus(span, one), steps.Select(i => i / count)),
        };
        return graph.Clipped(places, graph.Constants.Float(0), last);

        OnnxValue Along(OnnxValue length, IEnumerable<float> fractions) =>
            graph.Plus(start, graph.Times(length, graph.Constants.Floats(fractions.ToArray(), [1, count])));
    }

    // A blend of the two elements next to each place, along an axis of each box's image.
    private static OnnxValue Blended(GraphBuilder graph, OnnxValue x, OnnxValue places, OnnxValue size, int axis, int other)
    {
        OnnxValue low = graph.Unary("Floor", places), high = graph.Binary("Min", graph.Plus(low, graph.Constants.Float(1)), graph.Minus(size, graph.Constants.Float(1)));
        OnnxValue weight = graph.Unsqueeze(graph.Minus(places, low), 1, other);
        OnnxValue first = Taken(low), second = Taken(high);
        return graph.Plus(first, graph.Times(graph.Minus(second, first), weight));

        OnnxValue Taken(OnnxValue at) => graph.GatherBatched(x, graph.Cast(at, OnnxTensorType.Int64), axis, 1);
    }
}
