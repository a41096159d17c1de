using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>An array of numpy's format, its values as FP64.</summary>
internal sealed partial record NpyArray(string Type, long[] Shape, double[] Values)
{
    /// <summary>Reads an array.</summary>
    public static NpyArray Read(Stream stream)
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        byte[] bytes = memory.ToArray();
        int lengthSize = bytes[6] == 1 ? 2 : 4;
        int headerLength = lengthSize == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8)) : BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        string header = Encoding.ASCII.GetString(bytes, 8 + lengthSize, headerLength);
        string type = TypePattern().Match(header).Groups[1].Value.TrimStart('<', '|', '=');
        long[] shape = ShapePattern().Match(header).Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(long.Parse).ToArray();
        if (header.Contains("'fortran_order': True", StringComparison.Ordinal) && shape.Count(size => size > 1) > 1)
        {
            throw new NotSupportedException("Arrays in Fortran's order are not needed.");
        }

        ReadOnlySpan<byte> data = bytes.AsSpan(8 + lengthSize + headerLength);
        int size = int.Parse(type[1..]);
        var values = new double[shape.Aggregate(1L, (product, dimension) => product * dimension)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Element(type, data.Slice(i * size));
        }

        return new NpyArray(type, shape, values);
    }

    private static double Element(string type, ReadOnlySpan<byte> data) => type switch
    {
        "f2" => (double)BinaryPrimitives.ReadHalfLittleEndian(data),
        "f4" => BinaryPrimitives.ReadSingleLittleEndian(data),
        "f8" => BinaryPrimitives.ReadDoubleLittleEndian(data),
        "i1" => (sbyte)data[0],
        "u1" or "b1" => data[0],
        "i2" => BinaryPrimitives.ReadInt16LittleEndian(data),
        "u2" => BinaryPrimitives.ReadUInt16LittleEndian(data),
        "i4" => BinaryPrimitives.ReadInt32LittleEndian(data),
        "u4" => BinaryPrimitives.ReadUInt32LittleEndian(data),
        "i8" => BinaryPrimitives.ReadInt64LittleEndian(data),
        _ => throw new NotSupportedException($"'{type}' is no type that the vectors have."),
    };

    [GeneratedRegex("'descr': '([^']+)'")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex ShapePattern();
}
