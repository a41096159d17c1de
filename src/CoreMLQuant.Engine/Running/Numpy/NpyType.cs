using System;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace CoreMLQuant.Running.Numpy;

/// <summary>An element type of numpy and the .NET type for it.</summary>
/// <param name="Code">Kind and width, e.g. <c>f4</c>.</param>
/// <param name="Size">Bytes of an element.</param>
/// <param name="Element">Type of the elements of the array that holds them.</param>
/// <param name="Create">Makes an array of so many.</param>
/// <param name="BytesOf">The bytes of an array of numbers, where it stands.</param>
internal sealed record NpyType(string Code, int Size, Type Element, Func<long, Array> Create, NpyType.ByteView BytesOf)
{
    private const int MaximumTextLength = 1 << 16;

    // Text is UTF-32, padded with zeros.
    private const int BytesOfCharacter = 4;

    private static readonly NpyType[] Numbers =
    [
        Number<float>("f4"), Number<double>("f8"),
#if NET
        Number<Half>("f2"),
#endif
        Number<sbyte>("i1"), Number<short>("i2"), Number<int>("i4"), Number<long>("i8"),
        Number<byte>("u1"), Number<ushort>("u2"), Number<uint>("u4"), Number<ulong>("u8"),
        Number<bool>("b1"),
    ];

    /// <summary>Gives the bytes of an array.</summary>
    public delegate Span<byte> ByteView(Array values);

    /// <summary>Whether the elements are text.</summary>
    public bool IsText => Element == typeof(string);

    /// <summary>The type as a header says it, little-endian.</summary>
    public string Description => (Size == 1 ? "|" : "<") + Code;

    /// <summary>The type of a code; <see langword="null"/> for one that cannot be read.</summary>
    public static NpyType? Find(string code) => code[0] == 'U'
        ? int.TryParse(code.Substring(1), NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= MaximumTextLength ? Text(length) : null
        : Array.Find(Numbers, type => type.Code == code);

    /// <summary>The type in which an array is written.</summary>
    /// <exception cref="NotSupportedException">Arrays of that type cannot be written.</exception>
    public static NpyType Of(Array values) => values is string[] texts
        ? Text(texts.Select(text => Encoding.UTF32.GetByteCount(text ?? string.Empty) / BytesOfCharacter).DefaultIfEmpty(0).Max())
        : Array.Find(Numbers, type => type.Element == values.GetType().GetElementType())
            ?? throw new NotSupportedException($"Arrays of {values.GetType().GetElementType()} cannot be written as .npy.");

    private static NpyType Number<T>(string code)
        where T : unmanaged => new(code, Unsafe.SizeOf<T>(), typeof(T), count => new T[count], values => MemoryMarshal.AsBytes(((T[])values).AsSpan()));

    private static NpyType Text(int length) => new(
        "U" + length.ToString(CultureInfo.InvariantCulture),
        length * BytesOfCharacter,
        typeof(string),
        count => new string[count],
        _ => throw new NotSupportedException("Text has no bytes of a fixed form in memory."));
}
