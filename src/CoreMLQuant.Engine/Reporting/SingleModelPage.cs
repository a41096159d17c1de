using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Formatting;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Reporting.Charts;
using CoreMLQuant.Reporting.Page;
using CoreMLQuant.Reporting.Values;
using CoreMLQuant.Sensitivity;
using OxyPlot.Axes;

namespace CoreMLQuant.Reporting;

/// <summary>The report on one model: what it is, where its bytes are, what its weights are like.</summary>
internal static class SingleModelPage
{
    private const int HistogramCount = 6;
    private const int NameLength = 48;
    private const double LargestHalf = 65504;

    /// <summary>Gathers everything; reads all weights, and the largest once more.</summary>
    /// <param name="file">The model.</param>
    /// <param name="sensitivity">What compressing its weights costs, if that was measured.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static ReportPage Create(ModelFile file, IReadOnlyCollection<WeightSensitivity> sensitivity, CancellationToken cancellationToken)
    {
        FoundWeight[] found = WeightSites.Find(file).ToArray();
        CoreMLModel model = file.Describe([.. found.Select(weight => weight.Site)], cancellationToken);
        IReadOnlyList<WeightSite> weights = WeightMeasurement.Run(found, countsDistinct: false, cancellationToken);
        var sections = new List<Section> { FactSections.Interface(model) };
        sections.AddRange(SensitivitySections.Create(sensitivity, found.Length));
        if (weights.Count > 0)
        {
            sections.Add(ByteSections.Create([.. weights.Select(weight => new ByteSections.Item(weight.Name, weight.OpType, weight.ByteCount, null))]));
            sections.AddRange(Magnitudes(weights));
            sections.AddRange(Histograms(found, cancellationToken));
            sections.Add(Table(weights));
        }

        string kind = model.Opset.Length > 0 ? $"{model.Format}, opset {model.Opset}" : $"{model.Format}, {model.ModelType}";
        return new ReportPage(
            Path.GetFileName(file.Path),
            $"{kind}, specification version {model.SpecificationVersion}",
            [
                new Tile("Size", Figures.Size(model.Size), $"{Figures.Size(model.WeightSize)} of weights"),
                new Tile("Parameters", Figures.Count(model.ParameterCount), $"in {Count(model.Weights, "weight")}"),
                new Tile("Precision", model.Precision),
                new Tile("Compression", model.Compression),
                new Tile("Required OS", model.RequiredOS),
                new Tile("Beyond FP16", Count(weights.Count(weight => weight.Statistics is { Float16OverflowCount: > 0 }), "weight"), "with values that become infinite in FP16"),
            ],
            sections);
    }

    private static IEnumerable<Section> Magnitudes(IReadOnlyList<WeightSite> weights)
    {
        WeightLine.Point[] points = weights
            .Select((weight, index) => new WeightLine.Point(index + 1, Magnitude(weight)))
            .Where(point => point.Value > 0)
            .ToArray();
        if (points.Length == 0)
        {
            yield break;
        }

        (WeightLine.Point, string)[] worst = points
            .OrderByDescending(point => point.Value).ThenBy(point => point.Place).Take(3)
            .Select((point, rank) => (point, FormattableString.Invariant($"{rank + 1}"))).ToArray();
        string largest = string.Join(", ", worst.Select(item => $"{item.Item2}: {Figures.Short(weights[item.Item1.Place - 1].Name, NameLength)} ({Figures.Value(item.Item1.Value)})"));
        bool isBeyond = worst[0].Item1.Value > LargestHalf;
        string Draw(double width, string id) => WeightLine.Draw(
            [new WeightLine.Line(points)],
            worst,
            weights.Count,
            new LogarithmicAxis(),
            "Largest magnitude",
            isBeyond ? [(LargestHalf, "Largest FP16 value, 65504")] : [],
            width,
            id,
            $"Largest magnitude of each weight in order of execution. Largest: {largest}.");
        yield return new Section("magnitudes", "Magnitudes in order of execution", "When a weight is quantized with one scale, large values leave less precision for small ones. The largest FP16 value is 65504.")
        {
            HasWideFigures = true,
            Figures =
            [
                new Figure(
                    "Largest magnitude of each weight",
                    $"Largest: {largest}." + (isBeyond ? string.Empty : " All fit in FP16."),
                    [("difference", "weight"), ("worst", "largest")],
                    Draw(WeightLine.Wide, "magnitudes"),
                    Draw(WeightLine.Narrow, "magnitudes-narrow")),
            ],
        };
    }

    private static double Magnitude(WeightSite weight) =>
        Math.Max(Math.Abs(weight.Statistics?.Minimum ?? 0), Math.Abs(weight.Statistics?.Maximum ?? 0));

    private static IEnumerable<Section> Histograms(IReadOnlyList<FoundWeight> weights, CancellationToken cancellationToken)
    {
        var figures = new List<Figure>();
        foreach ((FoundWeight weight, int index) in weights.Select((weight, index) => (weight, index))
            .OrderByDescending(item => item.weight.Site.ByteCount).ThenBy(item => item.index).Take(HistogramCount).OrderBy(item => item.index))
        {
            if (weight.Decode() is { } values && DistributionMeter.Measure(values, null, null, cancellationToken) is { } distribution)
            {
                figures.Add(DistributionFigure.Create(
                    FormattableString.Invariant($"histogram-{index + 1}"), weight.Site.Name, weight.Site.EncodingName, string.Empty, distribution));
            }
        }

        if (figures.Count > 0)
        {
            yield return new Section("histograms", "Values of the largest weights", "Distribution of the values, as the operations see them. Counts use a logarithmic scale.")
            {
                Figures = figures,
            };
        }
    }

    private static Section Table(IReadOnlyList<WeightSite> weights)
    {
        bool hasPlaces = weights.Any(weight => PlaceOf(weight).Length > 0);
        Column[] columns =
        [
            new Column("No.") { IsNumeric = true },
            new Column("Weight") { IsName = true },
            .. hasPlaces ? [new Column("In") { IsChoice = true }] : Array.Empty<Column>(),
            new Column("Operation") { IsChoice = true },
            new Column("Shape"),
            new Column("Encoding") { IsChoice = true },
            new Column("Size") { IsNumeric = true },
            new Column("Bits per value") { IsNumeric = true },
            new Column("Minimum") { IsNumeric = true },
            new Column("Maximum") { IsNumeric = true },
            new Column("Std. deviation") { IsNumeric = true },
            new Column("Zeros") { IsNumeric = true },
            new Column("Beyond FP16") { IsNumeric = true },
            new Column("Lost in FP16") { IsNumeric = true },
        ];
        return new Section("weights", "All weights", "Beyond FP16: values that become infinite in FP16. Lost in FP16: values that become zero.")
        {
            Table = new DataTable("Weights in order of execution", columns, [.. weights.Select((weight, index) => RowOf(weight, index, hasPlaces))]) { IsInteractive = true },
        };
    }

    private static Row RowOf(WeightSite weight, int index, bool hasPlaces)
    {
        WeightStatistics? statistics = weight.Statistics;
        Cell[] cells =
        [
            Cells.Integer(index + 1),
            weight.Name,
            .. hasPlaces ? [PlaceOf(weight)] : Array.Empty<Cell>(),
            weight.OpType,
            Figures.Shape(weight.Shape),
            weight.EncodingName,
            Cells.Size(weight.ByteCount),
            new Cell(FormattableString.Invariant($"{weight.BitsPerWeight:0.##}"), weight.BitsPerWeight),
            Cells.Value(statistics?.Minimum),
            Cells.Value(statistics?.Maximum),
            Cells.Value(statistics?.StandardDeviation),
            new Cell(Figures.Share(statistics?.ZeroCount, weight.ElementCount), statistics is null ? null : Cells.Share(statistics.ZeroCount, weight.ElementCount)),
            Cells.Integer(statistics?.Float16OverflowCount),
            Cells.Integer(statistics?.Float16UnderflowCount),
        ];
        return new Row(cells, statistics is { Float16OverflowCount: > 0 });
    }

    private static string PlaceOf(WeightSite weight) => Cells.Place(weight.Stage, weight.Function);

    private static string Count(int count, string noun) => FormattableString.Invariant($"{count} {noun}{(count == 1 ? string.Empty : "s")}");
}
