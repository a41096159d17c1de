using CoreMLQuant.Elements;

namespace CoreMLQuant.Onnx.Programs;

/// <summary>Which ONNX type stands for a Core ML type.</summary>
internal static class ElementTypeMapping
{
    /// <summary>
    /// FP32 for all floats, because sessions compute FP16 in FP32 anyway; 32 bits for all integers, because smaller ones have few kernels.
    /// </summary>
    /// <exception cref="NotTranslatableException">The type is neither a number nor a truth value.</exception>
    public static OnnxTensorType ToOnnx(this ElementType type) => type switch
    {
        ElementType.Float16 or ElementType.Float32 or ElementType.Float64 or ElementType.BFloat16
            or ElementType.Float8E4M3FN or ElementType.Float8E5M2 => OnnxTensorType.Float,
        ElementType.Boolean => OnnxTensorType.Bool,
        ElementType.String or ElementType.Unknown => throw new NotTranslatableException("its values are neither numbers nor truth values."),
        _ => OnnxTensorType.Int32,
    };
}
