using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Data.Files;

/// <summary>Samples as JSON: an object by feature names, or an array of such objects.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 32 };

    /// <summary>Reads the samples.</summary>
    /// <exception cref="SampleDataException">It is not well-formed, or holds something else.</exception>
    public static IEnumerable<IReadOnlyDictionary<string, object>> Read(string path)
    {
        TextFiles.RequireSize(path);
        using JsonDocument document = Parse(File.ReadAllText(path), path);
        JsonElement root = document.RootElement;
        JsonElement[] samples = root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToArray() : [root];
        return samples.Select(sample => sample.ValueKind == JsonValueKind.Object
            ? Sample(sample, path)
            : throw new SampleDataException(path, "A sample is an object whose members are the features; a file holds one or an array of them.")).ToArray();
    }

    /// <summary>Reads a single value.</summary>
    /// <exception cref="SampleDataException">It is not well-formed.</exception>
    public static object ReadValue(string text, string path)
    {
        using JsonDocument document = Parse(text, path);
        return Value(document.RootElement, path);
    }

    private static JsonDocument Parse(string text, string path)
    {
        try
        {
            return JsonDocument.Parse(text, Options);
        }
        catch (JsonException e)
        {
            throw new SampleDataException(path, $"It is not well-formed JSON: {e.Message}", e);
        }
    }

    private static Dictionary<string, object> Sample(JsonElement sample, string path)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (JsonProperty member in sample.EnumerateObject())
        {
            if (!values.TryAdd(member.Name, Value(member.Value, path)))
            {
                throw new SampleDataException(path, $"'{member.Name}' stands twice in one sample.");
            }
        }

        return values;
    }

    private static object Value(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.TryGetInt64(out long integer) ? integer : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => NestedLists.ToArray(Items(value, path), problem => new SampleDataException(path, problem)),
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(member => member.Name, member => Value(member.Value, path), StringComparer.Ordinal),
        _ => throw new SampleDataException(path, "null is no value of a feature; leave an optional input out."),
    };

    private static List<object> Items(JsonElement list, string path)
    {
        var items = new List<object>(list.GetArrayLength());
        foreach (JsonElement item in list.EnumerateArray())
        {
            items.Add(item.ValueKind == JsonValueKind.Array ? Items(item, path) : Value(item, path));
        }

        return items;
    }
}
