using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Layers that reorder, add, remove or count axes.</summary>
internal static class AxisForms
{
    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.Permute, Permute) with { Trap = "The batch stays where it is." },
        LayerForm.Of(Kind.Transpose, layer => layer.Graph.Transpose(layer.X, layer.Settings.Transpose.Axes.Select(axis => layer.Axis(axis)).ToArray())),
        LayerForm.Of(Kind.Squeeze, Squeeze),
        LayerForm.Of(Kind.ExpandDims, ExpandDims),
        LayerForm.Of(Kind.GetShape, layer => layer.Blob(layer.Graph.ShapeOf(layer.X))),
    ];

    // Axes of sequence, channels, height and width.
    private static OnnxValue Permute(LayerContext layer)
    {
        int[] axes = layer.Settings.Permute.Axes.Select(axis => ShapeArithmetic.Axis(axis, 4)).ToArray();
        return axes.Length == 4 && layer.Rank(layer.X) == LayerRanks.Sequence
            ? layer.Graph.Transpose(layer.X, InFive(axes[0]), 1, InFive(axes[1]), InFive(axes[2]), InFive(axes[3]))
            : throw new NotTranslatableException("it needs five axes and an order of four.");

        static int InFive(int axis) => axis == 0 ? 0 : axis + 1;
    }

    private static OnnxValue Squeeze(LayerContext layer)
    {
        int rank = layer.Rank(layer.X);
        bool takesAll = layer.Settings.Squeeze.SqueezeAll;
        long[] axes = takesAll
            ? Enumerable.Range(0, rank).Where(axis => layer.X.Dimension(axis) == 1).Select(axis => (long)axis).ToArray()
            : layer.Settings.Squeeze.Axes.Select(axis => (long)layer.Axis(axis)).ToArray();

        if (takesAll && layer.StatedOutputRank is { } stated && stated != Math.Max(1, rank - axes.Length))
        {
            return SqueezeUnsized(layer, stated);
        }

        // No blob is a scalar.
        OnnxValue squeezed = layer.Graph.Squeeze(layer.X, axes.Length == rank ? axes.Skip(1).ToArray() : axes);
        if (layer.Translator.Integers.Find(layer.X) is { } integers && integers.Rank == 1)
        {
            layer.Translator.Integers.Remember(squeezed, integers);
        }

        return squeezed;
    }

    // A flexible size is taken for more than 1, unless the layer says that fewer axes are left; which ones is seen when the model runs.
    private static OnnxValue SqueezeUnsized(LayerContext layer, int rank) => rank == 1
        ? layer.Graph.Reshape(layer.X, -1)
        : layer.Graph.Add("Squeeze", layer.X.Type, ShapeNodes.Unknown(rank), [layer.X]);

    private static OnnxValue ExpandDims(LayerContext layer)
    {
        int rank = layer.Rank(layer.X) + layer.Settings.ExpandDims.Axes.Count;
        return layer.Graph.Unsqueeze(layer.X, layer.Settings.ExpandDims.Axes.Select(axis => (long)ShapeArithmetic.Axis(axis, rank)).OrderBy(axis => axis).ToArray());
    }
}
