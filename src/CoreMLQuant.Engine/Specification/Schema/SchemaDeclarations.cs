using System;
using System.Collections.Generic;
using System.IO;
using Google.Protobuf.Reflection;

namespace CoreMLQuant.Specification.Schema;

/// <summary>
/// The messages as the .proto files declare them. The generated classes' descriptors say the same, but the first one asked for makes access to every field
/// of every message by reflection, which takes longer than opening a model.
/// </summary>
internal static class SchemaDeclarations
{
    // protoc's descriptor set of the schema, made by the build.
    private const string Resource = "schema.binpb";

    private static readonly Lazy<Dictionary<string, DescriptorProto>> Messages = new(Read);

    /// <summary>The declaration of a message.</summary>
    /// <param name="name">Its full name as declarations of fields have it, e.g. <c>.CoreML.Specification.Model</c>.</param>
    /// <exception cref="KeyNotFoundException">The schema has no such message.</exception>
    public static DescriptorProto Of(string name) => Messages.Value[name];

    private static Dictionary<string, DescriptorProto> Read()
    {
        using Stream resource = typeof(SchemaDeclarations).Assembly.GetManifestResourceStream(Resource)!;
        var messages = new Dictionary<string, DescriptorProto>(StringComparer.Ordinal);
        foreach (FileDescriptorProto file in FileDescriptorSet.Parser.ParseFrom(resource).File)
        {
            Add(file.MessageType, "." + file.Package, messages);
        }

        return messages;
    }

    private static void Add(IEnumerable<DescriptorProto> declared, string scope, Dictionary<string, DescriptorProto> messages)
    {
        foreach (DescriptorProto message in declared)
        {
            string name = $"{scope}.{message.Name}";
            messages.Add(name, message);
            Add(message.NestedType, name, messages);
        }
    }
}
