using System;
using System.Collections;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;

namespace CoreMLQuant.Abstractions;

/// <summary>
/// Lets objects stand for a model by their path: models, results, files and folders, rows of a CSV file, and all of these from a file or another
/// computer. Their paths are literal. Text stays as it is. What has no path does not stand for a model, whatever its text is.
/// </summary>
internal sealed class ModelPathArgumentAttribute : ArgumentTransformationAttribute
{
    // The first that there is. A result's source is never meant: the model to go on with is its Path.
    private static readonly string[] PathProperties = ["Path", "PSPath", "FullName", "ModelPath", "LiteralPath"];

    /// <summary>Types of objects without a path that another parameter of the cmdlet takes.</summary>
    public Type[] Except { get; set; } = [];

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = Unwrap(inputData);
        return value is IList list ? list.Cast<object?>().Select(PathOf).ToArray() : PathOf(inputData)!;
    }

    private object? PathOf(object? item)
    {
        object? value = Unwrap(item);
        return value switch
        {
            // Lines of a file have a property PSPath as well, which is that of the file.
            null or string or Uri or LiteralPath => item,
            IDictionary map => FirstPath(name => map[name]) ?? throw NoPath(value),
            // A base type, such as the verdict on a model, can have the properties that were added to it.
            _ => FirstPath(name => PSObject.AsPSObject(item!).Properties[name]?.Value) ?? (Except.Contains(value.GetType()) ? item : throw NoPath(value)),
        };
    }

    private static LiteralPath? FirstPath(Func<string, object?> property) =>
        PathProperties.Select(name => Text(property(name))).FirstOrDefault(text => text.Length > 0) is { } path ? new LiteralPath(path) : null;

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
