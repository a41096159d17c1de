using System;
using System.Collections.Concurrent;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf.Reflection;

namespace CoreMLQuant.Specification;

/// <summary>
/// What walking the wire format needs to know of a message: the kind of each field by number, and the shape of embedded
/// messages. Taken from the schema's declarations, whose own look-up costs more than the walk itself, and only of the messages
/// that are met: a program has some thirty of two hundred.
/// </summary>
internal sealed class MessageShape
{
    private const string Package = ".CoreML.Specification.";

    private static readonly ConcurrentDictionary<string, MessageShape> Known = new(StringComparer.Ordinal);

    private readonly FieldShape?[] _fields;

    private MessageShape(DescriptorProto declaration)
    {
        int highestNumber = 0;
        foreach (FieldDescriptorProto field in declaration.Field)
        {
            highestNumber = Math.Max(highestNumber, field.Number);
        }

        _fields = new FieldShape?[highestNumber + 1];
        for (int i = 0; i < declaration.Field.Count; i++)
        {
            FieldDescriptorProto field = declaration.Field[i];
            _fields[field.Number] = new FieldShape(declaration.Name, i, field);
        }
    }

    /// <summary>The shape of a specification's root.</summary>
    public static MessageShape Model { get; } = Of(Package + nameof(Schema.Model));

    /// <summary>The shape of a description, the only part of a specification that stands in a file of its own.</summary>
    public static MessageShape Description => Model.Field(Schema.Model.DescriptionFieldNumber)!.Message!;

    /// <summary>The shape of a layer of a NeuralNetwork.</summary>
    public static MessageShape Layer => Model.Field(Schema.Model.NeuralNetworkFieldNumber)!.Message!.Field(NeuralNetwork.LayersFieldNumber)!.Message!;

    /// <summary>The shape of what the rules of structure read of a layer.</summary>
    public static MessageShape LayerDetails => Of(Package + "Details.LayerDetails");

    /// <summary>The shape of a message.</summary>
    /// <param name="name">Its full name as declarations of fields have it, e.g. <c>.CoreML.Specification.Model</c>.</param>
    public static MessageShape Of(string name) => Known.TryGetValue(name, out MessageShape? shape) ? shape : Known.GetOrAdd(name, new MessageShape(SchemaDeclarations.Of(name)));

    /// <summary>The field of a number; <see langword="null"/> when the message has none.</summary>
    public FieldShape? Field(ulong number) => number < (ulong)_fields.Length ? _fields[(int)number] : null;

    /// <summary>The specification's name of a field.</summary>
    /// <param name="number">Its number, which is also that of its case when it is one of several; 0 for none.</param>
    /// <returns>The name; empty when there is no such field.</returns>
    public string FieldName(int number) => Field((ulong)number)?.Name ?? string.Empty;
}

/// <summary>A field of a message.</summary>
/// <param name="owner">Name of the message that has it.</param>
/// <param name="index">Its place in the message's declaration.</param>
/// <param name="declaration">Its own declaration.</param>
internal sealed class FieldShape(string owner, int index, FieldDescriptorProto declaration)
{
    private readonly string? _messageName = declaration.Type == FieldDescriptorProto.Types.Type.Message ? declaration.TypeName : null;

    private MessageShape? _message;

    /// <summary>The embedded message's shape; <see langword="null"/> when the field is no message.</summary>
    public MessageShape? Message => _messageName is null ? null : _message ??= MessageShape.Of(_messageName);

    /// <summary>Whether the field is bytes: opaque, or packed numbers declared as bytes.</summary>
    public bool IsBytes { get; } = declaration.Type == FieldDescriptorProto.Types.Type.Bytes;

    /// <summary>Whether the field is text.</summary>
    public bool IsText { get; } = declaration.Type == FieldDescriptorProto.Types.Type.String;

    /// <summary>One bit for a bytes field that may stand only once in its message; 0 for any other.</summary>
    public ulong OnceBit { get; } =
        declaration.Type == FieldDescriptorProto.Types.Type.Bytes && declaration.Label != FieldDescriptorProto.Types.Label.Repeated && index < 64 ? 1UL << index : 0;

    /// <summary>Its name.</summary>
    public string Name { get; } = declaration.Name;

    /// <summary>Message and field name, for errors.</summary>
    public string FullName => $"{owner}.{Name}";
}
