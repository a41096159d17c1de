using System;
using System.Collections.Generic;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>What the blobs of a network are at the layer that is being translated. Blobs are variables: the last layer that writes a name wins.</summary>
/// <param name="outer">The scope around it; <see langword="null"/> for the outermost.</param>
/// <param name="graph">The graph that takes the nodes.</param>
internal sealed class NetworkScope(NetworkScope? outer, GraphBuilder graph)
{
    private readonly Dictionary<string, OnnxValue> _blobs = new(StringComparer.Ordinal);

    /// <summary>The graph that takes the nodes.</summary>
    public GraphBuilder Graph => graph;

    /// <summary>The value of a blob; <see langword="null"/> when nothing has written it.</summary>
    public OnnxValue? Find(string name) => _blobs.TryGetValue(name, out OnnxValue? value) ? value : outer?.Find(name);

    /// <summary>Writes a blob. Scopes around this one keep what they had.</summary>
    public void Write(string name, OnnxValue value) => _blobs[name] = value;
}
