using System;
using System.Collections;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;

namespace CoreMLQuant.Abstractions;

/// <summary>
/// Lets objects stand for a model by their path: models, results, files and folders, rows of a CSV file, and all of these from a file or another
/// computer. Their paths are literal. Text stays as it is.
/// </summary>
internal sealed class ModelPathArgumentAttribute : ArgumentTransformationAttribute
{
    // The first that there is. A result's source is never meant: the model to go on with is its Path.
    private static readonly string[] PathProperties = ["Path", "PSPath", "FullName", "ModelPath", "LiteralPath"];

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = Unwrap(inputData);
        return value is IList list ? list.Cast<object?>().Select(PathOf).ToArray() : PathOf(inputData)!;
    }

    private static object? PathOf(object? item)
    {
        object? value = Unwrap(item);
        return value switch
        {
            null or string or ValueType or Uri => item,
            IDictionary map => PathProperties.Select(name => Text(map[name])).FirstOrDefault(text => text.Length > 0) is { } path ? new LiteralPath(path) : throw NoPath(value),
            _ => PathProperties.Select(name => Text(PSObject.AsPSObject(item!).Properties[name]?.Value)).FirstOrDefault(text => text.Length > 0) is { } path
                ? new LiteralPath(path)
                : value is PSObject ? throw NoPath(value)
                // Another parameter may take it.
                : item,
        };
    }

    private static ArgumentTransformationMetadataException NoPath(object value) => new(
        $"An object of the type {(value is PSObject ? nameof(PSCustomObject) : value.GetType().Name)} does not stand for a model: it has none of the properties {string.Join(", ", PathProperties)}. Specify a path.");

    private static string Text(object? value) => Unwrap(value) switch
    {
        string text => text,
        FileSystemInfo file => file.FullName,
        IList { Count: > 0 } list => Text(list[0]),
        null => string.Empty,
        var other => Convert.ToString(other, CultureInfo.InvariantCulture) ?? string.Empty,
    };

    private static object? Unwrap(object? value) => value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
}
