using System;
using System.IO;
using System.Text;

namespace CoreMLQuant.Tests.Support;

/// <summary>Writes a network whose conversion takes long enough to be stopped in the middle.</summary>
internal static class LargeNetwork
{
    private const int Float32 = 65568;
    private const int SpecificationVersion = 4;

    /// <summary>Inner products, of 4 MB each unless specified, one after the other.</summary>
    public static string Write(string path, int channels = 1024, int layers = 64)
    {
        using FileStream file = File.Create(path);
        byte[] weights = new byte[channels * channels * sizeof(float)];
        var random = new Random(1);
        for (int i = 0; i < weights.Length; i += sizeof(float))
        {
            BitConverter.TryWriteBytes(weights.AsSpan(i), (float)(random.NextDouble() - 0.5));
        }

        // Numbers of three digits: every layer is as long as the first, which gives the network's length.
        byte[] Layer(int index) => Field(1, Message(
            Field(1, Text($"fc{index:000}")),
            Field(2, Text($"x{index:000}")),
            Field(3, Text($"x{index + 1:000}")),
            Field(140, Message(Number(1, (ulong)channels), Number(2, (ulong)channels), Field(20, Field(1, weights))))));

        byte[] Feature(int index) => Message(
            Field(1, Text($"x{index:000}")),
            Field(3, Field(5, Message(Field(1, Varint((ulong)channels)), Number(2, Float32)))));

        file.Write(Number(1, SpecificationVersion));
        file.Write(Field(2, Message(Field(1, Feature(0)), Field(10, Feature(layers)))));
        file.Write(Key(500, 2));
        file.Write(Varint((ulong)Layer(0).Length * (ulong)layers));
        for (int i = 0; i < layers; i++)
        {
            file.Write(Layer(i));
        }

        return path;
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Message(params byte[][] fields)
    {
        using var stream = new MemoryStream();
        Array.ForEach(fields, field => stream.Write(field));
        return stream.ToArray();
    }

    private static byte[] Number(int field, ulong value) => Message(Key(field, 0), Varint(value));

    private static byte[] Field(int field, byte[] content) => Message(Key(field, 2), Varint((ulong)content.Length), content);

    private static byte[] Key(int field, int wireType) => Varint(((ulong)field << 3) | (uint)wireType);

    private static byte[] Varint(ulong value)
    {
        using var stream = new MemoryStream();
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
        return stream.ToArray();
    }
}
