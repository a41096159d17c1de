using System;
using System.Collections;
using System.Collections.Generic;
using System.ComponentModel;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using IOPath = System.IO.Path;

namespace CoreMLQuant.Formatting;

/// <summary>
/// Values as people read them, the same in every culture: for messages and for the views in CoreMLQuant.Format.ps1xml.
/// The views call it with whatever a property holds, after remoting too, hence the loose types.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class DisplayText
{
    /// <inheritdoc cref="Figures.Size"/>
    public static string Size(long bytes) => Figures.Size(bytes);

    /// <inheritdoc cref="Figures.Count"/>
    public static string Count(long count) => Figures.Count(count);

    /// <inheritdoc cref="Figures.Ratio"/>
    public static string Ratio(double ratio) => Figures.Ratio(ratio);

    /// <inheritdoc cref="Figures.Decibels"/>
    public static string Decibels(double? value) => Figures.Decibels(value);

    /// <inheritdoc cref="Figures.Error"/>
    public static string Error(double? value) => Figures.Error(value);

    /// <inheritdoc cref="Figures.Value"/>
    public static string Value(double? value) => Figures.Value(value);

    /// <summary>A value in at most so many characters, with four digits where they fit.</summary>
    public static string Value(double? value, int width)
    {
        string text = Figures.Value(value);
        for (int digits = 3; text.Length > width && digits > 0; digits--)
        {
            text = value!.Value.ToString("G" + digits, CultureInfo.InvariantCulture);
        }

        return text;
    }

    /// <inheritdoc cref="Figures.Percent"/>
    public static string Percent(double? share) => Figures.Percent(share);

    /// <inheritdoc cref="Figures.Milliseconds"/>
    public static string Milliseconds(TimeSpan time) => Figures.Milliseconds(time);

    /// <summary>Dimensions, e.g. <c>[64, 3, 3, 3]</c>.</summary>
    public static string Shape(object? dimensions) => "[" + Join(dimensions, ", ") + "]";

    /// <summary>What a list or a dictionary holds, one a line.</summary>
    public static string Lines(object? values) => PrintableText.Of(Join(values, Environment.NewLine));

    /// <summary>The first few of what a list holds, one a line, and how many more there are.</summary>
    public static string FirstLines(object? values, int count)
    {
        object?[] all = Unwrap(values) is IEnumerable list ? list.Cast<object?>().ToArray() : [];
        string lines = Lines(all.Take(count).ToArray());
        return all.Length <= count ? lines : Invariant($"{lines}{Environment.NewLine}... and {all.Length - count} more");
    }

    /// <summary>The first few values of an array, in one line.</summary>
    public static string FirstValues(object? values, int count)
    {
        object?[] all = Unwrap(values) is IEnumerable list ? list.Cast<object?>().ToArray() : [];
        string first = string.Join(", ", all.Take(count).Select(item => Unwrap(item) is float or double ? Figures.Value(Convert.ToDouble(Unwrap(item), CultureInfo.InvariantCulture)) : Item(Unwrap(item))));
        return all.Length <= count ? first : Invariant($"{first}, ... ({all.Length})");
    }

    /// <summary>A time, e.g. <c>0.123 s</c>, <c>2:05 min</c>.</summary>
    public static string Duration(TimeSpan time) => time.TotalSeconds < 60
        ? Invariant($"{time.TotalSeconds:0.000} s")
        : Invariant($"{(int)time.TotalMinutes}:{time.Seconds:00} min");

    /// <summary>A value from a file as it may be shown.</summary>
    public static string Printable(object? value) => PrintableText.Of(Join(value, ", "));

    /// <summary>A value from a file as it may be shown, in lines of at most so many characters.</summary>
    public static string Wrapped(object? value, int width) => string.Join(Environment.NewLine, WrappedText.Lines(Printable(value), width));

    /// <inheritdoc cref="Figures.Short"/>
    public static string Short(string? text, int width) => Figures.Short(PrintableText.Of(text), width);

    /// <summary>A name as it may be shown, in lines of at most so many characters.</summary>
    public static string Name(string? text, int width) => string.Join(Environment.NewLine, WrappedText.NameLines(PrintableText.Of(text), width));

    /// <summary>What Test-CoreMLModel -Detailed found, for a screen of so many columns.</summary>
    public static string Report(object report, int width) => FindingsReport.Of(PSObject.AsPSObject(report), width);

    /// <summary>Last part of a path.</summary>
    public static string FileName(string path) => PrintableText.Of(IOPath.GetFileName(path));

    /// <summary>Folder of a path.</summary>
    public static string Folder(string path) => PrintableText.Of(IOPath.GetDirectoryName(path) ?? path);

    private static string Join(object? values, string separator) => Unwrap(values) switch
    {
        null => string.Empty,
        string text => text,
        IEnumerable list => string.Join(separator, list.Cast<object?>().Select(item => Item(Unwrap(item)))),
        var other => Convert.ToString(other, CultureInfo.InvariantCulture) ?? string.Empty,
    };

    private static string Item(object? item) => item switch
    {
        KeyValuePair<string, string> pair => $"{pair.Key}: {pair.Value}",
        DictionaryEntry pair => $"{pair.Key}: {pair.Value}",
        _ => Convert.ToString(item, CultureInfo.InvariantCulture) ?? string.Empty,
    };

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
