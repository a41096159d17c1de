using System;
using System.Text;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using BlobFileValue = CoreMLQuant.Specification.Schema.Value.Types.BlobFileValue;
using ImmediateValue = CoreMLQuant.Specification.Schema.Value.Types.ImmediateValue;
using RepeatedStrings = CoreMLQuant.Specification.Schema.TensorValue.Types.RepeatedStrings;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Specification;

/// <summary>Makes the messages of a program's constant values for an <see cref="OperationReader"/>, and the names and types that operations and values share.</summary>
internal sealed class ValueReader
{
    private readonly SharedContent<string> _texts = new(Decode);
    private readonly SharedContent<ValueType> _types = new(content => ValueType.Parser.ParseFrom(content));

    /// <summary>A name, or another short text; one string for all places where it stands.</summary>
    public string Text(ReadOnlySpan<byte> content) => _texts.Of(content);

    /// <summary>A type; one message for all values that have it.</summary>
    /// <exception cref="InvalidProtocolBufferException">It is no protobuf.</exception>
    public ValueType Type(ReadOnlySpan<byte> content) => _types.Of(content);

    /// <summary>Reads a value; <see langword="null"/> when it has to be left to the library.</summary>
    /// <param name="content">Its bytes.</param>
    /// <exception cref="InvalidProtocolBufferException">A part of it is no protobuf, or nested too deeply for the library's usual limit.</exception>
    public Value? Read(ReadOnlySpan<byte> content)
    {
        var value = new Value();
        var fields = new WireFields(content);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case Value.DocStringFieldNumber:
                    value.DocString = Text(fields.Content);
                    break;
                case Value.TypeFieldNumber when value.Type is null:
                    value.Type = Type(fields.Content);
                    break;
                case Value.ImmediateValueFieldNumber when value.ValueCase == Value.ValueOneofCase.None:
                    value.ImmediateValue = ReadText(fields.Content) ?? ImmediateValue.Parser.ParseFrom(fields.Content);
                    break;
                case Value.BlobFileValueFieldNumber when value.ValueCase == Value.ValueOneofCase.None && ReadReference(fields.Content) is { } reference:
                    value.BlobFileValue = reference;
                    break;
                default:
                    return null;
            }
        }

        return fields.IsAtEnd ? value : null;
    }

    // A single text, as every operation's name is: three messages around it. Anything else is left to the library.
    private ImmediateValue? ReadText(ReadOnlySpan<byte> content)
    {
        if (!Only(content, ImmediateValue.TensorFieldNumber, out ReadOnlySpan<byte> tensor)
            || !Only(tensor, TensorValue.StringsFieldNumber, out ReadOnlySpan<byte> strings)
            || !Only(strings, RepeatedStrings.ValuesFieldNumber, out ReadOnlySpan<byte> text))
        {
            return null;
        }

        var texts = new RepeatedStrings();
        texts.Values.Capacity = 1;
        texts.Values.Add(Text(text));
        return new ImmediateValue { Tensor = new TensorValue { Strings = texts } };
    }

    private static bool Only(ReadOnlySpan<byte> message, int number, out ReadOnlySpan<byte> content)
    {
        var fields = new WireFields(message);
        bool isFirst = fields.Next() && fields.Number == number;
        content = fields.Content;
        return isFirst && fields.IsAtEnd;
    }

    private BlobFileValue? ReadReference(ReadOnlySpan<byte> content)
    {
        var reference = new BlobFileValue();
        var fields = new WireFields(content);
        while (fields.Next())
        {
            if (fields.Number == BlobFileValue.FileNameFieldNumber)
            {
                reference.FileName = Text(fields.Content);
            }
            else if (fields.VarintNumber == BlobFileValue.OffsetFieldNumber)
            {
                reference.Offset = fields.Varint;
            }
            else
            {
                return null;
            }
        }

        return fields.IsAtEnd ? reference : null;
    }

    private static string Decode(ReadOnlySpan<byte> content)
    {
#if NET
        return Encoding.UTF8.GetString(content);
#else
        return Encoding.UTF8.GetString(content.ToArray());
#endif
    }
}
