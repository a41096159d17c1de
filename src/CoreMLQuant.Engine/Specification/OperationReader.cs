using System;
using System.Text;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;
using BlobFileValue = CoreMLQuant.Specification.Schema.Value.Types.BlobFileValue;
using ImmediateValue = CoreMLQuant.Specification.Schema.Value.Types.ImmediateValue;
using RepeatedStrings = CoreMLQuant.Specification.Schema.TensorValue.Types.RepeatedStrings;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Specification;

/// <summary>
/// Makes the messages of a program's operations. The protobuf library makes a string of every name, an object of every dimension, and room for eight entries
/// in every list; a program of thousands of operations then takes ten times its bytes of memory, most of it the same names and types again and again. Here
/// equal types are one message and equal names one string, and lists have the length that they need. What is not plainly as the schema has it - fields of
/// a newer format, one field twice - is left to the library, which keeps what it does not know.
/// </summary>
internal sealed class OperationReader
{
    private readonly SharedContent<string> _texts = new(Text);
    private readonly SharedContent<ValueType> _types = new(content => ValueType.Parser.ParseFrom(content));

    /// <summary>Reads an operation.</summary>
    /// <param name="content">Its bytes.</param>
    /// <returns>
    /// The operation; <see langword="null"/> when it has to be left to the library. Its types are shared with other values: who changes one
    /// puts another message in its place.
    /// </returns>
    /// <exception cref="InvalidProtocolBufferException">A part of it is no protobuf, or nested too deeply for the library's usual limit.</exception>
    public Operation? Read(ReadOnlySpan<byte> content)
    {
        var operation = new Operation();
        Reserve(operation, content);
        var fields = new WireFields(content);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case Operation.TypeFieldNumber:
                    operation.Type = _texts.Of(fields.Content);
                    break;
                case Operation.InputEntriesFieldNumber when ReadInput(fields.Content) is { } input:
                    operation.InputEntries.Add(input);
                    break;
                case Operation.OutputsFieldNumber when ReadDeclaration(fields.Content) is { } output:
                    operation.Outputs.Add(output);
                    break;
                case Operation.BlocksFieldNumber when ReadBlock(fields.Content) is { } block:
                    operation.Blocks.Add(block);
                    break;
                case Operation.AttributeEntriesFieldNumber when ReadAttribute(fields.Content) is { } attribute:
                    operation.AttributeEntries.Add(attribute);
                    break;
                default:
                    return null;
            }
        }

        return fields.IsAtEnd ? operation : null;
    }

    private static void Reserve(Operation operation, ReadOnlySpan<byte> content)
    {
        int inputs = 0, outputs = 0, attributes = 0;
        var fields = new WireFields(content);
        while (fields.Next())
        {
            inputs += fields.Number == Operation.InputEntriesFieldNumber ? 1 : 0;
            outputs += fields.Number == Operation.OutputsFieldNumber ? 1 : 0;
            attributes += fields.Number == Operation.AttributeEntriesFieldNumber ? 1 : 0;
        }

        operation.InputEntries.Capacity = inputs;
        operation.Outputs.Capacity = outputs;
        operation.AttributeEntries.Capacity = attributes;
    }

    private InputEntry? ReadInput(ReadOnlySpan<byte> content)
    {
        var input = new InputEntry();
        var fields = new WireFields(content);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case InputEntry.KeyFieldNumber:
                    input.Key = _texts.Of(fields.Content);
                    break;
                case InputEntry.ValueFieldNumber when input.Value is null && ReadArgument(fields.Content) is { } argument:
                    input.Value = argument;
                    break;
                default:
                    return null;
            }
        }

        return fields.IsAtEnd ? input : null;
    }

    private Argument? ReadArgument(ReadOnlySpan<byte> content)
    {
        var argument = new Argument();
        var fields = new WireFields(content);
        while (fields.Next())
        {
            if (fields.Number != Argument.ArgumentsFieldNumber || ReadBinding(fields.Content) is not { } binding)
            {
                return null;
            }

            // Nearly every parameter has one.
            argument.Arguments.Capacity = Math.Max(argument.Arguments.Capacity, 1);
            argument.Arguments.Add(binding);
        }

        return fields.IsAtEnd ? argument : null;
    }

    private Binding? ReadBinding(ReadOnlySpan<byte> content)
    {
        var binding = new Binding();
        var fields = new WireFields(content);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case Binding.NameFieldNumber when binding.BindingCase == Binding.BindingOneofCase.None:
                    binding.Name = _texts.Of(fields.Content);
                    break;
                case Binding.ValueFieldNumber when binding.BindingCase == Binding.BindingOneofCase.None && ReadValue(fields.Content) is { } value:
                    binding.Value = value;
                    break;
                default:
                    return null;
            }
        }

        return fields.IsAtEnd ? binding : null;
    }

    private NamedValueType? ReadDeclaration(ReadOnlySpan<byte> content)
    {
        var declaration = new NamedValueType();
        var fields = new WireFields(content);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case NamedValueType.NameFieldNumber:
                    declaration.Name = _texts.Of(fields.Content);
                    break;
                case NamedValueType.TypeFieldNumber when declaration.Type is null:
                    declaration.Type = _types.Of(fields.Content);
                    break;
                default:
                    return null;
            }
        }

        return fields.IsAtEnd ? declaration : null;
    }

    // A block's own attributes are rare: then the library reads the operation.
    private Block? ReadBlock(ReadOnlySpan<byte> content)
    {
        var block = new Block();
        var fields = new WireFields(content);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case Block.InputsFieldNumber when ReadDeclaration(fields.Content) is { } input:
                    block.Inputs.Add(input);
                    break;
                case Block.OutputsFieldNumber:
                    block.Outputs.Add(_texts.Of(fields.Content));
                    break;
                case Block.OperationsFieldNumber when Read(fields.Content) is { } operation:
                    block.Operations.Add(operation);
                    break;
                default:
                    return null;
            }
        }

        return fields.IsAtEnd ? block : null;
    }

    private AttributeEntry? ReadAttribute(ReadOnlySpan<byte> content)
    {
        var attribute = new AttributeEntry();
        var fields = new WireFields(content);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case AttributeEntry.KeyFieldNumber:
                    attribute.Key = _texts.Of(fields.Content);
                    break;
                case AttributeEntry.ValueFieldNumber when attribute.Value is null && ReadValue(fields.Content) is { } value:
                    attribute.Value = value;
                    break;
                default:
                    return null;
            }
        }

        return fields.IsAtEnd ? attribute : null;
    }

    private Value? ReadValue(ReadOnlySpan<byte> content)
    {
        var value = new Value();
        var fields = new WireFields(content);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case Value.DocStringFieldNumber:
                    value.DocString = _texts.Of(fields.Content);
                    break;
                case Value.TypeFieldNumber when value.Type is null:
                    value.Type = _types.Of(fields.Content);
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
        texts.Values.Add(_texts.Of(text));
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
                reference.FileName = _texts.Of(fields.Content);
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

    private static string Text(ReadOnlySpan<byte> content)
    {
#if NET
        return Encoding.UTF8.GetString(content);
#else
        return Encoding.UTF8.GetString(content.ToArray());
#endif
    }
}
