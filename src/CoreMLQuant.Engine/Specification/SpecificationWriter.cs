using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using CoreMLQuant.Files;
using Google.Protobuf;

namespace CoreMLQuant.Specification;

/// <summary>
/// Lays out a specification file: serializes the messages, puts the payloads back where their tokens stand and
/// corrects the lengths of all messages around them. Nothing is computed or copied yet.
/// </summary>
internal sealed class SpecificationWriter
{
    private readonly byte[] _structure;
    private readonly DetachedPayloads _payloads;
    private readonly List<Edit> _edits = [];

    private SpecificationWriter(byte[] structure, DetachedPayloads payloads)
    {
        _structure = structure;
        _payloads = payloads;
    }

    /// <summary>Lays out a model with its payloads.</summary>
    public static FileLayout Layout(Schema.Model message, DetachedPayloads payloads)
    {
        if (payloads.IsEmpty)
        {
            return FileLayout.Of(new MessagePart(message));
        }

        var writer = new SpecificationWriter(ProgramBytes.Of(message), payloads);
        writer.Measure(0, writer._structure.Length, MessageShape.Model);
        return writer.Assemble();
    }

    /// <summary>Finds the tokens in a message; returns how many bytes the message grows.</summary>
    private long Measure(int start, int end, MessageShape? shape)
    {
        long growth = 0;
        for (int at = start; at < end;)
        {
            ulong tag = ReadVarint(_structure, ref at);
            switch (tag & 7)
            {
                case 0:
                    ReadVarint(_structure, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    growth += MeasureLengthDelimited(ref at, shape?.Field(tag >> 3));
                    break;
            }
        }

        return growth;
    }

    private long MeasureLengthDelimited(ref int at, FieldShape? field)
    {
        int lengthAt = at;
        int length = (int)ReadVarint(_structure, ref at);
        int contentAt = at;
        at += length;
        if (field is { Message: { } message })
        {
            int edit = _edits.Count;
            _edits.Add(default);
            long growth = Measure(contentAt, at, message);
            if (_edits.Count == edit + 1)
            {
                _edits.RemoveAt(edit);
                return 0;
            }

            byte[] newLength = Varint((ulong)(length + growth));
            _edits[edit] = new Edit(lengthAt, contentAt - lengthAt, newLength, null);
            return growth + newLength.Length - (contentAt - lengthAt);
        }

        bool opaque = field is null or { IsBytes: true };
        OutputPart? part = opaque ? _payloads.PartOf(_structure.AsSpan(contentAt, length)) : null;
        if (part is null)
        {
            return 0;
        }

        byte[] partLength = Varint((ulong)part.Length);
        _edits.Add(new Edit(lengthAt, at - lengthAt, partLength, part));
        return partLength.Length + part.Length - (at - lengthAt);
    }

    private FileLayout Assemble()
    {
        var layout = new FileLayout();
        var literal = new MemoryStream();
        int copied = 0;
        foreach (Edit edit in _edits)
        {
            literal.Write(_structure, copied, edit.Position - copied);
            literal.Write(edit.Length, 0, edit.Length.Length);
            copied = edit.Position + edit.Replaced;
            if (edit.Payload is not null)
            {
                layout.Append(new LiteralPart(literal.ToArray()));
                layout.Append(edit.Payload);
                literal.SetLength(0);
            }
        }

        literal.Write(_structure, copied, _structure.Length - copied);
        layout.Append(new LiteralPart(literal.ToArray()));
        return layout;
    }

    // The structure was written by the protobuf library just now, so it needs no checks.
    internal static ulong ReadVarint(byte[] structure, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = structure[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
    }

    private static byte[] Varint(ulong value)
    {
        byte[] bytes = new byte[CodedOutputStream.ComputeUInt64Size(value)];
        using var output = new CodedOutputStream(bytes);
        output.WriteUInt64(value);
        return bytes;
    }

    /// <summary>Replace <paramref name="Replaced"/> bytes of the structure at <paramref name="Position"/> by a length and, for a token, its payload.</summary>
    private readonly record struct Edit(int Position, int Replaced, byte[] Length, OutputPart? Payload);

    /// <summary>A message without payloads; serialized by the worker that writes it, while others convert weights.</summary>
    private sealed class MessagePart(Schema.Model message) : OutputPart
    {
        public override long Length { get; } = message.CalculateSize();

        public override IEnumerable<OutputJob> Split(long position) => [new SerializeJob(message, checked((int)Length), position)];

        public override void Fill(Span<byte> destination) => message.WriteTo(destination);
    }

    private sealed class SerializeJob(Schema.Model message, int length, long position) : OutputJob
    {
        public override long SourceLength => 0;

        public override void Run(OutputFile output, CancellationToken cancellationToken)
        {
            // No array of the shared pool, which would keep it.
            byte[] bytes = new byte[length];
            ProgramBytes.Write(message, bytes);
            output.Write(position, bytes);
        }
    }
}
