using System;
using System.Runtime.InteropServices;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Values that stay in FP16 in a tensor.</summary>
/// <param name="value">The tensor.</param>
/// <param name="values">The values; FP16 holds all of them.</param>
internal sealed class HalfWeight(OnnxValue value, TensorValues values) : DecodedOnnxWeight(value.Name, value.Type, value.Shape!, values.Count)
{
    /// <inheritdoc/>
    public override void Read(long start, Span<byte> destination)
    {
        Span<ushort> halves = MemoryMarshal.Cast<byte, ushort>(destination);
        var singles = new float[halves.Length];
        values.Read(start, singles);
        for (int i = 0; i < singles.Length; i++)
        {
            halves[i] = HalfConversion.FromSingleBits(SingleBits.ToBits(singles[i]));
        }
    }
}
