using System.Collections.Generic;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>
/// Blobs hold floats, shapes and indices among them. Which floats stand for integers is remembered, so that a shape that was asked for
/// or is a constant is a static one where it is used.
/// </summary>
internal sealed class IntegerBlobs
{
    private readonly Dictionary<OnnxValue, OnnxValue> _integers = [];

    /// <summary>Integers as floats.</summary>
    public OnnxValue ToBlob(GraphBuilder graph, OnnxValue integers)
    {
        OnnxValue blob = graph.Cast(integers, OnnxTensorType.Float);
        _integers[blob] = integers;
        return blob;
    }

    /// <summary>Remembers what a blob holds.</summary>
    public void Remember(OnnxValue blob, OnnxValue integers) => _integers[blob] = integers;

    /// <summary>A blob as 64-bit integers.</summary>
    public OnnxValue Of(GraphBuilder graph, OnnxValue blob) => _integers.TryGetValue(blob, out OnnxValue? integers)
        ? graph.Cast(integers, OnnxTensorType.Int64)
        : graph.Cast(blob, OnnxTensorType.Int64);

    /// <summary>The integers that a blob is known to be; <see langword="null"/> when it is not known to be any.</summary>
    public OnnxValue? Find(OnnxValue blob) => _integers.TryGetValue(blob, out OnnxValue? integers) ? integers : null;
}
