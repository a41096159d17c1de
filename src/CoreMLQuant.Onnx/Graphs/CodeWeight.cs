using System;
using System.Buffers;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Integers of 4 or 8 bits as they are stored in a tensor: quantized values and indices of tables.</summary>
/// <param name="value">The tensor.</param>
/// <param name="codes">The integers, in the range of its type.</param>
internal sealed class CodeWeight(OnnxValue value, TensorValues codes) : DecodedOnnxWeight(value.Name, value.Type, value.Shape!, codes.Count)
{
    /// <inheritdoc/>
    public override void Read(long start, Span<byte> destination)
    {
        int count = (int)Math.Min(destination.Length * 8L / BitWidth, Count - start);
        float[] numbers = ArrayPool<float>.Shared.Rent(count);
        try
        {
            codes.Read(start, numbers.AsSpan(0, count));
            Pack(numbers.AsSpan(0, count), BitWidth, destination);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(numbers);
        }
    }

    /// <summary>Integers as bytes; of two that share one, the first has the low bits.</summary>
    /// <param name="numbers">The integers.</param>
    /// <param name="bitWidth">4 or 8.</param>
    /// <param name="destination">Takes them; a half byte that is left over is 0.</param>
    public static void Pack(ReadOnlySpan<float> numbers, int bitWidth, Span<byte> destination)
    {
        int perByte = 8 / bitWidth, mask = (1 << bitWidth) - 1;
        for (int i = 0; i < numbers.Length; i++)
        {
            int code = (int)numbers[i] & mask, place = i % perByte;
            destination[i / perByte] = (byte)(place == 0 ? code : destination[i / perByte] | (code << bitWidth));
        }
    }
}
