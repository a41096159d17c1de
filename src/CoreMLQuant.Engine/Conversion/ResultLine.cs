using System;
using System.Globalization;
using System.Linq;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace CoreMLQuant.Conversion;

/// <summary>A result or an error as one line of JSON, for logs. docs/BATCHES.md documents the fields.</summary>
public static class ResultLine
{
    // The first field of every line.
    private const string TimeField = "time";

    /// <summary>A result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="time">When it was written, in UTC.</param>
    public static string Of(ConversionResult result, DateTime time) => Line(
        time,
        ("status", Text(result.Status)),
        ("path", Text(result.Path)),
        ("sourcePath", Text(result.SourcePath)),
        ("recipe", Text(result.Recipe)),
        ("reason", Text(result.Reason)),
        ("format", Text(result.Format)),
        ("before", Number(result.Before)),
        ("after", Number(result.After)),
        ("requiredOSBefore", Text(result.RequiredOSBefore)),
        ("requiredOS", Text(result.RequiredOS)),
        ("converted", Number(result.Converted)),
        ("skipped", Number(result.Skipped)),
        ("minSnr", Number(result.MinSnr)),
        ("maxError", Number(result.MaxError)),
        ("isSourceReplaced", Value.ForBool(result.IsSourceReplaced)),
        ("notes", Value.ForList(result.Notes.Select(Value.ForString).ToArray())),
        ("sourceErrors", Value.ForList(result.SourceErrors.Select(Value.ForString).ToArray())),
        ("elapsedSeconds", Number(Math.Round(result.Elapsed.TotalSeconds, 3))));

    /// <summary>A model that caused an error.</summary>
    /// <param name="sourcePath">Full path of the model.</param>
    /// <param name="id">The error's id.</param>
    /// <param name="message">What it says.</param>
    /// <param name="time">When it was written, in UTC.</param>
    public static string OfError(string sourcePath, string id, string message, DateTime time) => Line(
        time,
        ("status", Text("Failed")),
        ("sourcePath", Text(sourcePath)),
        ("errorId", Text(id)),
        ("message", Text(message)));

    /// <summary>Whether text begins as every line does, however its JSON is spaced: a log is told from other files by it.</summary>
    /// <param name="text">The first characters of a file.</param>
    public static bool IsBeginning(string text) =>
        string.Concat(text.Where(character => !char.IsWhiteSpace(character))).StartsWith($"{{\"{TimeField}\":", StringComparison.Ordinal);

    private static string Line(DateTime time, params (string Name, Value Value)[] fields)
    {
        var line = new Struct();
        line.Fields.Add(TimeField, Text(time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)));
        foreach ((string name, Value value) in fields)
        {
            line.Fields.Add(name, value);
        }

        return JsonFormatter.Default.Format(line);
    }

    private static Value Text(string? text) => string.IsNullOrEmpty(text) ? Value.ForNull() : Value.ForString(text);

    // JSON has no infinity: of a lossless conversion, MaxError says that it is.
    private static Value Number(double? number) => number is { } value && !double.IsNaN(value) && !double.IsInfinity(value) ? Value.ForNumber(value) : Value.ForNull();
}
