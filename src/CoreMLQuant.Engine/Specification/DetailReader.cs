using System;
using System.IO;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using Google.Protobuf;

namespace CoreMLQuant.Specification;

/// <summary>
/// Reads parts of a specification that its messages keep as bytes, for those who ask about them. What is read is thrown away
/// afterwards: such parts are written back as the bytes they are.
/// </summary>
/// <param name="payloads">The big fields of the specification.</param>
/// <param name="file">Full path of the specification, for errors.</param>
internal sealed class DetailReader(DetachedPayloads payloads, string file)
{
    /// <summary>Longer parts are not read as messages, which take several times the bytes of memory.</summary>
    public const long MaxLength = 64 << 20;

    // Messages inside a part do not nest deeper; the library counts from its first one.
    private const int MaxNesting = 64;

    /// <summary>Bytes that a field stands for.</summary>
    public long LengthOf(ByteString field) => payloads.LengthOf(field);

    /// <summary>Reads a field as a message; fields that the message does not have are left out.</summary>
    /// <param name="field">The field.</param>
    /// <param name="parser">The message's parser.</param>
    /// <param name="location">Where it stands, for errors.</param>
    /// <exception cref="CoreMLFormatException">The bytes are no such message.</exception>
    public T Read<T>(ByteString field, MessageParser<T> parser, string location)
        where T : IMessage<T>
    {
        using CodedInputStream input = Open(field);
        return Parse(() => parser.WithDiscardUnknownFields(true).ParseFrom(input), location);
    }

    /// <summary>Whether a field of a message that is kept as bytes holds anything; nothing of it is kept.</summary>
    /// <param name="message">The message.</param>
    /// <param name="number">Number of its field.</param>
    /// <param name="location">Where the message stands, for errors.</param>
    /// <exception cref="CoreMLFormatException">The bytes are no message.</exception>
    public bool HasContent(ByteString message, int number, string location)
    {
        using CodedInputStream input = Open(message);
        return Parse(
            () =>
            {
                bool hasContent = false;
                for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
                {
                    long start = input.Position;
                    input.SkipLastField();
                    // An empty field is its length, one byte.
                    hasContent |= WireFormat.GetTagFieldNumber(tag) == number && input.Position - start > 1;
                }

                return hasContent;
            },
            location);
    }

    /// <summary>Reads a message again as another one that knows other fields of it.</summary>
    /// <param name="message">The message; big fields that it does not know are put back first.</param>
    /// <param name="parser">The other message's parser.</param>
    /// <param name="location">Where it stands, for errors.</param>
    /// <exception cref="CoreMLFormatException">The bytes are no such message.</exception>
    public T Reread<T>(IMessage message, MessageParser<T> parser, string location)
        where T : IMessage<T> =>
        Parse(() => parser.WithDiscardUnknownFields(true).ParseFrom(Restore(message.ToByteArray())), location);

    /// <summary>Opens a field for one who reads it piece by piece.</summary>
    public CodedInputStream Open(ByteString field) =>
        CodedInputStream.CreateWithLimits(new WeightDataStream(payloads.Resolve(field)), int.MaxValue, MaxNesting);

    /// <summary>Runs a parser; what is no protobuf is an error of the format.</summary>
    /// <exception cref="CoreMLFormatException">The bytes are no such message.</exception>
    public T Parse<T>(Func<T> parse, string location)
    {
        try
        {
            return parse();
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new CoreMLFormatException(
                FormatRule.MalformedSpecification,
                file,
                "the parameters are not well-formed protobuf.",
                "The file is damaged; write the model again with the tool that made it.",
                location: location,
                innerException: e);
        }
    }

    // Fields that the specification's messages do not know are detached as a whole when they are big.
    private byte[] Restore(byte[] message)
    {
        var restored = new MemoryStream();
        using (var output = new CodedOutputStream(restored, leaveOpen: true))
        {
            using var input = new CodedInputStream(message);
            for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            {
                output.WriteTag(tag);
                switch (WireFormat.GetTagWireType(tag))
                {
                    case WireFormat.WireType.Varint:
                        output.WriteUInt64(input.ReadUInt64());
                        break;
                    case WireFormat.WireType.Fixed64:
                        output.WriteFixed64(input.ReadFixed64());
                        break;
                    case WireFormat.WireType.Fixed32:
                        output.WriteFixed32(input.ReadFixed32());
                        break;
                    default:
                        output.WriteBytes(Whole(input.ReadBytes()));
                        break;
                }
            }
        }

        return restored.ToArray();
    }

    private ByteString Whole(ByteString content) =>
        payloads.PartOf(content.Span) is { Length: <= MaxLength } ? ByteString.CopyFrom(payloads.Resolve(content).ToArray()) : content;
}
