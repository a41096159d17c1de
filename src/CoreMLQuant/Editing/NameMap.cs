using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using CoreMLQuant.Errors;

namespace CoreMLQuant.Editing;

/// <summary>Hashtables of names and texts as a user writes them.</summary>
internal static class NameMap
{
    /// <summary>The entries as text; an entry without a value is an error, since it says nothing.</summary>
    /// <param name="map">What the user wrote; <see langword="null"/> for a parameter that was not given.</param>
    /// <param name="parameter">The parameter.</param>
    /// <exception cref="Abstractions.PathException">A key or a value is missing.</exception>
    public static IReadOnlyDictionary<string, string> Of(IDictionary? map, string parameter)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in map ?? new Hashtable())
        {
            string key = Text(entry.Key);
            if (key.Length == 0 || entry.Value is null)
            {
                throw new Abstractions.PathException(ErrorRecords.Create(
                    ErrorIds.InvalidArgument,
                    ErrorCategory.InvalidArgument,
                    map,
                    $"-{parameter} has an entry without a {(key.Length == 0 ? "name" : "value")}{(key.Length == 0 ? string.Empty : $": '{key}'")}. Specify a hashtable such as @{{ 'name' = 'text' }}."));
            }

            names[key] = Text(entry.Value);
        }

        return names;
    }

    private static string Text(object value) => Convert.ToString(value is PSObject wrapped ? wrapped.BaseObject : value, CultureInfo.InvariantCulture) ?? string.Empty;
}
