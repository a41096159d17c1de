using System;
using System.Linq;
using System.Runtime.InteropServices;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>Tables as they are stored, little-endian; integers of less than a byte packed.</summary>
internal static class TableBytesOf
{
    /// <summary>FP32 or FP16 values; FP16 ones are representable already, or are rounded.</summary>
    public static byte[] Floats(ReadOnlySpan<float> values, ElementType type)
    {
        if (type == ElementType.Float32)
        {
            return MemoryMarshal.AsBytes(values).ToArray();
        }

        ushort[] halves = new ushort[values.Length];
        for (int i = 0; i < halves.Length; i++)
        {
            halves[i] = HalfConversion.FromSingleBits(SingleBits.ToBits(values[i]));
        }

        return MemoryMarshal.AsBytes(halves.AsSpan()).ToArray();
    }

    /// <summary>Whole numbers of up to 8 bits.</summary>
    public static byte[] Integers(float[] values, ElementType type)
    {
        byte[] codes = values.Select(value => (byte)(int)value).ToArray();
        if (type.BitWidth() == 8)
        {
            return codes;
        }

        byte[] packed = new byte[type.ByteCount(codes.Length)];
        SubBytePacking.Pack(codes, type.BitWidth(), packed);
        return packed;
    }
}
