using System;
using System.Linq;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Editing;

/// <summary>A result as one line of JSON, for logs. docs/BATCHES.md documents the fields.</summary>
public static class EditLine
{
    /// <summary>A result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="time">When it was written, in UTC.</param>
    public static string Of(EditResult result, DateTime time) => JsonLine.Of(
        time,
        ("status", result.Status),
        ("path", result.Path),
        ("sourcePath", result.SourcePath),
        ("reason", result.Reason),
        ("format", result.Format),
        ("before", result.Before),
        ("after", result.After),
        ("requiredOSBefore", result.RequiredOSBefore),
        ("requiredOS", result.RequiredOS),
        ("changes", result.Changes.Select(change => change.ToString())),
        ("isSourceReplaced", result.IsSourceReplaced),
        ("notes", result.Notes),
        ("elapsedSeconds", Math.Round(result.Elapsed.TotalSeconds, 3)));
}
