using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx;
using CoreMLQuant.Running;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>The inputs of a network as tensors of its graph.</summary>
internal static class InputTensors
{
    /// <summary>Makes them; an optional input that is missing is filled as the model says.</summary>
    /// <param name="path">The model, for errors.</param>
    /// <param name="translation">The network.</param>
    /// <param name="values">Features by name.</param>
    /// <exception cref="ModelRunException">A stage before gives something that is no multi-array.</exception>
    public static Dictionary<string, OrtValue> Of(string path, OnnxTranslation translation, IDictionary<string, object> values) => translation.Inputs.ToDictionary(
        input => input.TensorName,
        input => values.TryGetValue(input.Name, out object? value)
            ? Of(path, input, value)
            : Tensors.Filled(input.DefaultValue, input.TensorType, input.Shape.Select(dimension => Math.Max(1, dimension.Size)).ToArray()),
        StringComparer.Ordinal);

    private static OrtValue Of(string path, OnnxFeature input, object value)
    {
        MultiArray array = value switch
        {
            MultiArray given => given,
            long number => new MultiArray(new[] { number }, []),
            double number => new MultiArray(new[] { number }, []),
            _ => throw new ModelRunException($"'{path}': input '{input.Name}' takes a multi-array, and the stage before gives a {value.GetType().Name}."),
        };
        return Tensors.From(array, input.TensorType, TensorShape.Of(array.Shape, input.Shape));
    }
}
