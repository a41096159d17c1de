using System;
using System.IO;
using System.Text;
using CoreMLQuant.Errors;
using CoreMLQuant.Packaging;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace CoreMLQuant.Specification;

/// <summary>
/// Copies a specification's structure into memory and leaves its big byte fields behind as tokens.
/// The generated messages' descriptors say which fields are messages, so no format is spelled out here.
/// Every length is checked against its message before anything is done with it.
/// </summary>
internal sealed class SpecificationCondenser(SourceFile file, DetachedPayloads payloads)
{
    /// <summary>Messages nested deeper than this are refused. Real models stay below 100; each level costs stack.</summary>
    public const int MaxNesting = 400;

    // The structure of the largest public models is below 20 MB.
    private const int MaxStructureLength = 512 << 20;

    // Lengths of nested messages are not known before they are copied: room for a five-byte varint is left.
    private const int PaddedLength = 5;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly WireCursor _cursor = new(file);
    private readonly MemoryStream _structure = new();
    private readonly byte[] _scratch = new byte[DetachedPayloads.Threshold];

    /// <summary>Condenses the whole file.</summary>
    /// <param name="root">Descriptor of the file's root message.</param>
    /// <returns>The structure as protobuf, positioned at its start.</returns>
    public MemoryStream Condense(MessageDescriptor root)
    {
        CopyMessage(file.Length, root, 0);
        _structure.Position = 0;
        return _structure;
    }

    private void CopyMessage(long end, MessageDescriptor? descriptor, int depth)
    {
        if (depth > MaxNesting)
        {
            throw new CoreMLFormatException(
                FormatRule.NestingTooDeep,
                file.Path,
                $"messages are nested more than {MaxNesting} deep.",
                "No real model nests this deep; the file is damaged or was made to do harm.",
                _cursor.Position);
        }

        ulong seenByteFields = 0;
        while (_cursor.Position < end)
        {
            ulong tag = _cursor.ReadVarint(end);
            ulong number = tag >> 3;
            if (number == 0 || number > 0x1FFFFFFF)
            {
                throw _cursor.Malformed($"{number} is not a field number.");
            }

            FieldDescriptor? field = descriptor?.FindFieldByNumber((int)number);
            if (_structure.Length > MaxStructureLength)
            {
                throw new CoreMLFormatException(
                    FormatRule.TooLarge,
                    file.Path,
                    $"the structure without its weights is larger than {MaxStructureLength >> 20} MB.",
                    "Only the weights of a model may be that large.",
                    _cursor.Position);
            }

            switch (tag & 7)
            {
                case 0:
                    WriteVarint(tag);
                    WriteVarint(_cursor.ReadVarint(end));
                    break;
                case 1:
                    CopyFixed(tag, 8, end);
                    break;
                case 2:
                    CheckNotRepeated(field, ref seenByteFields);
                    CopyLengthDelimited(tag, field, end, depth);
                    break;
                case 5 when field is { FieldType: FieldType.Bytes }:
                    CheckNotRepeated(field, ref seenByteFields);
                    PackFloats(tag, end);
                    break;
                case 5:
                    CopyFixed(tag, 4, end);
                    break;
                default:
                    throw _cursor.Malformed($"wire type {tag & 7} is not used by Core ML.");
            }
        }
    }

    private void CopyLengthDelimited(ulong tag, FieldDescriptor? field, long end, int depth)
    {
        long length = _cursor.ReadLength(end);
        if (field is { FieldType: FieldType.Message })
        {
            WriteVarint(tag);
            long lengthAt = _structure.Position;
            _structure.Write(_scratch, 0, PaddedLength);
            CopyMessage(_cursor.Position + length, field.MessageType, depth + 1);
            PatchLength(lengthAt);
            return;
        }

        bool opaque = field is null or { FieldType: FieldType.Bytes };
        if (opaque && length >= DetachedPayloads.Threshold)
        {
            WriteToken(tag, length);
            return;
        }

        WriteVarint(tag);
        WriteVarint((ulong)length);
        long start = _cursor.Position;
        byte[] bytes = length <= _scratch.Length ? _scratch : new byte[CheckedStructureLength(length)];
        Span<byte> content = bytes.AsSpan(0, (int)length);
        _cursor.Read(content);
        if (opaque && DetachedPayloads.LooksLikeToken(content))
        {
            _structure.SetLength(_structure.Position -= VarintLength(tag) + VarintLength((ulong)length));
            _cursor.Return(start);
            WriteToken(tag, length);
            return;
        }

        if (field is { FieldType: FieldType.String })
        {
            CheckText(bytes, (int)length, start);
        }

        _structure.Write(bytes, 0, (int)length);
    }

    private void WriteToken(ulong tag, long length)
    {
        ByteString token = payloads.Detach(new FileData(file, _cursor.Position, length));
        _cursor.Skip(length);
        WriteVarint(tag);
        WriteVarint(DetachedPayloads.TokenLength);
        token.WriteTo(_structure);
    }

    // A bytes field met with wire type 5 is one of our packed floats, written one by one: legal protobuf, so pack it.
    private void PackFloats(ulong tag, long end)
    {
        WriteVarint((tag & ~7UL) | 2);
        long lengthAt = _structure.Position;
        _structure.Write(_scratch, 0, PaddedLength);
        for (ulong next = tag; next == tag;)
        {
            CopyBytes(4, end);
            long position = _cursor.Position;
            next = position < end ? _cursor.ReadVarint(end) : 0;
            if (next != tag)
            {
                _cursor.Return(position);
            }
        }

        PatchLength(lengthAt);
    }

    // Packed floats in two pieces, or one value field twice: no writer of Core ML does it, and keeping only one would lose data.
    private void CheckNotRepeated(FieldDescriptor? field, ref ulong seen)
    {
        if (field is not { FieldType: FieldType.Bytes, IsRepeated: false } || field.Index >= 64)
        {
            return;
        }

        ulong bit = 1UL << field.Index;
        if ((seen & bit) != 0)
        {
            throw _cursor.Malformed($"field '{field.Name}' of {field.ContainingType.Name} stands twice in one message.");
        }

        seen |= bit;
    }

    private void CheckText(byte[] bytes, int length, long offset)
    {
        try
        {
            StrictUtf8.GetCharCount(bytes, 0, length);
        }
        catch (DecoderFallbackException e)
        {
            throw new CoreMLFormatException(
                FormatRule.MalformedSpecification,
                file.Path,
                "a text field is not valid UTF-8.",
                "The file is damaged or is not a Core ML specification.",
                offset,
                innerException: e);
        }
    }

    private int CheckedStructureLength(long length) => length <= MaxStructureLength
        ? (int)length
        : throw new CoreMLFormatException(
            FormatRule.TooLarge,
            file.Path,
            $"a field that is not a weight claims {length} bytes.",
            "Only the weights of a model may be that large.",
            _cursor.Position);

    private void CopyFixed(ulong tag, int length, long end)
    {
        WriteVarint(tag);
        CopyBytes(length, end);
    }

    private void CopyBytes(int length, long end)
    {
        if (end - _cursor.Position < length)
        {
            // Reports the end of the message or of the file at the right place.
            _cursor.Skip(end - _cursor.Position);
            _cursor.ReadVarint(end);
        }

        _cursor.Read(_scratch.AsSpan(0, length));
        _structure.Write(_scratch, 0, length);
    }

    private void PatchLength(long lengthAt)
    {
        long end = _structure.Position;
        ulong length = (ulong)(end - lengthAt - PaddedLength);
        _structure.Position = lengthAt;
        for (int i = 0; i < PaddedLength; i++)
        {
            _structure.WriteByte((byte)(((length >> (7 * i)) & 0x7F) | (i < PaddedLength - 1 ? 0x80u : 0)));
        }

        _structure.Position = end;
    }

    private void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _structure.WriteByte((byte)(value | 0x80));
        }

        _structure.WriteByte((byte)value);
    }

    private static int VarintLength(ulong value)
    {
        int length = 1;
        for (; value >= 0x80; value >>= 7)
        {
            length++;
        }

        return length;
    }
}
