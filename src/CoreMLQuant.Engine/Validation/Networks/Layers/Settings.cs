using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>What is asked of settings of many kinds of layers.</summary>
internal static class Settings
{
    /// <summary>Values that must be above zero.</summary>
    public static IEnumerable<string> Positive(params (string Name, int Value)[] values) =>
        values.Where(value => value.Value <= 0).Select(value => $"'{value.Name}' is {value.Value}; it must be positive.");

    /// <summary>Values that must not be below zero.</summary>
    public static IEnumerable<string> NotNegative(params (string Name, int Value)[] values) =>
        values.Where(value => value.Value < 0).Select(value => $"'{value.Name}' is {value.Value}; it must not be negative.");

    /// <summary>A list that must not be empty.</summary>
    public static IEnumerable<string> Required(string name, int count) => count > 0 ? [] : [$"'{name}' is not set; the layer needs it."];

    /// <summary>An axis of the first input; nothing is known of it where the layer gives no rank.</summary>
    public static IEnumerable<string> AxisWithin(LayerContext layer, long axis, int further = 0) =>
        layer.StatedInputRank is { } rank && (axis < -(rank + further) || axis >= rank + further)
            ? [$"the axis {axis} is not one of an input of rank {rank}."]
            : [];

    /// <summary>Two ranks that must be the same where both are known.</summary>
    public static IEnumerable<string> SameRank(int? one, int? other, string what) =>
        one is { } first && other is { } second && first != second ? [$"{what} have the ranks {first} and {second}; they must be the same."] : [];

    /// <summary>A range that must not end before it begins.</summary>
    public static IEnumerable<string> Ordered(float least, float most) => least > most ? [FormattableText(least, most)] : [];

    private static string FormattableText(float least, float most) =>
        System.FormattableString.Invariant($"'minVal' ({least}) is above 'maxVal' ({most}).");
}
