using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace CoreMLQuant.Formatting;

/// <summary>One line of JSON for a log: the time, and fields of text, numbers, truth values and lists of text.</summary>
internal static class JsonLine
{
    private const string TimeField = "time";

    /// <summary>A line.</summary>
    /// <param name="time">When it is written, in UTC.</param>
    /// <param name="fields">The fields in order; empty text and what is no number become null.</param>
    public static string Of(DateTime time, params (string Name, object? Value)[] fields)
    {
        var line = new Struct();
        line.Fields.Add(TimeField, Value.ForString(time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)));
        foreach ((string name, object? value) in fields)
        {
            line.Fields.Add(name, ValueOf(value));
        }

        return JsonFormatter.Default.Format(line);
    }

    /// <summary>Whether text begins as every line does, however its JSON is spaced.</summary>
    /// <param name="text">The first characters of a file.</param>
    public static bool IsBeginning(string text) =>
        string.Concat(text.Where(character => !char.IsWhiteSpace(character))).StartsWith($"{{\"{TimeField}\":", StringComparison.Ordinal);

    // JSON has no infinity: of a lossless conversion, its largest error says that it is.
    private static Value ValueOf(object? value) => value switch
    {
        null or "" => Value.ForNull(),
        string text => Value.ForString(text),
        bool flag => Value.ForBool(flag),
        IEnumerable<string> list => Value.ForList(list.Select(Value.ForString).ToArray()),
        double number when double.IsNaN(number) || double.IsInfinity(number) => Value.ForNull(),
        _ => Value.ForNumber(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
    };
}
