using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Planning;
using CoreMLQuant.Reporting.Page;

namespace CoreMLQuant.Reporting;

/// <summary>The part that says which weights a conversion left as they were, and why.</summary>
internal static class SkipSections
{
    // In full they are in the table of all weights, each with its reason.
    private const int MaxReasons = 100;
    private const int MaxNames = 8;

    /// <summary>Skipped weights by reason, the most bytes first; nothing when none was skipped.</summary>
    public static IEnumerable<Section> Create(IReadOnlyList<WeightResult> results)
    {
        WeightResult[] skipped = results.Where(result => result.Action == nameof(WeightAction.Skip)).ToArray();
        if (skipped.Length == 0)
        {
            yield break;
        }

        IGrouping<string, WeightResult>[] reasons = skipped
            .GroupBy(result => result.Reason)
            .OrderByDescending(group => group.Sum(result => result.Before))
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .ToArray();
        string more = reasons.Length > MaxReasons
            ? FormattableString.Invariant($" The list shows {MaxReasons} of {reasons.Length} reasons, by bytes.")
            : string.Empty;
        yield return new Section("skipped", "Skipped weights", FormattableString.Invariant($"{skipped.Length} of {results.Count} weights were not changed.{more}"))
        {
            Table = new DataTable(
                "Unchanged weights by reason",
                [new Column("Reason") { IsName = true, IsProse = true }, new Column("Weights") { IsNumeric = true }, new Column("Bytes") { IsNumeric = true }, new Column("Names")],
                [.. reasons.Take(MaxReasons).Select(group => new Row([group.Key, Cells.Integer(group.Count()), Cells.Size(group.Sum(result => result.Before)), Names(group)]))]),
        };
    }

    private static string Names(IEnumerable<WeightResult> group)
    {
        string[] names = group.Select(result => result.Name).ToArray();
        return string.Join(", ", names.Take(MaxNames))
            + (names.Length > MaxNames ? FormattableString.Invariant($" and {names.Length - MaxNames} more") : string.Empty);
    }
}
