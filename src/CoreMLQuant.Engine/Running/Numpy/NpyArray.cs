using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
#if !NET
using CoreMLQuant.Files;
#endif

namespace CoreMLQuant.Running.Numpy;

/// <summary>Reads and writes the array of a .npy file.</summary>
internal static class NpyArray
{
    /// <summary>Reads an array.</summary>
    /// <param name="stream">The file from its beginning.</param>
    /// <param name="length">Bytes that the file has, which its header has to agree with.</param>
    /// <param name="name">What to call the file in errors.</param>
    /// <exception cref="SampleDataException">It is no such file, or its length is not what its header says.</exception>
    public static MultiArray Read(Stream stream, long length, string name)
    {
        NpyHeader header = NpyHeader.Read(stream, name);
        if (length - header.Length != header.ByteCount)
        {
            throw new SampleDataException(name, $"Its header announces {header.ByteCount} bytes of values, and {Math.Max(0, length - header.Length)} follow.");
        }

        Array values = header.Type.Create(header.Count);
        try
        {
            if (header.Type.IsText)
            {
                ReadText(stream, header, (string[])values);
            }
            else
            {
                Span<byte> bytes = header.Type.BytesOf(values);
                stream.ReadExactly(bytes);
                if (header.IsBigEndian)
                {
                    ReverseEach(bytes, header.Type.Size);
                }
            }
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            throw new SampleDataException(name, "It ends before the values that its header announces.", e);
        }

        return new MultiArray(header.IsColumnMajor && header.Shape.Count > 1 ? RowMajor(values, header) : values, header.Shape);
    }

    /// <summary>Writes an array.</summary>
    public static void Write(Stream stream, Array values, IReadOnlyList<long> shape)
    {
        NpyType type = NpyType.Of(values);
        NpyHeader.Write(stream, type, shape);
        if (values is not string[] texts)
        {
            stream.Write(type.BytesOf(values));
            return;
        }

        byte[] element = new byte[type.Size];
        foreach (string text in texts)
        {
            Array.Clear(element, 0, element.Length);
            Encoding.UTF32.GetBytes(text ?? string.Empty, 0, text?.Length ?? 0, element, 0);
            stream.Write(element, 0, element.Length);
        }
    }

    private static void ReadText(Stream stream, NpyHeader header, string[] values)
    {
        Encoding encoding = header.IsBigEndian ? new UTF32Encoding(bigEndian: true, byteOrderMark: false) : Encoding.UTF32;
        byte[] element = new byte[header.Type.Size];
        for (int i = 0; i < values.Length; i++)
        {
            stream.ReadExactly(element);
            values[i] = encoding.GetString(element).TrimEnd('\0');
        }
    }

    private static void ReverseEach(Span<byte> bytes, int size)
    {
        for (int at = 0; at < bytes.Length; at += size)
        {
            bytes.Slice(at, size).Reverse();
        }
    }

    private static Array RowMajor(Array columns, NpyHeader header)
    {
        Array rows = header.Type.Create(header.Count);
        long[] shape = header.Shape.ToArray(), strides = new long[shape.Length], index = new long[shape.Length];
        long stride = 1;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        long from = 0;
        for (long to = 0; to < rows.Length; to++)
        {
            rows.SetValue(columns.GetValue(from), to);
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                from -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return rows;
    }
}
