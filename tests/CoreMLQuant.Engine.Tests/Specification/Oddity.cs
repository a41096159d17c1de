using System.Linq;

namespace CoreMLQuant.Tests.Specification;

/// <summary>A program of one operation with every kind of message, in one of which something stands that no writer puts there.</summary>
internal static class Oddity
{
    /// <summary>Number of messages that can have it.</summary>
    public const int LevelCount = 17;

    /// <summary>The program.</summary>
    /// <param name="level">Number of the message.</param>
    /// <param name="odd">What stands at its end.</param>
    /// <param name="isRepeated">Whether the message stands there twice.</param>
    public static byte[] Of(int level, byte[] odd, bool isRepeated = false)
    {
        int next = 0;
        byte[] Message(int number, params byte[][] parts)
        {
            bool isOdd = next++ == level;
            byte[] field = Wire.Field(number, [.. parts.SelectMany(part => part), .. isOdd ? odd : []]);
            return isOdd && isRepeated ? [.. field, .. field] : field;
        }

        byte[] dimension = Message(3, Message(1, [0x08, 4]));
        byte[] type = Message(2, Message(1, [0x08, 11, 0x10, 1], dimension));
        byte[] output = Message(3, Wire.Field(1, "y"u8), type);
        byte[] bound = Message(2, Message(1, Wire.Field(1, "x"u8)));
        byte[] input = Message(2, Wire.Field(1, "x"u8), bound);
        byte[] text = Message(3, Message(1, Message(4, Wire.Field(1, "relu_1"u8))));
        byte[] name = Message(5, Wire.Field(1, "name"u8), Message(2, type, text));
        byte[] reference = Message(5, Wire.Field(1, "@model_path/weights/weight.bin"u8), [0x10, 64]);
        byte[] weight = Message(5, Wire.Field(1, "val"u8), Wire.Field(2, [.. type, .. reference]));
        byte[] block = Message(4, Wire.Field(2, "z"u8), Wire.Field(3, Relu("z")));
        byte[] operation = [.. Wire.Field(1, "relu"u8), .. input, .. output, .. block, .. name, .. weight];
        return Model(next++ == level ? [.. operation, .. odd] : operation);
    }

    /// <summary>A program.</summary>
    /// <param name="operations">Its operations.</param>
    public static byte[] Model(params byte[][] operations)
    {
        byte[] block = [.. Wire.Field(2, "y"u8), .. operations.SelectMany(operation => Wire.Field(3, operation))];
        byte[] function = [.. Wire.Field(2, "CoreML6"u8), .. Wire.Field(3, [.. Wire.Field(1, "CoreML6"u8), .. Wire.Field(2, block)])];
        return [0x08, 7, .. Wire.Field(502, [0x08, 1, .. Wire.Field(2, [.. Wire.Field(1, "main"u8), .. Wire.Field(2, function)])])];
    }

    /// <summary>An operation.</summary>
    /// <param name="output">Name of its output, a scalar of FP32.</param>
    public static byte[] Relu(string output) => [
        .. Wire.Field(1, "relu"u8),
        .. Wire.Field(2, [.. Wire.Field(1, "x"u8), .. Wire.Field(2, Wire.Field(1, Wire.Field(1, "x"u8)))]),
        .. Wire.Field(3, [.. Wire.Field(1, System.Text.Encoding.UTF8.GetBytes(output)), .. Wire.Field(2, Wire.Field(1, [0x08, 11]))])];
}
