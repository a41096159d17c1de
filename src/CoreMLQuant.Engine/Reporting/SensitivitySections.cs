using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Formatting;
using CoreMLQuant.Reporting.Charts;
using CoreMLQuant.Reporting.Page;
using CoreMLQuant.Sensitivity;
using OxyPlot;
using OxyPlot.Axes;

namespace CoreMLQuant.Reporting;

/// <summary>The part that says what compressing each weight costs at the outputs of the model.</summary>
internal static class SensitivitySections
{
    private const int MarkCount = 3;
    private const int NameLength = 48;

    // Shapes help where colors cannot be told apart.
    private static readonly MarkerType[] Markers = [MarkerType.Circle, MarkerType.Square, MarkerType.Triangle, MarkerType.Diamond];

    /// <summary>The section; none without rows.</summary>
    /// <param name="rows">What was measured.</param>
    /// <param name="weightCount">Number of all weights of the model.</param>
    public static IEnumerable<Section> Create(IReadOnlyCollection<WeightSensitivity> rows, int weightCount)
    {
        if (rows.Count == 0)
        {
            yield break;
        }

        WeightSensitivity[] ordered = [.. rows.OrderBy(row => row.Order)];
        IGrouping<string, WeightSensitivity>[] recipes = ordered.GroupBy(row => row.Recipe, StringComparer.Ordinal).ToArray();
        WeightSensitivity[] lowest = ordered.Where(IsDrawn).OrderBy(row => row.Snr).ThenBy(row => row.Order).Take(MarkCount).ToArray();
        yield return new Section("sensitivity", "What compressing each weight costs", Lead(ordered))
        {
            HasWideFigures = true,
            Figures = lowest.Length == 0 ? [] : [.. ChartsOf(recipes, lowest, weightCount)],
            Table = TableOf(ordered, lowest),
        };
    }

    private static bool IsDrawn(WeightSensitivity row) => row.Snr is { } snr && !double.IsNaN(snr) && !double.IsInfinity(snr);

    private static string Lead(WeightSensitivity[] rows)
    {
        int least = rows.Min(row => row.SampleCount), most = rows.Max(row => row.SampleCount);
        string samples = least == most ? FormattableString.Invariant($"{most}") : FormattableString.Invariant($"{least} to {most}");
        return $"Signal-to-noise ratio of the outputs of the model with one weight compressed and all others as they were. The lower it is, the more the outputs suffer. {(Array.TrueForAll(rows, row => row.IsExact) ? "Measured on" : "Estimated from")} {samples} samples.";
    }

    // One chart for as many recipes as colors tell apart.
    private static IEnumerable<Figure> ChartsOf(IGrouping<string, WeightSensitivity>[] recipes, WeightSensitivity[] lowest, int weightCount)
    {
        for (int first = 0; first < recipes.Length; first += ChartInk.SeriesCount)
        {
            IGrouping<string, WeightSensitivity>[] drawn = recipes.Skip(first).Take(ChartInk.SeriesCount).ToArray();
            yield return ChartOf(drawn, [.. lowest.Where(row => drawn.Any(recipe => recipe.Key == row.Recipe))], weightCount, first == 0 ? "sensitivity-line" : FormattableString.Invariant($"sensitivity-line-{first + 1}"));
        }
    }

    private static Figure ChartOf(IGrouping<string, WeightSensitivity>[] recipes, WeightSensitivity[] lowest, int weightCount, string id)
    {
        WeightLine.Line[] lines = recipes.Select((recipe, index) => new WeightLine.Line([.. recipe.Where(IsDrawn).Select(PointOf)])
        {
            Ink = ChartInk.Series(index),
            Marker = Markers[index % Markers.Length],
        }).ToArray();
        (WeightLine.Point, string)[] marks = lowest.Select((row, rank) => (PointOf(row), FormattableString.Invariant($"{rank + 1}"))).ToArray();
        string caption = Caption(recipes, lowest);
        string Draw(double width, string name) => WeightLine.Draw(
            lines, marks, weightCount, new LinearAxis(), "Signal-to-noise ratio of the outputs, dB", [], width, name, $"Signal-to-noise ratio of the outputs for each weight in order of execution. {caption}");
        (string, string)[] legend = [.. recipes.Select((recipe, index) => (ChartInk.SeriesName(index), recipe.Key)), .. lowest.Length > 0 ? [("worst", "lowest")] : Array.Empty<(string, string)>()];
        return new Figure("Signal-to-noise ratio of the outputs in order of execution", caption, legend, Draw(WeightLine.Wide, id), Draw(WeightLine.Narrow, id + "-narrow"));
    }

    private static WeightLine.Point PointOf(WeightSensitivity row) => new(row.Order + 1, row.Snr!.Value);

    private static string Caption(IGrouping<string, WeightSensitivity>[] recipes, WeightSensitivity[] lowest)
    {
        string list = string.Join(", ", lowest.Select((row, rank) => FormattableString.Invariant(
            $"{rank + 1}: {Figures.Short(row.Name, NameLength)} ({Figures.Decibels(row.Snr)}{(recipes.Length > 1 ? ", " + row.Recipe : string.Empty)})")));
        int same = recipes.Sum(recipe => recipe.Count(row => row.Snr is { } snr && double.IsPositiveInfinity(snr)));
        int unknown = recipes.Sum(recipe => recipe.Count(row => !IsDrawn(row))) - same;
        return (list.Length > 0 ? $"Lowest: {list}." : "No value changes the outputs.")
            + (same > 0 ? FormattableString.Invariant($" {Count(same, "measurement")} without any change of the outputs {(same == 1 ? "is" : "are")} not shown.") : string.Empty)
            + (unknown > 0 ? FormattableString.Invariant($" {Count(unknown, "measurement")} without a ratio {(unknown == 1 ? "is" : "are")} not shown.") : string.Empty);
    }

    private static string Count(int count, string noun) => FormattableString.Invariant($"{count} {noun}{(count == 1 ? string.Empty : "s")}");

    private static DataTable TableOf(WeightSensitivity[] rows, WeightSensitivity[] lowest)
    {
        bool hasPlaces = Array.Exists(rows, row => PlaceOf(row).Length > 0);
        bool hasClasses = Array.Exists(rows, row => row.Top1Agreement is not null);
        Column[] columns =
        [
            new Column("No.") { IsNumeric = true },
            new Column("Weight") { IsName = true },
            .. hasPlaces ? [new Column("In") { IsChoice = true }] : Array.Empty<Column>(),
            new Column("Operation") { IsChoice = true },
            new Column("Compression") { IsChoice = true },
            new Column("SNR of outputs") { IsNumeric = true },
            new Column("SNR of layer") { IsNumeric = true },
            new Column("SNR of weight") { IsNumeric = true },
            new Column("Cosine") { IsNumeric = true },
            .. hasClasses ? [new Column("Same class") { IsNumeric = true }] : Array.Empty<Column>(),
            new Column("Size before") { IsNumeric = true },
            new Column("Size after") { IsNumeric = true },
        ];
        return new DataTable("Weights in order of execution", columns, [.. rows.Select(row => new Row(
            [
                Cells.Integer(row.Order + 1),
                row.WeightCount == 1 ? row.Name : $"{row.Name} ({Count(row.WeightCount, "weight")})",
                .. hasPlaces ? [PlaceOf(row)] : Array.Empty<Cell>(),
                row.OpType,
                row.Recipe,
                Cells.Decibels(row.Snr),
                Cells.Decibels(row.LayerSnr),
                Cells.Decibels(row.WeightSnr),
                Cells.Value(row.Cosine),
                .. hasClasses ? [new Cell(Figures.Percent(row.Top1Agreement), row.Top1Agreement)] : Array.Empty<Cell>(),
                Cells.Size(row.Before),
                Cells.Size(row.After),
            ],
            Array.IndexOf(lowest, row) >= 0))])
        {
            IsInteractive = true,
        };
    }

    private static string PlaceOf(WeightSensitivity row) => Cells.Place(row.Stage, row.Function);
}
