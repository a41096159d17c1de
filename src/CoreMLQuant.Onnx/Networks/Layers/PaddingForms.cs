using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Layers that add or cut off borders.</summary>
internal static class PaddingForms
{
    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.Padding, Planar),
        LayerForm.Of(Kind.ConstantPad, Constant) with { Trap = "Amounts may be the sizes of the output: on whose side one stands, the padding is." },
        LayerForm.Of(Kind.Crop, Crop),
    ];

    private static OnnxValue Planar(LayerContext layer)
    {
        PaddingDetails settings = layer.Settings.Padding;
        (long Start, long End)[] borders = Borders(settings.PaddingAmounts);
        int leading = layer.RankFrom(layer.X, 2) - 2;
        long[] none = new long[leading];
        long[] pads = [.. none, borders[0].Start, borders[1].Start, .. none, borders[0].End, borders[1].End];
        string mode = settings.PaddingTypeCase switch
        {
            PaddingDetails.PaddingTypeOneofCase.Reflection => "reflect",
            PaddingDetails.PaddingTypeOneofCase.Replication => "edge",
            _ => "constant",
        };
        return Padded(layer, layer.Graph.Constants.Int64s(pads), settings.Constant?.Value ?? 0, mode);
    }

    private static OnnxValue Constant(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        ConstantPadDetails settings = layer.Settings.ConstantPad;
        int rank = layer.Rank(layer.X);
        OnnxValue amounts = layer.InputCount > 1 ? layer.Sizes(1) : graph.Constants.Int64s(LayerContext.Counts(settings.PadAmounts));
        if (amounts.Known is { } known && known.Count != 2 * rank)
        {
            throw new NotTranslatableException($"it has {known.Count} amounts; {2 * rank} are needed.");
        }

        // Pairs of an axis become all starts, then all ends.
        OnnxValue[] parts = Enumerable.Range(0, 2 * rank).Select(i => Amount(i < rank ? i : i - rank, i >= rank)).ToArray();
        return Padded(layer, graph.Concat(parts, 0), settings.Value, "constant");

        OnnxValue Amount(int axis, bool isEnd)
        {
            int index = (2 * axis) + (isEnd ? 1 : 0);
            OnnxValue amount = amounts.Known is { } all ? graph.Constants.Int64s([all[index]]) : graph.Slice(amounts, [index], [index + 1], [0]);
            return settings.PadToGivenOutputSizeMode
                ? graph.Binary("Max", graph.Minus(amount, graph.SizeOf(layer.X, axis)), graph.Constants.Int64s([0]))
                : amount;
        }
    }

    private static OnnxValue Padded(LayerContext layer, OnnxValue pads, float value, string mode)
    {
        int rank = layer.Rank(layer.X);
        long[] shape = Enumerable.Range(0, rank)
            .Select(axis => layer.X.Dimension(axis) is >= 0 and var size && pads.Known is { } known ? size + known[axis] + known[axis + rank] : -1).ToArray();
        return layer.Graph.Add(
            "Pad", layer.X.Type, shape, [layer.X, pads, mode == "constant" ? layer.Graph.Constants.Float(value) : null], OnnxAttributes.Text("mode", mode));
    }

    // Borders of height and width, or the size of another blob from an offset on.
    private static OnnxValue Crop(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        CropDetails settings = layer.Settings.Crop;
        layer.RankFrom(layer.X, 2);
        if (layer.InputCount == 1)
        {
            (long Start, long End)[] borders = Borders(settings.CropAmounts);
            return graph.Cropped(layer.X, borders[0].Start, borders[0].End, borders[1].Start, borders[1].End);
        }

        OnnxValue like = layer.Input(1), x = layer.X;
        int rank = layer.Rank(x), otherRank = layer.RankFrom(like, 2);
        OnnxValue starts = graph.Constants.Int64s(settings.Offset.Count == 2 ? LayerContext.Counts(settings.Offset) : [0, 0]);
        OnnxValue sizes = graph.Concat([graph.SizeOf(like, otherRank - 2), graph.SizeOf(like, otherRank - 1)], 0);
        return graph.SliceBy(x, starts, graph.Plus(starts, sizes), graph.Constants.Int64s([rank - 2, rank - 1]), graph.Constants.Int64s([1, 1]));
    }

    private static (long Start, long End)[] Borders(BorderAmountsDetails? amounts) => amounts?.BorderAmounts.Count == 2
        ? amounts.BorderAmounts.Select(border => (LayerContext.Count(border.StartEdgeSize), LayerContext.Count(border.EndEdgeSize))).ToArray()
        : [(0, 0), (0, 0)];
}
