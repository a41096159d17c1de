using System;
using System.Collections.Generic;
using Google.Protobuf.Reflection;

namespace CoreMLQuant.Specification;

/// <summary>
/// What walking the wire format needs to know of a message: the kind of each field by number, and the shape of embedded
/// messages. Taken once from the generated descriptors, whose own look-up costs more than the walk itself.
/// </summary>
internal sealed class MessageShape
{
    private static readonly Lazy<MessageShape> ModelShape = new(() => Of(Schema.Model.Descriptor, []));

    private readonly FieldShape?[] _fields;

    private MessageShape(int highestNumber) => _fields = new FieldShape?[highestNumber + 1];

    /// <summary>The shape of a specification's root and of all messages it can hold.</summary>
    public static MessageShape Model => ModelShape.Value;

    /// <summary>The shape of a description, the only part of a specification that stands in a file of its own.</summary>
    public static MessageShape Description => Model.Field(Schema.Model.DescriptionFieldNumber)!.Message!;

    /// <summary>The field of a number; <see langword="null"/> when the message has none.</summary>
    public FieldShape? Field(ulong number) => number < (ulong)_fields.Length ? _fields[(int)number] : null;

    private static MessageShape Of(MessageDescriptor descriptor, Dictionary<MessageDescriptor, MessageShape> known)
    {
        if (known.TryGetValue(descriptor, out MessageShape? shape))
        {
            return shape;
        }

        IList<FieldDescriptor> fields = descriptor.Fields.InFieldNumberOrder();
        shape = new MessageShape(fields.Count == 0 ? 0 : fields[fields.Count - 1].FieldNumber);
        known.Add(descriptor, shape);
        foreach (FieldDescriptor field in fields)
        {
            shape._fields[field.FieldNumber] = new FieldShape(
                field,
                field.FieldType == FieldType.Message ? Of(field.MessageType, known) : null);
        }

        return shape;
    }
}

/// <summary>A field of a message.</summary>
internal sealed class FieldShape(FieldDescriptor descriptor, MessageShape? message)
{
    /// <summary>The embedded message's shape; <see langword="null"/> when the field is no message.</summary>
    public MessageShape? Message { get; } = message;

    /// <summary>Whether the field is bytes: opaque, or packed numbers declared as bytes.</summary>
    public bool IsBytes { get; } = descriptor.FieldType == FieldType.Bytes;

    /// <summary>Whether the field is text.</summary>
    public bool IsText { get; } = descriptor.FieldType == FieldType.String;

    /// <summary>One bit for a bytes field that may stand only once in its message; 0 for any other.</summary>
    public ulong OnceBit { get; } =
        descriptor.FieldType == FieldType.Bytes && !descriptor.IsRepeated && descriptor.Index < 64 ? 1UL << descriptor.Index : 0;

    /// <summary>Message and field name, for errors.</summary>
    public string Name { get; } = $"{descriptor.ContainingType.Name}.{descriptor.Name}";
}
