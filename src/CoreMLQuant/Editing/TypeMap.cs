using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Editing.Types;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;

namespace CoreMLQuant.Editing;

/// <summary>Types of features as a user gives them: a hashtable of names and types, or inputs and outputs of a model as Get-CoreMLModel shows them.</summary>
internal static class TypeMap
{
    /// <summary>Reads the types.</summary>
    /// <param name="value">What the user gave; <see langword="null"/> for a parameter that was not given.</param>
    /// <param name="parameter">The parameter.</param>
    /// <exception cref="Abstractions.PathException">It is neither a hashtable nor a feature.</exception>
    /// <exception cref="Plans.EditException">A text is no type.</exception>
    public static IReadOnlyDictionary<string, FeatureTypeEdit> Of(object? value, string parameter)
    {
        var types = new Dictionary<string, FeatureTypeEdit>(StringComparer.Ordinal);
        object? given = Unwrap(value);
        foreach (object? item in given is IDictionary or string ? [given] : given is IEnumerable list ? list.Cast<object?>().Select(Unwrap) : given is null ? [] : [given])
        {
            foreach (KeyValuePair<string, string> pair in item is IDictionary map ? NameMap.Of(map, parameter) : FeatureOf(item, parameter))
            {
                types[pair.Key] = TypeText.Parse(pair.Value);
            }
        }

        return types;
    }

    private static Dictionary<string, string> FeatureOf(object? item, string parameter)
    {
        (string? name, string? type, bool isOptional) = item switch
        {
            ModelFeature feature => (feature.Name, feature.Type, feature.IsOptional),
            null or string => (null, null, false),

            // A feature from a file, a job or another computer.
            _ => (Text(item, nameof(ModelFeature.Name)), Text(item, nameof(ModelFeature.Type)), LanguagePrimitives.IsTrue(PSObject.AsPSObject(item).Properties[nameof(ModelFeature.IsOptional)]?.Value)),
        };
        return name is null || type is null
            ? throw new Abstractions.PathException(ErrorRecords.Create(
                ErrorIds.InvalidArgument, ErrorCategory.InvalidArgument, item, $"-{parameter} takes a hashtable such as @{{ 'image' = 'Image RGB 224x224' }}, or features of a model as Get-CoreMLModel shows them."))
            : new Dictionary<string, string> { [name] = isOptional ? $"{type} Optional" : type };
    }

    private static string? Text(object item, string property) => PSObject.AsPSObject(item).Properties[property]?.Value?.ToString();

    private static object? Unwrap(object? value) => value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
}
