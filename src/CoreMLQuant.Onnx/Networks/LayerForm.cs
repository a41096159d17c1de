using System;
using System.Collections.Generic;
using CoreMLQuant.Onnx.Graphs;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>How a kind of layer is written in ONNX.</summary>
/// <param name="Kind">The kind, e.g. <see cref="Kind.Convolution"/>.</param>
/// <param name="Translate">Adds its nodes and gives its results, in the order of its outputs.</param>
internal sealed record LayerForm(Kind Kind, Func<LayerContext, IReadOnlyList<OnnxValue>> Translate)
{
    /// <summary>The oldest opset of ONNX that has what it needs.</summary>
    public int SinceOpset { get; init; } = TranslationOptions.OldestOpset;

    /// <summary>What to know about its numbers, one sentence; <see langword="null"/> when ONNX's operator is the same.</summary>
    public string? Trap { get; init; }

    /// <summary>A layer with one output.</summary>
    public static LayerForm Of(Kind kind, Func<LayerContext, OnnxValue> translate) => new(kind, layer => [translate(layer)]);
}
