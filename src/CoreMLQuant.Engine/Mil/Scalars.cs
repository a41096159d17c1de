using CoreMLQuant.Elements;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;
using Google.Protobuf;

namespace CoreMLQuant.Mil;

/// <summary>Makes scalars. MIL stores FP32 and flags as themselves, what is narrower than 32 bits as bytes.</summary>
internal static class Scalars
{
    /// <summary>An FP16 or FP32 scalar.</summary>
    /// <param name="type">FP16 or FP32.</param>
    /// <param name="number">The number; one that FP16 can hold where the type is FP16.</param>
    public static Value Float(ElementType type, float number)
    {
        uint bits = SingleBits.ToBits(number);
        return type == ElementType.Float16
            ? Stored(type, Bytes(HalfConversion.FromSingleBits(bits), sizeof(ushort)))
            : Of(type, new TensorValue { Floats = new TensorValue.Types.RepeatedFloats { Values = Bytes(bits, sizeof(float)) } });
    }

    /// <summary>An Int8 or UInt8 scalar.</summary>
    public static Value Byte(ElementType type, int number) => Stored(type, Bytes((byte)number, 1));

    /// <summary>A flag.</summary>
    public static Value Flag(bool flag) => Of(ElementType.Boolean, new TensorValue { Bools = new TensorValue.Types.RepeatedBools { Values = { flag } } });

    private static Value Stored(ElementType type, ByteString bytes) => Of(type, new TensorValue { Bytes = new TensorValue.Types.RepeatedBytes { Values = bytes } });

    private static Value Of(ElementType type, TensorValue value) => new()
    {
        Type = MilTypes.Tensor(type, []),
        ImmediateValue = new Value.Types.ImmediateValue { Tensor = value },
    };

    private static ByteString Bytes(uint bits, int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)(bits >> (8 * i));
        }

        return ByteString.CopyFrom(bytes);
    }
}
