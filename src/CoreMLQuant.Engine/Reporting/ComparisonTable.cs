using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Comparison;
using CoreMLQuant.Conversion;
using CoreMLQuant.Formatting;
using CoreMLQuant.Reporting.Page;

namespace CoreMLQuant.Reporting;

/// <summary>The table of all weights of a comparison, those without a counterpart at its end.</summary>
internal static class ComparisonTable
{
    private const string Changed = "changed", Same = "same values", OnlyBefore = "only before", OnlyAfter = "only after";

    /// <summary>Lists the weights.</summary>
    public static Section Create(ModelComparison comparison, WeightErrors errors, IReadOnlyList<WeightResult> results)
    {
        var reasons = new Dictionary<(string, string, string), string>();
        foreach (WeightResult result in results.Where(result => result.Reason.Length > 0))
        {
            reasons[(result.Stage, result.Function, result.Name)] = result.Reason;
        }

        HashSet<WeightComparison> worst = [.. errors.Changed.Take(ErrorSections.WorstCount).Select(entry => entry.Weight)];
        bool hasPlaces = comparison.Weights.Any(weight => Cells.Place(weight.Stage, weight.Function).Length > 0);
        Column[] columns =
        [
            new Column("No.") { IsNumeric = true },
            new Column("Weight") { IsName = true },
            .. hasPlaces ? [new Column("In") { IsChoice = true }] : Array.Empty<Column>(),
            new Column("Operation") { IsChoice = true },
            new Column("SNR") { IsNumeric = true },
            new Column("Before"),
            new Column("After") { IsChoice = true },
            new Column("Size before") { IsNumeric = true },
            new Column("Size after") { IsNumeric = true },
            new Column("Largest error") { IsNumeric = true },
            new Column("Relative error") { IsNumeric = true },
            new Column("Cosine") { IsNumeric = true },
            new Column("State") { IsChoice = true },
            new Column("Shape"),
            new Column("Remarks") { IsProse = true },
        ];
        Row[] rows =
        [
            .. comparison.Weights.Select((weight, index) => new Row(
                [
                    Cells.Integer(index + 1),
                    weight.Name,
                    .. PlaceOf(hasPlaces, weight.Stage, weight.Function),
                    weight.OpType,
                    Cells.Decibels(weight.Snr),
                    weight.ReferenceEncoding,
                    weight.DifferenceEncoding,
                    Cells.Size(weight.ReferenceSize),
                    Cells.Size(weight.DifferenceSize),
                    Cells.Error(weight.MaxError),
                    Cells.Error(weight.RelativeL2),
                    weight.Cosine is { } cosine ? new Cell(FormattableString.Invariant($"{cosine:0.000000}"), cosine) : string.Empty,
                    double.IsPositiveInfinity(weight.Snr) ? Same : Changed,
                    Figures.Shape(weight.Shape),
                    Remarks(weight, reasons.TryGetValue((weight.Stage, weight.Function, weight.Name), out string? reason) ? reason : string.Empty),
                ],
                worst.Contains(weight))),
            .. comparison.OnlyInReference.Select(weight => Unpaired(weight, hasPlaces, isReference: true)),
            .. comparison.OnlyInDifference.Select(weight => Unpaired(weight, hasPlaces, isReference: false)),
        ];
        return new Section("weights", "All weights", Lead(comparison, errors))
        {
            Table = new DataTable("Weights in order of execution; weights without a counterpart are last", columns, rows) { IsInteractive = true },
        };
    }

    private static string Lead(ModelComparison comparison, WeightErrors errors) => FormattableString.Invariant(
        $"{errors.Changed.Count} changed, {errors.Count - errors.Changed.Count} have the same values as before, {comparison.OnlyInReference.Count + comparison.OnlyInDifference.Count} have no counterpart.");

    private static Row Unpaired(UnpairedWeight weight, bool hasPlaces, bool isReference)
    {
        Cell none = string.Empty;
        return new Row(
        [
            none,
            weight.Name,
            .. PlaceOf(hasPlaces, weight.Stage, weight.Function),
            weight.OpType,
            none,
            isReference ? weight.Encoding : none,
            isReference ? none : weight.Encoding,
            isReference ? Cells.Size(weight.Size) : none,
            isReference ? none : Cells.Size(weight.Size),
            none,
            none,
            none,
            isReference ? OnlyBefore : OnlyAfter,
            Figures.Shape(weight.Shape),
            weight.Reason,
        ]);
    }

    private static Cell[] PlaceOf(bool hasPlaces, string stage, string function) => hasPlaces ? [Cells.Place(stage, function)] : [];

    private static string Remarks(WeightComparison weight, string reason)
    {
        var remarks = new List<string>();
        if (reason.Length > 0)
        {
            remarks.Add(reason);
        }

        if (weight.DifferenceName != weight.Name)
        {
            remarks.Add($"now {weight.DifferenceName}");
        }

        if (weight.WorstChannel is { } channel)
        {
            remarks.Add(FormattableString.Invariant($"worst channel {channel} ({Figures.Decibels(weight.WorstChannelSnr)})"));
        }

        if (weight.Float16Overflow)
        {
            remarks.Add(FormattableString.Invariant($"{weight.Float16OverflowCount} values beyond FP16"));
        }

        if (weight.Float16Underflow)
        {
            remarks.Add(FormattableString.Invariant($"{weight.Float16UnderflowCount} values lost in FP16"));
        }

        return string.Join("; ", remarks);
    }
}
