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
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>Bytes in the unit that takes three digits, 1024 to the next: <c>1.53 KB</c>, <c>200 MB</c>.</summary>
    public static string Size(long bytes)
    {
        double value = bytes;
        int unit = 0;

        // 999.5 would be shown as 1000 already.
        while (Math.Abs(value) >= 999.5 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit == 0 ? Invariant($"{bytes} B") : ThreeDigits(value) + " " + Units[unit];
    }

    /// <summary>A count in the unit that takes three digits: <c>864</c>, <c>25.6 M</c>.</summary>
    public static string Count(long count) => count switch
    {
        < 10_000 => Invariant($"{count}"),
        < 999_500 => ThreeDigits(count / 1e3) + " K",
        < 999_500_000 => ThreeDigits(count / 1e6) + " M",
        _ => ThreeDigits(count / 1e9) + " B",
    };

    /// <summary>Size before over size after, e.g. <c>1.98x</c>.</summary>
    public static string Ratio(double ratio) => Invariant($"{ratio:0.00}x");

    /// <summary>A signal-to-noise ratio, e.g. <c>73.5 dB</c>, <c>exact</c>; empty when there is none.</summary>
    public static string Decibels(double? value) => value switch
    {
        null => string.Empty,
        double.PositiveInfinity => "exact",
        _ => Invariant($"{value:0.0} dB"),
    };

    /// <summary>An error, e.g. <c>1.9E-04</c>; empty when there is none.</summary>
    public static string Error(double? value) => value switch
    {
        null => string.Empty,
        0 => "0",
        _ => Invariant($"{value:0.0E-00}"),
    };

    /// <summary>A value with four digits, e.g. <c>-0.8682</c>, <c>1.234E-07</c>; empty when there is none.</summary>
    public static string Value(double? value) => value is null ? string.Empty : Invariant($"{value:G4}");

    /// <summary>A share, e.g. <c>50 %</c>, <c>0.1 %</c>; empty when there is none.</summary>
    public static string Share(long? part, long whole) => part is null ? string.Empty : whole == 0 ? "0 %" : Invariant($"{100.0 * part / whole:0.#} %");

    /// <summary>Dimensions, e.g. <c>[64, 3, 3, 3]</c>.</summary>
    public static string Shape(object? dimensions) => "[" + Join(dimensions, ", ") + "]";

    /// <summary>What a list or a dictionary holds, one a line.</summary>
    public static string Lines(object? values) => Join(values, Environment.NewLine);

    /// <summary>The first few of what a list holds, one a line, and how many more there are.</summary>
    public static string FirstLines(object? values, int count)
    {
        object?[] all = Unwrap(values) is IEnumerable list ? list.Cast<object?>().ToArray() : [];
        string lines = Lines(all.Take(count).ToArray());
        return all.Length <= count ? lines : Invariant($"{lines}{Environment.NewLine}... and {all.Length - count} more");
    }

    /// <summary>What two models have, once where both have the same: <c>CoreML5 -> CoreML7</c>.</summary>
    public static string Change(object? reference, object? difference)
    {
        string one = Item(Unwrap(reference)), other = Item(Unwrap(difference));
        return one == other ? one : $"{(one.Length == 0 ? "none" : one)} -> {(other.Length == 0 ? "none" : other)}";
    }

    /// <summary>A time, e.g. <c>0.123 s</c>, <c>2:05 min</c>.</summary>
    public static string Duration(TimeSpan time) => time.TotalSeconds < 60
        ? Invariant($"{time.TotalSeconds:0.000} s")
        : Invariant($"{(int)time.TotalMinutes}:{time.Seconds:00} min");

    /// <summary>A text of at most so many characters; a longer one loses its middle, since names differ at their ends.</summary>
    public static string Short(string? text, int width)
    {
        const string Gap = "...";
        text ??= string.Empty;
        if (text.Length <= width)
        {
            return text;
        }

        int tail = (width - Gap.Length) / 2;
        return text.Substring(0, width - Gap.Length - tail) + Gap + text.Substring(text.Length - tail);
    }

    /// <summary>Last part of a path.</summary>
    public static string FileName(string path) => IOPath.GetFileName(path);

    /// <summary>Folder of a path.</summary>
    public static string Folder(string path) => IOPath.GetDirectoryName(path) ?? path;

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

    private static string ThreeDigits(double value) => Math.Abs(value) switch
    {
        < 9.995 => Invariant($"{value:0.00}"),
        < 99.95 => Invariant($"{value:0.0}"),
        _ => Invariant($"{value:0}"),
    };

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
