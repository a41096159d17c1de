using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Validation;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Formatting;

/// <summary>The report of a check as text: the verdict, and a table of the findings. It reads properties by name, because a report may have come from a file or another computer.</summary>
internal static class FindingsReport
{
    // On a narrower screen, the location is a part of the message.
    private const int NarrowScreen = 100;

    /// <summary>The report's text.</summary>
    /// <param name="report">A <see cref="ValidationReport"/>, deserialized or not.</param>
    /// <param name="width">Columns of the screen; 0 or less when unknown.</param>
    public static string Of(PSObject report, int width)
    {
        bool isNarrow = width is > 0 and < NarrowScreen;
        var lines = new List<string> { $"{Text(report, nameof(ValidationReport.Path))}: {Verdict(report)}" };
        var table = new TextTable(
            (nameof(Finding.Severity), false), (nameof(Finding.Rule), false), (nameof(Finding.Location), false), (nameof(Finding.Message), false))
        {
            Width = width,
        };
        PSObject[] findings = Findings(report).ToArray();
        foreach (PSObject finding in findings)
        {
            string location = Text(finding, nameof(Finding.Location));
            string message = $"{Text(finding, nameof(Finding.Message))} {Text(finding, nameof(Finding.Remedy))}".TrimEnd();
            table.Add(
                Text(finding, nameof(Finding.Severity)),
                Text(finding, nameof(Finding.Rule)),
                isNarrow ? string.Empty : location,
                isNarrow && location.Length > 0 ? $"{location}: {message}" : message);
        }

        if (findings.Length > 0)
        {
            lines.Add(string.Empty);
            lines.AddRange(table.Lines());
        }

        lines.Add(string.Empty);
        return string.Join(Environment.NewLine, lines);
    }

    private static string Verdict(PSObject report)
    {
        string errors = Counted(report, nameof(ValidationReport.Errors), "error"), warnings = Counted(report, nameof(ValidationReport.Warnings), "warning");
        return LanguagePrimitives.IsTrue(report.Properties[nameof(ValidationReport.IsValid)]?.Value) ? $"valid, {errors}, {warnings}" : $"not valid, {errors}, {warnings}";
    }

    private static string Counted(PSObject report, string property, string noun)
    {
        int count = LanguagePrimitives.ConvertTo<int>(report.Properties[property]?.Value);
        return count switch
        {
            0 => $"no {noun}s",
            1 => $"1 {noun}",
            _ => string.Format(CultureInfo.InvariantCulture, "{0} {1}s", count, noun),
        };
    }

    private static IEnumerable<PSObject> Findings(PSObject report)
    {
        object? value = report.Properties[nameof(ValidationReport.Findings)]?.Value;
        return (value is PSObject wrapped ? wrapped.BaseObject : value) is IEnumerable list ? list.Cast<object>().Select(PSObject.AsPSObject) : [];
    }

    private static string Text(PSObject item, string property) => PrintableText.Of(Convert.ToString(item.Properties[property]?.Value, CultureInfo.InvariantCulture));
}
