using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Comparisons and logic: blobs hold 1 for true and 0 for false.</summary>
internal static class LogicForms
{
    private static readonly (Kind Kind, string Operator, Func<LayerDetails, float> Number)[] Comparisons =
    [
        (Kind.Equal, "Equal", settings => settings.Equal.Alpha),
        (Kind.NotEqual, "NotEqual", settings => settings.NotEqual.Alpha),
        (Kind.LessThan, "Less", settings => settings.LessThan.Alpha),
        (Kind.LessEqual, "LessOrEqual", settings => settings.LessEqual.Alpha),
        (Kind.GreaterThan, "Greater", settings => settings.GreaterThan.Alpha),
        (Kind.GreaterEqual, "GreaterOrEqual", settings => settings.GreaterEqual.Alpha),
    ];

    private static readonly (Kind Kind, string Operator)[] Connectives = [(Kind.LogicalOr, "Or"), (Kind.LogicalXor, "Xor"), (Kind.LogicalAnd, "And")];

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All => Comparisons
        .Select(one => LayerForm.Of(one.Kind, layer => Compared(layer, one.Operator, layer.Optional(1) ?? layer.Graph.Constants.Float(one.Number(layer.Settings)))))
        .Concat(Connectives.Select(one => LayerForm.Of(one.Kind, layer => layer.Graph.Truth(one.Operator, Truth(layer, 0), Truth(layer, 1)))))
        .Concat([
            LayerForm.Of(Kind.LogicalNot, layer => layer.Graph.Not(Truth(layer, 0))),
            LayerForm.Of(Kind.WhereBroadcastable, layer => layer.Graph.Where(Truth(layer, 0), layer.Input(1), layer.Input(2))),
        ]);

    private static OnnxValue Compared(LayerContext layer, string operatorType, OnnxValue other) => operatorType == "NotEqual"
        ? layer.Graph.Not(layer.Graph.Truth("Equal", layer.X, other))
        : layer.Graph.Truth(operatorType, layer.X, other);

    private static OnnxValue Truth(LayerContext layer, int input) => layer.Graph.Cast(layer.Input(input), OnnxTensorType.Bool);
}
