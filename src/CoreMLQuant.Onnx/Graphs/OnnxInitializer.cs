using System;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>A constant of a graph, wherever its data is. Constants of nested graphs stand in the outermost one, which they all see.</summary>
/// <param name="Value">The tensor.</param>
internal abstract record OnnxInitializer(OnnxValue Value);

/// <summary>A constant whose bytes stand in the graph.</summary>
/// <param name="Value">The tensor.</param>
/// <param name="Bytes">Little-endian elements.</param>
internal sealed record InlineInitializer(OnnxValue Value, ReadOnlyMemory<byte> Bytes) : OnnxInitializer(Value);

/// <summary>A constant that stays in the model's own file.</summary>
/// <param name="Value">The tensor.</param>
/// <param name="Path">Path of the file relative to the model.</param>
/// <param name="Offset">Where the data begins.</param>
/// <param name="Length">Bytes.</param>
internal sealed record StoredInitializer(OnnxValue Value, string Path, long Offset, long Length) : OnnxInitializer(Value);

/// <summary>A constant that is decoded when a session wants it.</summary>
/// <param name="Value">The tensor.</param>
/// <param name="Values">The values.</param>
internal sealed record DecodedInitializer(OnnxValue Value, TensorValues Values) : OnnxInitializer(Value)
{
    /// <summary>The weight as a session sees it.</summary>
    public DecodedOnnxWeight ToWeight() => Value.Type switch
    {
        OnnxTensorType.Float16 => new HalfWeight(Value, Values),
        OnnxTensorType.Float or OnnxTensorType.Int32 => new TensorWeight(Value, Values),
        _ => new CodeWeight(Value, Values),
    };

    private sealed class TensorWeight(OnnxValue value, TensorValues values) : DecodedOnnxWeight(value.Name, value.Type, value.Shape!, values.Count)
    {
        public override void Read(long start, Span<byte> destination)
        {
            Span<float> floats = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(destination);
            values.Read(start, floats);
            if (TensorType == OnnxTensorType.Int32)
            {
                // Integers of up to 16 bits are exact in FP32; they take the same four bytes.
                Span<int> integers = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(destination);
                for (int i = 0; i < floats.Length; i++)
                {
                    integers[i] = (int)floats[i];
                }
            }
        }
    }
}
