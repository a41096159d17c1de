using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>The states of a network between runs: zeros at first, then what the last run left.</summary>
internal sealed class StateValues(IReadOnlyList<OnnxState> states)
{
    private readonly Dictionary<string, OrtValue> _values = new(StringComparer.Ordinal);

    /// <summary>The states by the graph's inputs.</summary>
    public IEnumerable<KeyValuePair<string, OrtValue>> Current()
    {
        foreach (OnnxState state in states)
        {
            if (!_values.TryGetValue(state.InputTensor, out OrtValue? value))
            {
                value = Tensors.Filled(0, state.TensorType, state.Shape);
                _values.Add(state.InputTensor, value);
            }
        }

        return _values;
    }

    /// <summary>Takes the new states out of a run's outputs.</summary>
    public void Keep(HeldTensors outputs)
    {
        foreach (OnnxState state in states.Where(state => state.OutputTensor is not null))
        {
            if (outputs.Remove(state.OutputTensor!, out OrtValue? value))
            {
                _values[state.InputTensor].Dispose();
                _values[state.InputTensor] = value!;
            }
        }
    }

    /// <summary>Back to zeros.</summary>
    public void Reset()
    {
        foreach (OrtValue value in _values.Values)
        {
            value.Dispose();
        }

        _values.Clear();
    }
}
