using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Non-maximum suppression of boxes.</summary>
internal static class DetectionForms
{
    private const int MaximumBatch = 64;

    // From CoreML7 on boxes are the last axis.
    private const int BoxesLastOpset = 7;

    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        new OperationForm("non_maximum_suppression", Suppress) { IsExact = true, Trap = "Boxes are centre, width and height; places of no box hold zeros, indices -1." },
    ];

    // Each image of the batch on its own: how many boxes are left differs.
    private static IReadOnlyList<OnnxValue> Suppress(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue boxes = context.Floats("boxes"), scores = context.Floats("scores");
        bool isLast = context.ProgramOpset >= BoxesLastOpset;
        if (isLast)
        {
            (boxes, scores) = (graph.Transpose(boxes, 0, 2, 1), graph.Transpose(scores, 0, 2, 1));
        }

        if (boxes.Dimension(0) is not (> 0 and <= MaximumBatch and var batch))
        {
            throw new NotTranslatableException($"the number of its images is not known, or not 1 to {MaximumBatch}.");
        }

        var images = new List<IReadOnlyList<OnnxValue>>();
        for (long image = 0; image < batch; image++)
        {
            images.Add(OfImage(context, graph.Slice(boxes, [image], [image + 1], [0]), graph.Slice(scores, [image], [image + 1], [0])));
        }

        OnnxValue[] results = Enumerable.Range(0, 4).Select(output => graph.Concat(images.Select(image => image[output]).ToArray(), 0)).ToArray();
        return isLast ? [graph.Transpose(results[0], 0, 2, 1), graph.Transpose(results[1], 0, 2, 1), results[2], results[3]] : results;
    }

    private static IReadOnlyList<OnnxValue> OfImage(OperationContext context, OnnxValue boxes, OnnxValue scores)
    {
        GraphBuilder graph = context.Graph;
        long maximum = context.Integer("max_boxes");
        OnnxValue byClass = graph.Transpose(scores, 0, 2, 1);
        OnnxValue candidates = context.Flag("per_class_suppression", false) ? byClass : graph.Reduce("ReduceMax", byClass, [1], keepDimensions: true);
        OnnxValue selected = graph.Add(
            "NonMaxSuppression",
            OnnxTensorType.Int64,
            [-1, 3],
            [
                boxes, candidates, graph.Constants.Int64s([maximum], isScalar: true), graph.Constants.Float(context.Number("iou_threshold")),
                graph.Constants.Float(context.Number("score_threshold", float.MinValue)),
            ],
            OnnxAttributes.Flag("center_point_box", true));
        OnnxValue indices = graph.Slice(graph.Gather(selected, graph.Constants.Int64s([2], isScalar: true), 1), [0], [maximum], [0]);
        OnnxValue count = graph.SizeOf(indices, 0), missing = graph.Minus(graph.Constants.Int64s([maximum]), count);
        OnnxValue padded = Padded(graph, graph.Cast(indices, OnnxTensorType.Int32), missing, graph.Constants.Integers([-1], OnnxTensorType.Int32, []));
        return
        [
            graph.Unsqueeze(Padded(graph, graph.Gather(graph.Squeeze(boxes, 0), indices, 0), missing, null), 0),
            graph.Unsqueeze(Padded(graph, graph.Gather(graph.Squeeze(scores, 0), indices, 0), missing, null), 0),
            graph.Unsqueeze(padded, 0),
            graph.Cast(count, OnnxTensorType.Int32),
        ];
    }

    private static OnnxValue Padded(GraphBuilder graph, OnnxValue x, OnnxValue missing, OnnxValue? filler) => graph.Add(
        "Pad", x.Type, null, [x, graph.Concat([graph.Constants.Int64s([0]), missing], 0), filler, graph.Constants.Int64s([0])]);
}
