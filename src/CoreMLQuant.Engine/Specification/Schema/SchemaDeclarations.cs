using System;
using System.Collections.Generic;
using System.IO;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace CoreMLQuant.Specification.Schema;

/// <summary>
/// The messages as the .proto files declare them. The generated classes' descriptors say the same, but the first one asked for makes access to every field
/// of every message by reflection, which takes longer than opening a model. A declaration is parsed when it is asked for.
/// </summary>
internal static class SchemaDeclarations
{
    // protoc's descriptor set of the schema, made by the build.
    private const string Resource = "schema.binpb";

    private static readonly Lazy<Dictionary<string, ByteString>> Serialized = new(ReadOutermost);

    /// <summary>The declaration of a message.</summary>
    /// <param name="name">Its full name as declarations of fields have it, e.g. <c>.CoreML.Specification.Model</c>.</param>
    /// <exception cref="KeyNotFoundException">The schema has no such message.</exception>
    public static DescriptorProto Of(string name)
    {
        if (Serialized.Value.TryGetValue(name, out ByteString? content))
        {
            return DescriptorProto.Parser.ParseFrom(content);
        }

        int dot = name.LastIndexOf('.');
        if (dot > 0)
        {
            foreach (DescriptorProto nested in Of(name.Substring(0, dot)).NestedType)
            {
                if (string.CompareOrdinal(nested.Name, 0, name, dot + 1, int.MaxValue) == 0)
                {
                    return nested;
                }
            }
        }

        throw new KeyNotFoundException($"The schema has no message '{name}'.");
    }

    // The messages that stand in no other. protoc writes fields in the order of their numbers: a file's package is before its messages, a message's name before all else.
    private static Dictionary<string, ByteString> ReadOutermost()
    {
        using Stream resource = typeof(SchemaDeclarations).Assembly.GetManifestResourceStream(Resource)!;
        var messages = new Dictionary<string, ByteString>(StringComparer.Ordinal);
        var set = new CodedInputStream(resource);
        while (set.ReadTag() != 0)
        {
            CodedInputStream file = set.ReadBytes().CreateCodedInput();
            string package = string.Empty;
            uint tag;
            while ((tag = file.ReadTag()) != 0)
            {
                switch (WireFormat.GetTagFieldNumber(tag))
                {
                    case FileDescriptorProto.PackageFieldNumber:
                        package = file.ReadString();
                        break;
                    case FileDescriptorProto.MessageTypeFieldNumber:
                        ByteString message = file.ReadBytes();
                        messages.Add($".{package}.{NameOf(message)}", message);
                        break;
                    default:
                        file.SkipLastField();
                        break;
                }
            }
        }

        return messages;
    }

    private static string NameOf(ByteString message)
    {
        CodedInputStream input = message.CreateCodedInput();
        return WireFormat.GetTagFieldNumber(input.ReadTag()) == DescriptorProto.NameFieldNumber ? input.ReadString() : string.Empty;
    }
}
