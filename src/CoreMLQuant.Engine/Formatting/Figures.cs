using System;
using System.Collections.Generic;

namespace CoreMLQuant.Formatting;

/// <summary>Figures as people read them, the same in every culture: in messages, tables and reports.</summary>
public static class Figures
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>Bytes in the unit that takes three digits, 1024 to the next: <c>1.53 KB</c>, <c>200 MB</c>.</summary>
    public static string Size(long bytes)
    {
        (double bytesOfOne, string name) = SizeUnit(bytes);
        return bytesOfOne == 1 ? Invariant($"{bytes} B") : ThreeDigits(bytes / bytesOfOne) + " " + name;
    }

    /// <summary>The unit that takes three digits.</summary>
    /// <returns>Bytes of one such unit, and its name.</returns>
    public static (double Bytes, string Name) SizeUnit(long bytes)
    {
        double unit = 1;
        int index = 0;

        // 999.5 would be shown as 1000 already.
        while (Math.Abs(bytes / unit) >= 999.5 && index < Units.Length - 1)
        {
            unit *= 1024;
            index++;
        }

        return (unit, Units[index]);
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

    /// <summary>A signal-to-noise ratio, e.g. <c>73.5 dB</c>, <c>exact</c>, <c>1E+9 dB</c> for what no values reach; empty when there is none.</summary>
    public static string Decibels(double? value) => value switch
    {
        null => string.Empty,
        double.PositiveInfinity => "exact",
        double.NegativeInfinity => "-infinity dB",
        >= 1e4 or <= -1e4 => Invariant($"{value:0.###E+0} dB"),
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

    /// <summary>A share from 0 to 1, e.g. <c>97.5 %</c>; empty when there is none.</summary>
    public static string Percent(double? share) => share is null ? string.Empty : Invariant($"{100 * share:0.#} %");

    /// <summary>A short time, e.g. <c>12.3 ms</c>.</summary>
    public static string Milliseconds(TimeSpan time) => Invariant($"{time.TotalMilliseconds:0.0} ms");

    /// <summary>Dimensions, e.g. <c>[64, 3, 3, 3]</c>.</summary>
    public static string Shape(IReadOnlyList<long> dimensions) => "[" + string.Join(", ", dimensions) + "]";

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

    private static string ThreeDigits(double value) => Math.Abs(value) switch
    {
        < 9.995 => Invariant($"{value:0.00}"),
        < 99.95 => Invariant($"{value:0.0}"),
        _ => Invariant($"{value:0}"),
    };

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
