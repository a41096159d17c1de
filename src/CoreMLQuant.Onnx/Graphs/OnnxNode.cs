using System.Collections.Generic;
using CoreMLQuant.Onnx.Schema;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>A node of a graph that is being built.</summary>
/// <param name="Type">The operator.</param>
/// <param name="Inputs">Its inputs; <see langword="null"/> for an optional one that is left out.</param>
/// <param name="Outputs">Its outputs; <see langword="null"/> for one that nobody wants.</param>
/// <param name="Attributes">Its attributes.</param>
/// <param name="Subgraphs">The graphs inside it, by attribute.</param>
/// <param name="Origin">Name of the Core ML operation or layer that it belongs to.</param>
internal sealed record OnnxNode(
    string Type,
    IReadOnlyList<OnnxValue?> Inputs,
    IReadOnlyList<OnnxValue?> Outputs,
    IReadOnlyList<AttributeProto> Attributes,
    IReadOnlyList<KeyValuePair<string, GraphBuilder>> Subgraphs,
    string Origin);
