using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Layers that take elements by index. Indices outside, which Core ML leaves undefined, are moved into the range.</summary>
internal static class GatherForms
{
    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.Gather, Gather),
        LayerForm.Of(Kind.GatherND, ByPositions),
        LayerForm.Of(Kind.GatherAlongAxis, AlongAxis),
    ];

    /// <summary>Positions in the first axes of a blob, within it.</summary>
    public static OnnxValue Positions(GraphBuilder graph, OnnxValue x, OnnxValue indices)
    {
        if (indices.Dimension(-1) is not (> 0 and var count) || x.Rank is not { } rank || count > rank)
        {
            throw new NotTranslatableException("the number of its positions is not known, or larger than that of the axes.");
        }

        OnnxValue sizes = graph.Concat(Enumerable.Range(0, (int)count).Select(axis => graph.SizeOf(x, axis)).ToArray(), 0), one = graph.Constants.Int64s([1]);
        return graph.Clipped(indices, graph.Minus(graph.Constants.Int64s([0]), sizes), graph.Minus(sizes, one));
    }

    private static OnnxValue Gather(LayerContext layer)
    {
        int axis = layer.Axis(layer.Settings.Gather.Axis_);
        OnnxValue indices = layer.Integers(1);
        OnnxValue taken = layer.Graph.Gather(layer.X, layer.Graph.Within(indices, layer.X, axis), axis);

        // A part of a shape is still integers.
        if (layer.Translator.Integers.Find(layer.X) is { Rank: 1 } integers)
        {
            layer.Translator.Integers.Remember(taken, layer.Graph.Gather(integers, layer.Graph.Within(indices, integers, 0), 0));
        }

        return taken;
    }

    private static OnnxValue ByPositions(LayerContext layer)
    {
        OnnxValue indices = Positions(layer.Graph, layer.X, layer.Integers(1));
        IEnumerable<long> rest = layer.X.Shape!.Skip((int)indices.Dimension(-1));
        return ReductionForms.NoScalar(
            layer.Graph, layer.Graph.Add("GatherND", layer.X.Type, [.. indices.Shape!.Take(indices.Shape!.Count - 1), .. rest], [layer.X, indices]));
    }

    private static OnnxValue AlongAxis(LayerContext layer)
    {
        int axis = layer.Axis(layer.Settings.GatherAlongAxis.Axis_);
        OnnxValue indices = layer.Integers(1);
        return layer.Graph.Add(
            "GatherElements", layer.X.Type, indices.Shape, [layer.X, layer.Graph.Within(indices, layer.X, axis)], OnnxAttributes.Integer("axis", axis));
    }
}
