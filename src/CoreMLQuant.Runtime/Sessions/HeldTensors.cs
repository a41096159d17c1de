using System;
using System.Collections.Generic;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>Tensors by name, which go with it.</summary>
internal sealed class HeldTensors : IDisposable
{
    private readonly Dictionary<string, OrtValue> _tensors = new(StringComparer.Ordinal);

    /// <summary>A tensor.</summary>
    public OrtValue this[string name] => _tensors[name];

    /// <summary>Whether it holds a tensor.</summary>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>Takes tensors over.</summary>
    public void Add(IEnumerable<KeyValuePair<string, OrtValue>> tensors)
    {
        foreach (KeyValuePair<string, OrtValue> tensor in tensors)
        {
            _tensors.Add(tensor.Key, tensor.Value);
        }
    }

    /// <summary>Hands a tensor over, if it is there.</summary>
    public bool Remove(string name, out OrtValue? tensor) => _tensors.Remove(name, out tensor);

    /// <summary>Some of the tensors.</summary>
    public IEnumerable<KeyValuePair<string, OrtValue>> Of(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            yield return new KeyValuePair<string, OrtValue>(name, _tensors[name]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (OrtValue tensor in _tensors.Values)
        {
            tensor.Dispose();
        }

        _tensors.Clear();
    }
}
