using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Onnx;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Features;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>Multi-arrays as ONNX Runtime's tensors and back.</summary>
internal static class Tensors
{
    /// <summary>A tensor over the values of an array, which are converted only where the graph has another type.</summary>
    public static OrtValue From(MultiArray array, OnnxTensorType type, IReadOnlyList<long> shape) => type == OnnxTensorType.Int32
        ? OrtValue.CreateTensorValueFromMemory(ArrayConversion.ToInt32(array.Values), [.. shape])
        : OrtValue.CreateTensorValueFromMemory(ArrayConversion.ToSingle(array.Values), [.. shape]);

    /// <summary>A tensor whose values are all the same.</summary>
    public static OrtValue Filled(double value, OnnxTensorType type, IReadOnlyList<long> shape)
    {
        float[] values = new float[checked((int)shape.Aggregate(1L, (product, size) => checked(product * size)))];
        Array.Fill(values, (float)value);
        return From(new MultiArray(values, shape), type, shape);
    }

    /// <summary>A tensor's values, copied.</summary>
    /// <param name="value">The tensor.</param>
    /// <param name="declared">The type that the model declares.</param>
    public static MultiArray ToArray(OrtValue value, ElementType declared)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        Array values = info.ElementDataType switch
        {
            TensorElementType.Float => declared == ElementType.Float64
                ? Array.ConvertAll(value.GetTensorDataAsSpan<float>().ToArray(), item => (double)item)
                : value.GetTensorDataAsSpan<float>().ToArray(),
            TensorElementType.Double => value.GetTensorDataAsSpan<double>().ToArray(),
            TensorElementType.Int32 => value.GetTensorDataAsSpan<int>().ToArray(),
            TensorElementType.Int64 => value.GetTensorDataAsSpan<long>().ToArray(),
            TensorElementType.Bool => value.GetTensorDataAsSpan<bool>().ToArray(),
            TensorElementType.UInt8 => value.GetTensorDataAsSpan<byte>().ToArray(),
            TensorElementType.Int8 => value.GetTensorDataAsSpan<sbyte>().ToArray(),
            TensorElementType.Float16 => Array.ConvertAll(value.GetTensorDataAsSpan<Float16>().ToArray(), item => (float)item),
            _ => throw new NotSupportedException($"Values of type {info.ElementDataType} cannot be read."),
        };
        return new MultiArray(values, info.Shape, declared);
    }
}
