using System;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Conversion;

/// <summary>A result or an error as one line of JSON, for logs. docs/BATCHES.md documents the fields.</summary>
public static class ResultLine
{
    /// <summary>A result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="time">When it was written, in UTC.</param>
    public static string Of(ConversionResult result, DateTime time) => JsonLine.Of(
        time,
        ("status", result.Status),
        ("path", result.Path),
        ("sourcePath", result.SourcePath),
        ("recipe", result.Recipe),
        ("reason", result.Reason),
        ("format", result.Format),
        ("before", result.Before),
        ("after", result.After),
        ("requiredOSBefore", result.RequiredOSBefore),
        ("requiredOS", result.RequiredOS),
        ("converted", result.Converted),
        ("skipped", result.Skipped),
        ("minSnr", result.MinSnr),
        ("maxError", result.MaxError),
        ("outputSnr", result.OutputSnr),
        ("outputSnrLowerLimit", result.OutputSnrLowerLimit),
        ("outputAgreement", result.OutputAgreement),
        ("outputAgreementLowerLimit", result.OutputAgreementLowerLimit),
        ("outputSamples", result.OutputSamples),
        ("heldOutSamples", result.HeldOutSamples),
        ("isSourceReplaced", result.IsSourceReplaced),
        ("notes", result.Notes),
        ("sourceErrors", result.SourceErrors),
        ("elapsedSeconds", Math.Round(result.Elapsed.TotalSeconds, 3)));

    /// <summary>A model that caused an error.</summary>
    /// <param name="sourcePath">Full path of the model.</param>
    /// <param name="id">The error's id.</param>
    /// <param name="message">What it says.</param>
    /// <param name="time">When it was written, in UTC.</param>
    public static string OfError(string sourcePath, string id, string message, DateTime time) => JsonLine.Of(
        time,
        ("status", "Failed"),
        ("sourcePath", sourcePath),
        ("errorId", id),
        ("message", message));

    /// <summary>Whether the first characters of a file are those of a line: a log is told from other files by them.</summary>
    /// <param name="text">The first characters of the file.</param>
    public static bool IsBeginning(string text) => JsonLine.IsBeginning(text);
}
