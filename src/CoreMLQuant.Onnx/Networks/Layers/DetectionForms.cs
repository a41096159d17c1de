using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Non-maximum suppression of boxes.</summary>
internal static class DetectionForms
{
    private const int MaximumBatch = 64;

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        new LayerForm(Kind.NonMaximumSuppression, Suppress) { Trap = "Boxes are centre, width and height; places of no box hold zeros, indices -1." },
    ];

    // Boxes [batch, boxes, 4], scores [batch, boxes, classes], then overlap, score and number as inputs that may be left out.
    private static IReadOnlyList<OnnxValue> Suppress(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        SuppressionLayerDetails settings = layer.Settings.NonMaximumSuppression;
        OnnxValue boxes = layer.X, scores = layer.Input(1);
        layer.RankFrom(boxes, LayerRanks.Image);
        layer.RankFrom(scores, LayerRanks.Image);
        if (boxes.Dimension(0) is not (> 0 and <= MaximumBatch and var batch))
        {
            throw new NotTranslatableException($"the number of its images is not known, or not 1 to {MaximumBatch}.");
        }

        OnnxValue overlap = layer.InputCount > 2 ? layer.Scalar(2) : graph.Constants.Float(settings.IouThreshold);
        OnnxValue least = layer.InputCount > 3 ? layer.Scalar(3) : graph.Constants.Float(settings.ScoreThreshold);
        OnnxValue most = layer.InputCount > 4 ? layer.Sizes(4) : graph.Constants.Int64s([LayerContext.Count(settings.MaxBoxes)]);
        IReadOnlyList<OnnxValue>[] images = Enumerable.Range(0, (int)batch)
            .Select(image => OfImage(Image(boxes, image), Image(scores, image))).ToArray();
        return Enumerable.Range(0, 4).Select(output => graph.Concat(images.Select(image => image[output]).ToArray(), 0)).ToArray();

        OnnxValue Image(OnnxValue x, int image) => graph.Slice(x, [image], [image + 1], [0]);

        IReadOnlyList<OnnxValue> OfImage(OnnxValue own, OnnxValue ownScores)
        {
            OnnxValue byClass = graph.Transpose(ownScores, 0, 2, 1);
            OnnxValue candidates = settings.PerClassSuppression ? byClass : graph.Reduce("ReduceMax", byClass, [1], keepDimensions: true);
            OnnxValue selected = graph.Add(
                "NonMaxSuppression", OnnxTensorType.Int64, [-1, 3], [own, candidates, graph.Reshape(most), overlap, least], OnnxAttributes.Flag("center_point_box", true));
            OnnxValue all = graph.Gather(selected, graph.Constants.Int64s([2], isScalar: true), 1);
            OnnxValue indices = graph.SliceBy(all, graph.Constants.Int64s([0]), most, graph.Constants.Int64s([0]), graph.Constants.Int64s([1]));
            OnnxValue count = graph.SizeOf(indices, 0), missing = graph.Minus(most, count);
            OnnxValue noIndex = graph.Constants.Float(-1);
            return
            [
                Padded(graph.Gather(graph.Squeeze(own, 0), indices, 0), missing, null),
                Padded(graph.Gather(graph.Squeeze(ownScores, 0), indices, 0), missing, null),
                Padded(graph.Cast(indices, OnnxTensorType.Float), missing, noIndex),
                graph.Cast(count, OnnxTensorType.Float),
            ];
        }

        OnnxValue Padded(OnnxValue x, OnnxValue missing, OnnxValue? filler)
        {
            long[] shape = [most.Known is [var known] ? known : -1, .. x.Shape!.Skip(1)];
            OnnxValue pads = graph.Concat([graph.Constants.Int64s([0]), missing], 0);
            return graph.Unsqueeze(graph.Add("Pad", x.Type, shape, [x, pads, filler, graph.Constants.Int64s([0])]), 0);
        }
    }
}
