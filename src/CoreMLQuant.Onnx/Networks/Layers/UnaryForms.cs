using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Functions of each element.</summary>
internal static class UnaryForms
{
    private const float DefaultEpsilon = 1e-6f;

    // Those that ONNX has under the same name.
    private static readonly Kind[] Direct =
    [
        Kind.Ceil, Kind.Floor, Kind.Sign, Kind.Round, Kind.Sin, Kind.Cos, Kind.Tan, Kind.Asin, Kind.Acos, Kind.Atan,
        Kind.Sinh, Kind.Cosh, Kind.Tanh, Kind.Asinh, Kind.Acosh, Kind.Atanh, Kind.Erf,
    ];

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All => Direct
        .Select(kind => LayerForm.Of(kind, layer => layer.Graph.Unary(kind.ToString(), layer.X)))
        .Concat([
            LayerForm.Of(Kind.Unary, Unary) with { Trap = "It is a function of scale * x + shift; a scale of 0 is 1." },
            LayerForm.Of(Kind.Exp2, layer => layer.Graph.Binary("Pow", layer.Graph.Constants.Float(2), layer.X)),
            LayerForm.Of(Kind.Clip, Clip),
        ]);

    private static OnnxValue Unary(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        UnaryDetails settings = layer.Settings.Unary;
        OnnxValue x = settings.Scale is 0 or 1 ? layer.X : graph.Times(layer.X, graph.Constants.Float(settings.Scale));
        x = settings.Shift == 0 ? x : graph.Plus(x, graph.Constants.Float(settings.Shift));
        OnnxValue epsilon = graph.Constants.Float(settings.Epsilon == 0 ? DefaultEpsilon : settings.Epsilon), alpha = graph.Constants.Float(settings.Alpha);
        Func<OnnxValue>[] functions =
        [
            () => graph.Unary("Sqrt", x),
            () => graph.Unary("Reciprocal", graph.Unary("Sqrt", graph.Plus(x, epsilon))),
            () => graph.Unary("Reciprocal", graph.Plus(x, epsilon)),
            () => graph.Binary("Pow", x, alpha),
            () => graph.Unary("Exp", x),
            () => graph.Unary("Log", x),
            () => graph.Unary("Abs", x),
            () => graph.Binary("Max", x, alpha),
        ];
        return settings.Type >= 0 && settings.Type < functions.Length ? functions[settings.Type]() : throw new NotTranslatableException($"its function {settings.Type} is not known.");
    }

    private static OnnxValue Clip(LayerContext layer) => layer.Graph.Clipped(
        layer.X, layer.Graph.Constants.Float(layer.Settings.Clip.MinVal), layer.Graph.Constants.Float(layer.Settings.Clip.MaxVal));
}
