using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Sensitivity;

namespace CoreMLQuant.Abstractions;

/// <summary>
/// Takes rows of Measure-CoreMLSensitivity, also those that were exported and imported again, come from another computer, or have lost properties to Select-Object. Path, Name and Snr
/// make an object a row.
/// </summary>
internal sealed class SensitivityArgumentAttribute : ArgumentTransformationAttribute
{
    private const string Separator = "; ";

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : inputData;
        IEnumerable<object?> items = value is IList list ? list.Cast<object?>() : [value];
        WeightSensitivity?[] rows = items.Select(RowOf).ToArray();
        return Array.Exists(rows, row => row is null) ? inputData : rows;
    }

    private static WeightSensitivity? RowOf(object? item)
    {
        if (item is null or string)
        {
            return null;
        }

        PSObject row = PSObject.AsPSObject(item);
        return row.BaseObject as WeightSensitivity
            ?? (new[] { nameof(WeightSensitivity.Path), nameof(WeightSensitivity.Name), nameof(WeightSensitivity.Snr) }.All(name => row.Properties[name] is not null) ? Read(row) : null);
    }

    private static WeightSensitivity Read(PSObject row)
    {
        string name = Text(row, nameof(WeightSensitivity.Name));
        int count = Value<int>(row, nameof(WeightSensitivity.WeightCount)) ?? 1;
        return new WeightSensitivity(Text(row, nameof(WeightSensitivity.Path)), name)
        {
            Stage = Text(row, nameof(WeightSensitivity.Stage)),
            Function = Text(row, nameof(WeightSensitivity.Function)),
            OpType = Text(row, nameof(WeightSensitivity.OpType)),
            OpName = Text(row, nameof(WeightSensitivity.OpName)),
            Order = Value<int>(row, nameof(WeightSensitivity.Order)) ?? 0,
            WeightCount = count,
            WeightNames = count == 1 ? [name] : Names(row),
            ElementCount = Value<long>(row, nameof(WeightSensitivity.ElementCount)) ?? 0,
            Recipe = Text(row, nameof(WeightSensitivity.Recipe)),
            CompressionRecipe = PropertyOf(row, nameof(WeightSensitivity.CompressionRecipe)) as Recipes.OptimizationRecipe,
            Before = Value<long>(row, nameof(WeightSensitivity.Before)) ?? 0,
            After = Value<long>(row, nameof(WeightSensitivity.After)) ?? 0,
            WeightSnr = Value<double>(row, nameof(WeightSensitivity.WeightSnr)),
            LayerSnr = Value<double>(row, nameof(WeightSensitivity.LayerSnr)),
            Snr = Value<double>(row, nameof(WeightSensitivity.Snr)),
            Cosine = Value<double>(row, nameof(WeightSensitivity.Cosine)),
            Top1Agreement = Value<double>(row, nameof(WeightSensitivity.Top1Agreement)),
            IsExact = string.Equals(Text(row, nameof(WeightSensitivity.IsExact)), bool.TrueString, StringComparison.OrdinalIgnoreCase),
            SampleCount = Value<int>(row, nameof(WeightSensitivity.SampleCount)) ?? 0,
            EstimatedFrom = Text(row, nameof(WeightSensitivity.EstimatedFrom)),
        };
    }

    private static string[] Names(PSObject row) => PropertyOf(row, nameof(WeightSensitivity.WeightNames)) switch
    {
        IEnumerable names and not string => [.. names.Cast<object>().Select(name => name.ToString() ?? string.Empty)],
        { } names => names.ToString()!.Split([Separator], StringSplitOptions.RemoveEmptyEntries),
        null => [],
    };

    private static T? Value<T>(PSObject row, string name)
        where T : struct => Text(row, name) is { Length: > 0 } text ? LanguagePrimitives.ConvertTo<T>(text) : null;

    private static string Text(PSObject row, string name) => LanguagePrimitives.ConvertTo<string>(PropertyOf(row, name)) ?? string.Empty;

    private static object? PropertyOf(PSObject row, string name) => row.Properties[name]?.Value is { } value ? PSObject.AsPSObject(value).BaseObject : null;
}
