using System;
using CoreMLQuant.Specification;
using Google.Protobuf;

namespace CoreMLQuant.Editing.Plans;

/// <summary>
/// Edits parts of a specification that its messages keep as bytes. Fields that the message does not know are kept as they are, and a part in which
/// nothing changes keeps its very bytes.
/// </summary>
/// <param name="payloads">The big fields of the specification.</param>
internal sealed class DetailEditor(DetachedPayloads payloads)
{
    /// <summary>Reads a part.</summary>
    /// <param name="field">The part, or what stands for it.</param>
    /// <param name="parser">The message's parser.</param>
    /// <param name="what">What it is, for errors.</param>
    /// <exception cref="EditException">The part is not well-formed, or is too long to be read as a message.</exception>
    public T Read<T>(ByteString field, MessageParser<T> parser, string what)
        where T : IMessage<T>
    {
        if (payloads.LengthOf(field) > DetailReader.MaxLength)
        {
            throw new EditException($"{what} has {payloads.LengthOf(field)} bytes; longer parts than {DetailReader.MaxLength} bytes are not edited.", "Edit the model with the tool that made it.");
        }

        try
        {
            return parser.ParseFrom(payloads.Resolve(field).ToArray());
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new EditException($"{what} is not well-formed ({e.Message})", "Use Test-CoreMLModel -Detailed to see what is wrong with the model.");
        }
    }

    /// <summary>The part with an edit; the same bytes where the edit changes nothing.</summary>
    /// <param name="field">The part, or what stands for it.</param>
    /// <param name="parser">The message's parser.</param>
    /// <param name="what">What it is, for errors.</param>
    /// <param name="edit">Edits the message and tells whether it changed anything.</param>
    /// <exception cref="EditException">The part is not well-formed, or is too long to be read as a message.</exception>
    public ByteString Edit<T>(ByteString field, MessageParser<T> parser, string what, Func<T, bool> edit)
        where T : IMessage<T>
    {
        T message = Read(field, parser, what);
        return edit(message) ? message.ToByteString() : field;
    }
}
