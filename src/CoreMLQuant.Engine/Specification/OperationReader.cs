using System;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;

namespace CoreMLQuant.Specification;

/// <summary>
/// Makes the messages of a program's operations. The protobuf library makes a string of every name, an object of every dimension, and room for eight entries
/// in every list; a program of thousands of operations then takes ten times its bytes of memory, most of it the same names and types again and again. Here
/// equal types are one message and equal names one string, and lists have the length that they need. What is not plainly as the schema has it - fields of
/// a newer format, one field twice - is left to the library, which keeps what it does not know.
/// </summary>
internal sealed class OperationReader
{
    private readonly ValueReader _values = new();

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
                    operation.Type = _values.Text(fields.Content);
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
                    input.Key = _values.Text(fields.Content);
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
                    binding.Name = _values.Text(fields.Content);
                    break;
                case Binding.ValueFieldNumber when binding.BindingCase == Binding.BindingOneofCase.None && _values.Read(fields.Content) is { } value:
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
                    declaration.Name = _values.Text(fields.Content);
                    break;
                case NamedValueType.TypeFieldNumber when declaration.Type is null:
                    declaration.Type = _values.Type(fields.Content);
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
                    block.Outputs.Add(_values.Text(fields.Content));
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
                    attribute.Key = _values.Text(fields.Content);
                    break;
                case AttributeEntry.ValueFieldNumber when attribute.Value is null && _values.Read(fields.Content) is { } value:
                    attribute.Value = value;
                    break;
                default:
                    return null;
            }
        }

        return fields.IsAtEnd ? attribute : null;
    }
}
