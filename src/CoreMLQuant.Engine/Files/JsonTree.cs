using System;
using System.Linq;
#if NET
using System.Collections.Generic;
using System.Text.Json;
#else
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
#endif

namespace CoreMLQuant.Files;

/// <summary>
/// The JSON files of model packages and compiled models as plain values: objects as dictionaries (of members with one name the last), arrays,
/// text, numbers as <see cref="double"/>, truth values and null.
/// </summary>
internal static class JsonTree
{
    private const int MaxDepth = 64;

    /// <summary>Parses a text.</summary>
    /// <exception cref="FormatException">It is not well-formed, is nested more than 64 levels deep, or has text that is no Unicode.</exception>
    public static object? Parse(string text)
    {
        try
        {
            return Read(text);
        }
#if NET
        catch (Exception e) when (e is JsonException or InvalidOperationException)
#else
        catch (Exception e) when (e is InvalidJsonException or InvalidProtocolBufferException or ArgumentException or InvalidOperationException)
#endif
        {
            throw new FormatException(e.Message, e);
        }
    }

#if NET
    // Every conversion of a package reads its manifest first: the framework's reader is compiled already, while the protobuf library
    // builds descriptors of its own messages before it reads the first character, which takes 40 ms of a process.
    private static object? Read(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
        return ValueOf(document.RootElement);
    }

    private static object? ValueOf(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    members[member.Name] = ValueOf(member.Value);
                }

                return members;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(ValueOf).ToArray();
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return element.GetDouble();
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            default:
                return null;
        }
    }
#else
    // .NET Framework has no reader that could be used here; the protobuf library has one.
    private static object? Read(string text) =>
        ValueOf(new JsonParser(new JsonParser.Settings(MaxDepth)).Parse<Value>(text));

    private static object? ValueOf(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StructValue => value.StructValue.Fields.ToDictionary(member => member.Key, member => ValueOf(member.Value), StringComparer.Ordinal),
        Value.KindOneofCase.ListValue => value.ListValue.Values.Select(ValueOf).ToArray(),
        Value.KindOneofCase.StringValue => value.StringValue,
        Value.KindOneofCase.NumberValue => value.NumberValue,
        Value.KindOneofCase.BoolValue => value.BoolValue,
        _ => null,
    };
#endif
}
