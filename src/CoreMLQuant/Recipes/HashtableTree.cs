using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Recipes.Files;

namespace CoreMLQuant.Recipes;

/// <summary>A recipe that was built in PowerShell: hashtables, or objects such as ConvertFrom-Json makes, with lists and values.</summary>
internal static class HashtableTree
{
    // A hashtable may hold itself.
    private const int MaximumDepth = 32;

    /// <summary>The recipe as a tree, without lines.</summary>
    /// <exception cref="RecipeFileException">It is nested without end.</exception>
    public static RecipeNode Of(object? value, string source) => Of(value, source, 0);

    /// <summary>A single value as it would be written in a file.</summary>
    public static string? Text(object? value) => value switch
    {
        null => null,
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static RecipeNode Of(object? value, string source, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new RecipeFileException(source, [new RecipeFileError(default, string.Empty, $"hashtables and lists are nested more than {MaximumDepth} levels deep.")]);
        }

        object? plain = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        return plain switch
        {
            IDictionary map => new RecipeMap(InOrder(map).Select(entry => Entry(Text(entry.Key) ?? string.Empty, entry.Value, source, depth)).ToArray(), default),
            PSObject custom => new RecipeMap(custom.Properties.Select(property => Entry(property.Name, property.Value, source, depth)).ToArray(), default),
            string text => new RecipeScalar(text, default),
            IEnumerable list => new RecipeList(list.Cast<object?>().Select(item => Of(item, source, depth + 1)).ToArray(), default),
            _ => new RecipeScalar(Text(plain), default),
        };
    }

    private static RecipeEntry Entry(string key, object? value, string source, int depth) => new(key, default, Of(value, source, depth + 1));

    // A plain hashtable has no order of its own, and a different one in every process. Where order matters, [ordered] keeps it.
    private static IEnumerable<DictionaryEntry> InOrder(IDictionary map)
    {
        var entries = new List<DictionaryEntry>(map.Count);
        foreach (DictionaryEntry entry in map)
        {
            entries.Add(entry);
        }

        return map is Hashtable ? entries.OrderBy(entry => Text(entry.Key), StringComparer.Ordinal) : entries;
    }
}
