using System;
using System.Collections.Generic;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>The names that tensors have been given; a graph and all graphs inside it share them.</summary>
internal sealed class TensorNames
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>All names.</summary>
    public IReadOnlyCollection<string> Taken => _taken;

    /// <summary>Keeps a name for later.</summary>
    public void Reserve(string name) => _taken.Add(name);

    /// <summary>Gives a tensor a name if it has none yet and nobody has that one.</summary>
    public void Give(OnnxValue tensor, string name)
    {
        if (tensor.Name.Length == 0 && name.Length > 0 && _taken.Add(name))
        {
            tensor.Name = name;
        }
    }
}
