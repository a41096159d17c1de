using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;

namespace CoreMLQuant.Running;

/// <summary>Values without PowerShell's wrappers, so that the runtime need not know them.</summary>
internal static class PlainValues
{
    // A hashtable may hold itself.
    private const int MaximumDepth = 32;

    /// <summary>The value itself; hashtables and objects made in PowerShell as dictionaries.</summary>
    public static object? Of(object? value) => Of(value, 0);

    /// <summary>The entries of a hashtable or the properties of an object made in PowerShell; <see langword="null"/> for anything else.</summary>
    public static IReadOnlyDictionary<string, object>? Entries(object? value) => Of(value) as IReadOnlyDictionary<string, object>;

    private static object? Of(object? value, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new ArgumentException($"Hashtables and lists are nested more than {MaximumDepth} deep.", nameof(value));
        }

        object? plain = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        return plain switch
        {
            IDictionary map => Dictionary(map.Keys.Cast<object>().Select(key => (Text(key), (object?)map[key])), depth),
            PSObject custom => Dictionary(custom.Properties.Select(property => (property.Name, (object?)property.Value)), depth),
            object[] list => Array.ConvertAll(list, item => Of(item, depth + 1)),
            ArrayList list => Of(list.ToArray(), depth),
            IList<PSObject> list => list.Select(item => Of(item, depth + 1)).ToArray(),
            _ => plain,
        };
    }

    private static Dictionary<string, object> Dictionary(IEnumerable<(string Name, object? Value)> entries, int depth)
    {
        var plain = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach ((string name, object? value) in entries)
        {
            plain[name] = Of(value, depth + 1) ?? throw new ArgumentException($"'{name}' has no value. Leave an optional input out instead.", nameof(entries));
        }

        return plain;
    }

    private static string Text(object key) => Convert.ToString(key is PSObject wrapped ? wrapped.BaseObject : key, CultureInfo.InvariantCulture) ?? string.Empty;
}
