using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Functions of several blobs, element by element.</summary>
internal static class BinaryForms
{
    private static readonly (Kind Kind, string Operator)[] Broadcast =
    [
        (Kind.AddBroadcastable, "Add"), (Kind.SubtractBroadcastable, "Sub"), (Kind.MultiplyBroadcastable, "Mul"), (Kind.DivideBroadcastable, "Div"),
        (Kind.PowBroadcastable, "Pow"), (Kind.MinBroadcastable, "Min"), (Kind.MaxBroadcastable, "Max"), (Kind.Max, "Max"), (Kind.Min, "Min"),
    ];

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All => Broadcast
        .Select(pair => LayerForm.Of(pair.Kind, layer => Folded(layer, pair.Operator)))
        .Concat([
            LayerForm.Of(Kind.Add, layer => layer.InputCount == 1 ? WithNumber(layer, "Add", layer.Settings.Add.Alpha) : Folded(layer, "Add")),
            LayerForm.Of(Kind.Multiply, layer => layer.InputCount == 1 ? WithNumber(layer, "Mul", layer.Settings.Multiply.Alpha) : Folded(layer, "Mul")),
            LayerForm.Of(Kind.Average, layer => layer.Graph.Over(Folded(layer, "Add"), layer.Graph.Constants.Float(layer.InputCount))),
            LayerForm.Of(Kind.ModBroadcastable, Modulo) with { Trap = "The rest has the sign of the divisor." },
            LayerForm.Of(Kind.FloorDivBroadcastable, layer => layer.Graph.Floor(layer.Graph.Over(layer.Input(0), layer.Input(1)))),
            LayerForm.Of(Kind.Dot, Dot),
        ]);

    private static OnnxValue Folded(LayerContext layer, string operatorType) =>
        layer.Inputs.Skip(1).Aggregate(layer.X, (left, right) => layer.Graph.Binary(operatorType, left, right));

    private static OnnxValue WithNumber(LayerContext layer, string operatorType, float number) =>
        layer.Graph.Binary(operatorType, layer.X, layer.Graph.Constants.Float(number));

    private static OnnxValue Modulo(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        OnnxValue divisor = layer.Input(1);
        return graph.Minus(layer.X, graph.Times(graph.Floor(graph.Over(layer.X, divisor)), divisor));
    }

    // Over the channels.
    private static OnnxValue Dot(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        layer.RankFrom(layer.X, LayerRanks.Image);
        OnnxValue other = layer.Input(1), product = Sum(graph.Times(layer.X, other));
        if (!layer.Settings.Dot.CosineSimilarity)
        {
            return product;
        }

        return graph.Over(product, graph.Times(Length(layer.X), Length(other)));

        OnnxValue Sum(OnnxValue x) => graph.Reduce("ReduceSum", x, [-LayerRanks.Image], keepDimensions: true);

        OnnxValue Length(OnnxValue x) => graph.Reduce("ReduceL2", x, [-LayerRanks.Image], keepDimensions: true);
    }
}
