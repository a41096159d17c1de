using System;
using System.Globalization;
using CoreMLQuant.Elements;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;
using Google.Protobuf;

namespace CoreMLQuant.Specification.Text;

/// <summary>The elements of a tensor as text, one after the other.</summary>
internal static class ElementWriter
{
    /// <summary>The elements that a tensor holds.</summary>
    /// <param name="type">Their type.</param>
    /// <param name="value">The tensor.</param>
    /// <param name="payloads">The big fields of the specification.</param>
    /// <param name="isDecimal">Whether floats are rounded to decimal numbers, for people; otherwise they are exact.</param>
    /// <returns>Their number, and the text of each.</returns>
    public static (int Count, Func<int, string> Text) Of(DataType type, TensorValue? value, DetachedPayloads payloads, bool isDecimal) => value?.ValueCase switch
    {
        TensorValue.ValueOneofCase.Strings => (value.Strings.Values.Count, at => TextEscapes.Write(value.Strings.Values[at])),
        TensorValue.ValueOneofCase.Bools => (value.Bools.Values.Count, at => value.Bools.Values[at] ? "true" : "false"),
        TensorValue.ValueOneofCase.Ints => (value.Ints.Values.Count, at => value.Ints.Values[at].ToString(CultureInfo.InvariantCulture)),
        TensorValue.ValueOneofCase.LongInts => (value.LongInts.Values.Count, at => value.LongInts.Values[at].ToString(CultureInfo.InvariantCulture)),
        TensorValue.ValueOneofCase.Floats => Stored(DataType.Float32, value.Floats.Values, payloads, isDecimal),
        TensorValue.ValueOneofCase.Doubles => Stored(DataType.Float64, value.Doubles.Values, payloads, isDecimal),
        TensorValue.ValueOneofCase.Bytes => Stored(type, value.Bytes.Values, payloads, isDecimal),
        _ => (0, _ => TypeWriter.Nothing),
    };

    private static (int Count, Func<int, string> Text) Stored(DataType type, ByteString field, DetachedPayloads payloads, bool isDecimal)
    {
        byte[] bytes = payloads.Resolve(field).ToArray();
        if (FloatFormat.Of(type) is { } format)
        {
            return (bytes.Length / format.Size, at => isDecimal ? format.WriteDecimal(Bits(bytes, at, format.Size)) : format.Write(Bits(bytes, at, format.Size)));
        }

        // Bytes of a type that is not known are shown as such.
        IntegerFormat integers = IntegerFormat.Of(type) ?? new IntegerFormat(8, IsSigned: false);
        if (integers.Bits < 8)
        {
            byte[] values = new byte[bytes.Length * 8L / integers.Bits];
            SubBytePacking.Unpack(bytes.AsSpan(0, (int)ElementTypes.PackedByteCount(values.Length, integers.Bits)), integers.Bits, integers.IsSigned, values);
            return (values.Length, at => integers.Write(values[at]));
        }

        int size = integers.Bits / 8;
        return (bytes.Length / size, at => integers.Write(Bits(bytes, at, size)));
    }

    private static ulong Bits(byte[] bytes, int index, int size)
    {
        ulong bits = 0;
        for (int i = size - 1; i >= 0; i--)
        {
            bits = (bits << 8) | bytes[(index * size) + i];
        }

        return bits;
    }
}
