namespace CoreMLQuant.Onnx;

/// <summary>Element types of ONNX tensors that translations use; the numbers are those of ONNX's <c>TensorProto.DataType</c>.</summary>
public enum OnnxTensorType
{
    /// <summary>Not known.</summary>
    Undefined = 0,

    /// <summary>FP32; also what stands for Core ML's FP16, rounded in the graph.</summary>
    Float = 1,

    /// <summary>Unsigned 8-bit.</summary>
    UInt8 = 2,

    /// <summary>Signed 8-bit.</summary>
    Int8 = 3,

    /// <summary>Unsigned 16-bit.</summary>
    UInt16 = 4,

    /// <summary>Signed 16-bit.</summary>
    Int16 = 5,

    /// <summary>Signed 32-bit; also what stands for Core ML's smaller integers.</summary>
    Int32 = 6,

    /// <summary>Signed 64-bit: shapes and indices inside a graph.</summary>
    Int64 = 7,

    /// <summary>Text.</summary>
    String = 8,

    /// <summary>True or false, one byte each.</summary>
    Bool = 9,

    /// <summary>FP16.</summary>
    Float16 = 10,

    /// <summary>FP64.</summary>
    Double = 11,

    /// <summary>Unsigned 4-bit, two to a byte, the first in the low bits; from opset 21 on.</summary>
    UInt4 = 21,

    /// <summary>Signed 4-bit, packed likewise; from opset 21 on.</summary>
    Int4 = 22,
}
