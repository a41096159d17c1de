using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf.Reflection;
using Xunit;

namespace CoreMLQuant.Tests.Specification;

public sealed class SchemaDeclarationsTests
{
    [Fact]
    public void Of_EveryMessageOfTheSchema_IsWhatTheGeneratedClassDescribes()
    {
        MessageDescriptor[] messages = [.. Reachable(Model.Descriptor), .. Reachable(CoreMLQuant.Specification.Schema.Details.LayerDetails.Descriptor)];

        Assert.True(messages.Length > 150, $"There are {messages.Length}.");
        Assert.All(messages, message =>
        {
            DescriptorProto declaration = SchemaDeclarations.Of("." + message.FullName);
            Assert.Equal(message.Name, declaration.Name);
            Assert.Equal(message.ToProto().Field.Select(Described), declaration.Field.Select(Described));
        });
    }

    [Fact]
    public void Of_EveryMessageOfTheSchema_HasTheShapeOfItsFields() => Assert.All(Reachable(Model.Descriptor), message =>
    {
        var shape = MessageShape.Of("." + message.FullName);
        foreach (FieldDescriptor field in message.Fields.InFieldNumberOrder())
        {
            FieldShape found = shape.Field((ulong)field.FieldNumber)!;
            Assert.Equal((field.Name, $"{message.Name}.{field.Name}"), (found.Name, found.FullName));
            Assert.Equal(field.FieldType == FieldType.Message, found.Message is not null);
            Assert.Equal((field.FieldType == FieldType.Bytes, field.FieldType == FieldType.String), (found.IsBytes, found.IsText));
        }

        Assert.Null(shape.Field(0));
        Assert.Null(shape.Field(ulong.MaxValue));
    });

    [Theory]
    [InlineData(".CoreML.Specification.Modell")]
    [InlineData(".CoreML.Specification.Model.Nothing")]
    [InlineData(".Nothing")]
    [InlineData("Nothing")]
    public void Of_NoMessage_IsRefused(string name) => Assert.Throws<KeyNotFoundException>(() => SchemaDeclarations.Of(name));

    private static (int, string, FieldDescriptorProto.Types.Type, FieldDescriptorProto.Types.Label, string) Described(FieldDescriptorProto field) =>
        (field.Number, field.Name, field.Type, field.Label, field.TypeName);

    private static IEnumerable<MessageDescriptor> Reachable(MessageDescriptor root)
    {
        var known = new HashSet<MessageDescriptor> { root };
        var left = new Queue<MessageDescriptor>([root]);
        while (left.TryDequeue(out MessageDescriptor? message))
        {
            yield return message;
            foreach (MessageDescriptor next in message.Fields.InFieldNumberOrder().Where(field => field.FieldType == FieldType.Message).Select(field => field.MessageType).Where(known.Add))
            {
                left.Enqueue(next);
            }
        }
    }
}
