using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;

namespace CoreMLQuant.Specification;

/// <summary>
/// Takes a specification's structure into memory and leaves its big byte fields behind as tokens. The generated
/// messages' shapes say which fields are messages, so no format is spelled out here. Every length is checked
/// against its message before anything is done with it. The mirror image of <see cref="SpecificationWriter"/>.
/// </summary>
internal sealed class SpecificationCondenser(SourceFile file, DetachedPayloads payloads, CancellationToken cancellationToken = default)
{
    /// <summary>Bytes of a structure up to which its array is of the shared pool, which keeps what it has given.</summary>
    public const int LongestPooled = 4 << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly WireCursor _cursor = new(file, cancellationToken);
    private readonly StructureEdits _edits = new();
    private readonly StructureLimits _limits = new(file.Path);
    private readonly byte[] _scratch = new byte[DetachedPayloads.Threshold];

    /// <summary>Condenses the whole file.</summary>
    /// <returns>The structure as protobuf. Up to <see cref="LongestPooled"/> bytes, the array is of the shared pool, and may be given back there.</returns>
    /// <exception cref="CoreMLFormatException">The file is no well-formed protobuf.</exception>
    public ArraySegment<byte> Condense()
    {
        int length = Measure(0, file.Length, MessageShape.Model);
        byte[] structure = length <= LongestPooled ? ArrayPool<byte>.Shared.Rent(length) : new byte[length];
        _edits.Apply(file, 0, structure.AsSpan(0, length));
        return new ArraySegment<byte>(structure, 0, length);
    }

    /// <summary>Condenses one message of a file.</summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="messageLength">Its length; the message lies within the file.</param>
    /// <param name="shape">Its shape.</param>
    /// <returns>The structure as protobuf.</returns>
    /// <exception cref="CoreMLFormatException">It is no well-formed protobuf.</exception>
    public byte[] Condense(long offset, long messageLength, MessageShape shape)
    {
        byte[] structure = new byte[Measure(offset, messageLength, shape)];
        _edits.Apply(file, offset, structure);
        return structure;
    }

    /// <summary>Walks the whole file as <see cref="Condense()"/> does, and keeps nothing.</summary>
    /// <exception cref="CoreMLFormatException">The file is no well-formed protobuf.</exception>
    public void Check() => Measure(0, file.Length, MessageShape.Model);

    private int Measure(long offset, long messageLength, MessageShape shape)
    {
        _limits.Start = offset;
        _cursor.MoveTo(offset);
        long length = messageLength + MeasureMessage(offset + messageLength, shape, 0);
        _limits.RequireLength(length);
        return (int)length;
    }

    /// <summary>Walks a message and notes what is to be replaced; returns how many bytes it grows, which is negative when it shrinks.</summary>
    private long MeasureMessage(long end, MessageShape? shape, int depth)
    {
        _limits.RequireNesting(depth, _cursor.Position);
        long growth = 0;
        ulong seenByteFields = 0;
        while (_cursor.Position < end)
        {
            long tagAt = _cursor.Position;
            ulong tag = _cursor.ReadVarint(end);
            ulong number = tag >> 3;
            if (number == 0 || number > 0x1FFFFFFF)
            {
                throw _cursor.Malformed($"{number} is not a field number.");
            }

            FieldShape? field = shape?.Field(number);
            switch (tag & 7)
            {
                case 0:
                    _cursor.ReadVarint(end);
                    break;
                case 1:
                    SkipFixed(8, end);
                    break;
                case 2:
                    CheckNotRepeated(field, ref seenByteFields);
                    growth += MeasureLengthDelimited(field, end, depth);
                    break;
                case 5 when field is { IsBytes: true }:
                    CheckNotRepeated(field, ref seenByteFields);
                    growth += PackFloats(tagAt, tag, end);
                    break;
                case 5:
                    SkipFixed(4, end);
                    break;
                default:
                    throw _cursor.Malformed($"wire type {tag & 7} is not used by Core ML.");
            }
        }

        return growth;
    }

    private long MeasureLengthDelimited(FieldShape? field, long end, int depth)
    {
        long lengthAt = _cursor.Position;
        long length = _cursor.ReadLength(end);
        long contentAt = _cursor.Position;
        int lengthLength = (int)(contentAt - lengthAt);
        if (field is { Message: { } message })
        {
            _limits.Count(lengthAt);
            if (IsUnchanged(length, message, depth + 1))
            {
                return 0;
            }

            // The length comes before what it measures, so its place is kept until that is known.
            int place = _edits.Reserve();
            long growth = MeasureMessage(contentAt + length, message, depth + 1);
            return _edits.IsLast(place)
                ? _edits.Release(place)
                : growth + _edits.Fill(place, lengthAt, lengthLength, StructureEdits.Varint((ulong)(length + growth)));
        }

        bool opaque = field is null or { IsBytes: true };
        if (opaque && (length >= DetachedPayloads.Threshold || LooksLikeToken(length)))
        {
            _limits.Detached += length;
            byte[] token = [DetachedPayloads.TokenLength, .. payloads.Detach(new FileData(file, contentAt, length)).Span];
            _cursor.MoveTo(contentAt + length);
            return _edits.Add(lengthAt, lengthLength + length, token);
        }

        if (field is { IsText: true })
        {
            CheckText(length);
        }

        _cursor.MoveTo(contentAt + length);
        return 0;
    }

    /// <summary>Passes a message that is taken as it is.</summary>
    private bool IsUnchanged(long length, MessageShape shape, int depth)
    {
        int messages = 0;
        if (depth > StructureLimits.MaxNesting
            || !_cursor.TryPeek(length, out ReadOnlySpan<byte> content)
            || !UnchangedMessage.Is(content, shape, depth, ref messages)
            || !_limits.TryCount(messages, _cursor.Position))
        {
            return false;
        }

        _cursor.MoveTo(_cursor.Position + length);
        return true;
    }

    // A bytes field met with wire type 5 is one of our packed floats, written one by one: legal protobuf, so pack it.
    private long PackFloats(long start, ulong tag, long end)
    {
        var floats = new List<byte>();
        long next = _cursor.Position;
        for (bool more = true; more;)
        {
            long valueAt = _cursor.Position;
            SkipFixed(sizeof(float), end);
            next = _cursor.Position;
            _cursor.MoveTo(valueAt);
            _cursor.Read(_scratch.AsSpan(0, sizeof(float)));
            floats.AddRange(_scratch.AsSpan(0, sizeof(float)).ToArray());
            more = next < end && _cursor.ReadVarint(end) == tag;
        }

        _cursor.MoveTo(next);
        return _edits.Add(start, next - start, [.. StructureEdits.Varint((tag & ~7UL) | 2), .. StructureEdits.Varint((ulong)floats.Count), .. floats]);
    }

    // Packed floats in two pieces, or one value field twice: no writer of Core ML does it, and keeping only one would lose data.
    private void CheckNotRepeated(FieldShape? field, ref ulong seen)
    {
        if (field is null || field.OnceBit == 0)
        {
            return;
        }

        if ((seen & field.OnceBit) != 0)
        {
            throw _cursor.Malformed($"{field.FullName} occurs twice in one message.");
        }

        seen |= field.OnceBit;
    }

    // A real field that could be mistaken for a token is detached whatever its length.
    private bool LooksLikeToken(long length)
    {
        if (length != DetachedPayloads.TokenLength)
        {
            return false;
        }

        long position = _cursor.Position;
        Span<byte> content = _scratch.AsSpan(0, DetachedPayloads.TokenLength);
        _cursor.Read(content);
        _cursor.MoveTo(position);
        return DetachedPayloads.LooksLikeToken(content);
    }

    private void CheckText(long length)
    {
        long offset = _cursor.Position;
        _limits.RequireText(length, offset);
        byte[] bytes = length <= _scratch.Length ? _scratch : new byte[length];
        _cursor.Read(bytes.AsSpan(0, (int)length));
        try
        {
            StrictUtf8.GetCharCount(bytes, 0, (int)length);
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

    private void SkipFixed(int length, long end)
    {
        if (end - _cursor.Position < length)
        {
            // Reading on past the end reports it, as the file's or the message's.
            _cursor.MoveTo(end);
            _cursor.ReadVarint(end);
        }

        _cursor.MoveTo(_cursor.Position + length);
    }
}
