namespace CoreMLQuant.Onnx;

/// <summary>Facts about the element types of ONNX tensors.</summary>
internal static class OnnxTensorTypes
{
    /// <summary>Bits of an element as it is stored; 0 for text.</summary>
    public static int BitWidth(this OnnxTensorType type) => type switch
    {
        OnnxTensorType.UInt4 or OnnxTensorType.Int4 => 4,
        OnnxTensorType.UInt8 or OnnxTensorType.Int8 or OnnxTensorType.Bool => 8,
        OnnxTensorType.UInt16 or OnnxTensorType.Int16 or OnnxTensorType.Float16 => 16,
        OnnxTensorType.Float or OnnxTensorType.Int32 => 32,
        OnnxTensorType.Int64 or OnnxTensorType.Double => 64,
        _ => 0,
    };
}
