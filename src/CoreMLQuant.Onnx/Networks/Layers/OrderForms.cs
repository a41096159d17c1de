using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Layers about the order of elements and their places.</summary>
internal static class OrderForms
{
    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        new LayerForm(Kind.TopK, TopK),
        LayerForm.Of(Kind.ArgSort, ArgSort),
        LayerForm.Of(Kind.ArgMax, layer => Argument(layer, "ArgMax", layer.Settings.ArgMax)),
        LayerForm.Of(Kind.ArgMin, layer => Argument(layer, "ArgMin", layer.Settings.ArgMin)),
        LayerForm.Of(Kind.CumSum, CumSum),
        LayerForm.Of(Kind.Reverse, Reverse),
        LayerForm.Of(Kind.ReverseSeq, ReverseSequence),
        LayerForm.Of(Kind.OneHot, OneHot),
        LayerForm.Of(Kind.WhereNonZero, NonZero),
        LayerForm.Of(Kind.MatrixBandPart, Band),
        LayerForm.Of(Kind.LowerTriangular, layer => Triangle(layer, layer.X, layer.Graph.Constants.Int64s([layer.Settings.LowerTriangular.K], isScalar: true), isUpper: false)),
        LayerForm.Of(Kind.UpperTriangular, layer => Triangle(layer, layer.X, layer.Graph.Constants.Int64s([layer.Settings.UpperTriangular.K], isScalar: true), isUpper: true)),
    ];

    private static IReadOnlyList<OnnxValue> TopK(LayerContext layer)
    {
        TopKDetails settings = layer.Settings.TopK;
        int axis = layer.Axis(settings.Axis);

        // The number may be a second input; none, or -1, means all.
        OnnxValue count = layer.InputCount > 1 ? layer.Sizes(1)
            : settings.K is 0 or > int.MaxValue ? layer.Graph.SizeOf(layer.X, axis)
            : layer.Graph.Constants.Int64s([(long)settings.K]);
        return Ordered(layer, axis, count, largest: !settings.UseBottomK);
    }

    private static OnnxValue ArgSort(LayerContext layer)
    {
        int axis = layer.Axis(layer.Settings.ArgSort.Axis);
        return Ordered(layer, axis, layer.Graph.SizeOf(layer.X, axis), layer.Settings.ArgSort.Descending)[1];
    }

    private static OnnxValue[] Ordered(LayerContext layer, int axis, OnnxValue count, bool largest)
    {
        long[] shape = layer.X.Shape!.Select((size, i) => i != axis ? size : count.Known is [var known] ? known : -1).ToArray();
        OnnxValue values = new(layer.X.Type, shape), indices = new(OnnxTensorType.Int64, shape);
        layer.Graph.AddNode(
            "TopK", [layer.X, count], [values, indices], [OnnxAttributes.Integer("axis", axis), OnnxAttributes.Flag("largest", largest), OnnxAttributes.Flag("sorted", true)], []);
        return [values, layer.Blob(indices)];
    }

    private static OnnxValue Argument(LayerContext layer, string operatorType, ArgumentDetails settings)
    {
        int axis = layer.Axis(settings.Axis);
        IReadOnlyList<long>? shape = ReductionNodes.Reduced(layer.X.Shape, [axis], !settings.RemoveDim);
        OnnxValue places = layer.Graph.Add(
            operatorType, OnnxTensorType.Int64, shape, [layer.X], OnnxAttributes.Integer("axis", axis), OnnxAttributes.Flag("keepdims", !settings.RemoveDim));
        return layer.Blob(ReductionForms.NoScalar(layer.Graph, places));
    }

    private static OnnxValue CumSum(LayerContext layer)
    {
        CumSumDetails settings = layer.Settings.CumSum;
        OnnxValue axis = layer.InputCount > 1
            ? layer.Graph.Reshape(layer.Integers(1))
            : layer.Graph.Constants.Int64s([layer.Axis(settings.Axis)], isScalar: true);
        return layer.Graph.Add(
            "CumSum", layer.X.Type, layer.X.Shape, [layer.X, axis], OnnxAttributes.Flag("exclusive", settings.ExcludeFinalSum), OnnxAttributes.Flag("reverse", settings.Reverse));
    }

    private static OnnxValue Reverse(LayerContext layer) => layer.Graph.Reversed(
        layer.X, Enumerable.Range(0, layer.Settings.Reverse.ReverseDim.Count).Where(axis => layer.Settings.Reverse.ReverseDim[axis]).Select(axis => (long)axis).ToArray());

    // ONNX has it for the first two axes only, either way around.
    private static OnnxValue ReverseSequence(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        ReverseSeqDetails settings = layer.Settings.ReverseSeq;
        int rank = layer.Rank(layer.X), batch = layer.Axis(settings.BatchAxis), sequence = layer.Axis(settings.SequenceAxis);
        int[] order = [batch, sequence, .. Enumerable.Range(0, rank).Where(axis => axis != batch && axis != sequence)];
        int[] back = Enumerable.Range(0, rank).Select(axis => System.Array.IndexOf(order, axis)).ToArray();
        OnnxValue moved = graph.Transpose(layer.X, order);
        OnnxValue reversed = graph.Add(
            "ReverseSequence", moved.Type, moved.Shape, [moved, layer.Sizes(1)], OnnxAttributes.Integer("batch_axis", 0), OnnxAttributes.Integer("time_axis", 1));
        return graph.Transpose(reversed, back);
    }

    private static OnnxValue OneHot(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        OneHotDetails settings = layer.Settings.OneHot;
        OnnxValue indices = layer.Integers(0);
        int rank = layer.Rank(indices), axis = ShapeArithmetic.Axis(settings.Axis, rank + 1);
        OnnxValue count = layer.InputCount > 1 ? layer.Sizes(1) : graph.Constants.Int64s([LayerContext.Count(settings.OneHotVectorSize)]);

        // An index outside gives a row of the other value.
        OnnxValue range = graph.Reshape(graph.Range(count), [-1, .. Enumerable.Repeat(1L, rank - axis)]);
        OnnxValue isHot = graph.Truth("Equal", graph.Unsqueeze(indices, axis), range);
        return graph.Where(isHot, graph.Constants.Float(settings.OnValue), graph.Constants.Float(settings.OffValue));
    }

    private static OnnxValue NonZero(LayerContext layer)
    {
        int rank = layer.Rank(layer.X);
        OnnxValue places = layer.Graph.Add("NonZero", OnnxTensorType.Int64, [rank, -1], [layer.X]);
        return layer.Blob(layer.Graph.Transpose(places, 1, 0));
    }

    // A negative number keeps the whole triangle.
    private static OnnxValue Band(LayerContext layer)
    {
        BandDetails settings = layer.Settings.MatrixBandPart;
        OnnxValue x = layer.X;
        x = settings.NumLower < 0 ? x : Triangle(layer, x, layer.Graph.Constants.Int64s([-settings.NumLower], isScalar: true), isUpper: true);
        return settings.NumUpper < 0 ? x : Triangle(layer, x, layer.Graph.Constants.Int64s([settings.NumUpper], isScalar: true), isUpper: false);
    }

    private static OnnxValue Triangle(LayerContext layer, OnnxValue x, OnnxValue diagonal, bool isUpper) =>
        layer.Graph.Add("Trilu", x.Type, x.Shape, [x, diagonal], OnnxAttributes.Flag("upper", isUpper));
}
