using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Tensors;

/// <summary>Stored elements of whole bytes as FP32 values. Exact for all types but 32-bit and 64-bit ones, which round to nearest.</summary>
internal static class ElementConversion
{
    /// <summary>Reads elements.</summary>
    /// <param name="type">Their type.</param>
    /// <param name="bytes">Little-endian elements; as many as there are values.</param>
    /// <param name="values">Takes the values.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is none of numbers of whole bytes.</exception>
    public static void ToSingles(ElementType type, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        switch (type)
        {
            case ElementType.Float32:
                bytes.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case ElementType.Float16:
                HalfRounding.Widen(MemoryMarshal.Cast<byte, ushort>(bytes), values);
                break;
            case ElementType.UInt8 or ElementType.Boolean:
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = bytes[i];
                }

                break;
            case ElementType.Int8:
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (sbyte)bytes[i];
                }

                break;
            default:
                int size = type.BitWidth() / 8;
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = ToSingle(type, bytes.Slice(i * size));
                }

                break;
        }
    }

    private static float ToSingle(ElementType type, ReadOnlySpan<byte> element) => type switch
    {
        ElementType.BFloat16 => SingleBits.FromBits((uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
        // The upper byte of an FP16.
        ElementType.Float8E5M2 => HalfConversion.ToSingle((ushort)(element[0] << 8)),
        ElementType.Float8E4M3FN => FromFloat8E4M3FN(element[0]),
        ElementType.Float64 => (float)BitConverter.Int64BitsToDouble(BinaryPrimitives.ReadInt64LittleEndian(element)),
        ElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(element),
        ElementType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(element),
        ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(element),
        ElementType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(element),
        ElementType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(element),
        ElementType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(element),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No numbers of whole bytes."),
    };

    // Bias 7; there are no infinities, and all ones is NaN.
    private static float FromFloat8E4M3FN(byte bits)
    {
        int exponent = (bits >> 3) & 15, significand = bits & 7;
        float magnitude = exponent == 15 && significand == 7 ? float.NaN
            : exponent == 0 ? significand / 512f
            : SingleBits.FromBits(((uint)(exponent + 120) << 23) | ((uint)significand << 20));
        return bits >= 0x80 ? -magnitude : magnitude;
    }
}
