using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace CoreMLQuant.Running.Numpy;

/// <summary>What stands before the values of a .npy file. Source: numpy's format description, versions 1 to 3.</summary>
/// <param name="Type">Element type, without its byte order.</param>
/// <param name="IsBigEndian">Whether the most significant byte comes first.</param>
/// <param name="IsColumnMajor">Whether the first axis is the fastest (numpy's fortran_order).</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="Length">Bytes of the header itself.</param>
internal sealed record NpyHeader(NpyType Type, bool IsBigEndian, bool IsColumnMajor, IReadOnlyList<long> Shape, long Length)
{
    private const int MagicLength = 6;
    private const int MaximumLength = 1 << 16;
    private const int Alignment = 64;

    // ISO 8859-1, the encoding of versions 1 and 2.
    private static readonly Encoding Latin1 = Encoding.GetEncoding(28591);

    private static readonly Regex Description = new(@"'descr'\s*:\s*'([<>|=]?)([a-zA-Z]\d+)'", RegexOptions.CultureInvariant);
    private static readonly Regex Order = new(@"'fortran_order'\s*:\s*(True|False)", RegexOptions.CultureInvariant);
    private static readonly Regex ShapeTuple = new(@"'shape'\s*:\s*\(([\d,\s]*)\)", RegexOptions.CultureInvariant);

    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Number of values.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>Bytes of the values.</summary>
    public long ByteCount => checked(Count * Type.Size);

    /// <summary>Reads a header; the stream then stands at the first value.</summary>
    /// <param name="stream">A .npy file from its beginning.</param>
    /// <param name="name">What to call the file in errors.</param>
    /// <exception cref="SampleDataException">It is no such file.</exception>
    public static NpyHeader Read(Stream stream, string name)
    {
        byte[] start = Bytes(stream, MagicLength + 2, name);
        if (!start.AsSpan(0, MagicLength).SequenceEqual(Magic))
        {
            throw new SampleDataException(name, "It does not begin as a .npy file does.");
        }

        int version = start[MagicLength];
        byte[] length = Bytes(stream, version == 1 ? 2 : 4, name);
        uint bytes = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (version is < 1 or > 3 || bytes > MaximumLength)
        {
            throw new SampleDataException(name, $"Its header is of version {version} and {bytes} bytes long; versions 1 to 3 and up to {MaximumLength} bytes can be read.");
        }

        string text = (version == 3 ? Encoding.UTF8 : Latin1).GetString(Bytes(stream, (int)bytes, name));
        return Parse(text, start.Length + length.Length + bytes, name);
    }

    /// <summary>Writes the header of a file of version 1, little-endian and row-major.</summary>
    public static void Write(Stream stream, NpyType type, IReadOnlyList<long> shape)
    {
        string dimensions = string.Join(", ", shape.Select(size => size.ToString(CultureInfo.InvariantCulture))) + (shape.Count == 1 ? "," : string.Empty);
        string text = $"{{'descr': '{type.Description}', 'fortran_order': False, 'shape': ({dimensions}), }}";
        int before = MagicLength + 4;
        int padded = ((before + text.Length + 1 + Alignment - 1) / Alignment * Alignment) - before;
        byte[] header = new byte[before + padded];
        Magic.CopyTo(header, 0);
        header[MagicLength] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(MagicLength + 2), (ushort)padded);
        string line = text.PadRight(padded - 1) + "\n";
        Encoding.ASCII.GetBytes(line, 0, line.Length, header, before);
        stream.Write(header, 0, header.Length);
    }

    private static NpyHeader Parse(string text, long headerLength, string name)
    {
        Match description = Description.Match(text), order = Order.Match(text), shape = ShapeTuple.Match(text);
        if (!description.Success || !order.Success || !shape.Success)
        {
            throw new SampleDataException(name, "Its header does not say element type, order and shape. Arrays of records and of Python objects cannot be read.");
        }

        string code = description.Groups[2].Value;
        NpyType type = NpyType.Find(code) ?? throw new SampleDataException(
            name, $"Its element type '{code}' cannot be read: numbers, booleans and text (f2, f4, f8, i1 to i8, u1 to u8, b1, U) can. Convert it with numpy's astype.");
        string[] sizes = shape.Groups[1].Value.Split(',').Select(size => size.Trim()).Where(size => size.Length > 0).ToArray();
        long[] dimensions = new long[sizes.Length];
        long bytes = type.Size;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (!long.TryParse(sizes[axis], NumberStyles.None, CultureInfo.InvariantCulture, out dimensions[axis])
                || sizes.Length > NumpyLimits.MaximumRank
                || (dimensions[axis] > 0 && bytes > NumpyLimits.MaximumArrayBytes / dimensions[axis]))
            {
                throw new SampleDataException(name, $"Its shape ({shape.Groups[1].Value}) is more than the {NumpyLimits.MaximumArrayBytes} bytes and {NumpyLimits.MaximumRank} axes that can be read.");
            }

            bytes *= dimensions[axis];
        }

        return new NpyHeader(type, description.Groups[1].Value == ">", order.Groups[1].Value == "True", dimensions, headerLength);
    }

    private static byte[] Bytes(Stream stream, int count, string name)
    {
        byte[] bytes = new byte[count];
        for (int done = 0, read; done < count; done += read)
        {
            read = stream.Read(bytes, done, count - done);
            if (read == 0)
            {
                throw new SampleDataException(name, "It ends within its header.");
            }
        }

        return bytes;
    }
}
