using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Comparison;
using CoreMLQuant.Formatting;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Reporting.Charts;
using CoreMLQuant.Reporting.Page;
using CoreMLQuant.Reporting.Values;
using OxyPlot.Axes;

namespace CoreMLQuant.Reporting;

/// <summary>The parts that say what was lost, and what became of the weights that lost the most.</summary>
internal static class ErrorSections
{
    /// <summary>Weights that are marked and shown one by one.</summary>
    public const int WorstCount = 6;

    private const int NameLength = 48;

    /// <summary>The error of every weight, and the values of the worst; nothing when all values are the same.</summary>
    public static IEnumerable<Section> Create(WeightErrors errors, ModelFile reference, ModelFile difference, CancellationToken cancellationToken)
    {
        if (errors.Changed.Count == 0)
        {
            yield break;
        }

        WeightErrors.Entry[] worst = errors.Changed.Take(WorstCount).ToArray();
        yield return Line(errors, worst);
        Figure[] figures = Histograms(worst, reference, difference, cancellationToken).ToArray();
        if (figures.Length > 0)
        {
            yield return new Section(
                "histograms",
                "Values of the worst weights",
                "Distribution of the values before and after, as the operations see them. Counts use a logarithmic scale.")
            {
                Figures = figures,
            };
        }
    }

    private static Section Line(WeightErrors errors, IReadOnlyList<WeightErrors.Entry> worst)
    {
        // An infinite error lies below all others.
        double lowest = errors.Changed.Select(entry => entry.Snr).Where(snr => !double.IsInfinity(snr)).DefaultIfEmpty(0).Min();
        double Drawn(WeightErrors.Entry entry) => double.IsInfinity(entry.Snr) ? lowest - 10 : entry.Snr;
        WeightLine.Point[] points = errors.Changed.OrderBy(entry => entry.Place).Select(entry => new WeightLine.Point(entry.Place, Drawn(entry))).ToArray();
        (WeightLine.Point, string)[] marks = worst
            .Select((entry, rank) => (new WeightLine.Point(entry.Place, Drawn(entry)), FormattableString.Invariant($"{rank + 1}"))).ToArray();
        string list = string.Join(", ", worst.Select((entry, rank) => FormattableString.Invariant($"{rank + 1}: {Figures.Short(entry.Weight.Name, NameLength)} ({Figures.Decibels(entry.Snr)})")));
        int same = errors.Count - errors.Changed.Count;
        string caption = $"Lowest: {list}." + (same > 0 ? FormattableString.Invariant($" {same} weights have the same values as before and are not shown.") : string.Empty);
        string Draw(double width, string id) => WeightLine.Draw(
            [new WeightLine.Line(points)], marks, errors.Count, new LinearAxis(), "Signal-to-noise ratio, dB", [], width, id, $"Signal-to-noise ratio of each weight in order of execution. {caption}");
        return new Section(
            "errors",
            "Error of each weight",
            "Each additional 6 dB halves the error. Errors early in a model affect everything that follows.")
        {
            HasWideFigures = true,
            Figures =
            [
                new Figure(
                    "Signal-to-noise ratio in order of execution",
                    caption,
                    [("difference", "weight"), ("worst", "lowest")],
                    Draw(WeightLine.Wide, "errors-line"),
                    Draw(WeightLine.Narrow, "errors-line-narrow")),
            ],
        };
    }

    private static IEnumerable<Figure> Histograms(
        IReadOnlyList<WeightErrors.Entry> worst, ModelFile reference, ModelFile difference, CancellationToken cancellationToken)
    {
        Dictionary<(string, string, string), FoundWeight> before = Find(reference, worst, weight => weight.Name);
        Dictionary<(string, string, string), FoundWeight> after = Find(difference, worst, weight => weight.DifferenceName);
        for (int rank = 0; rank < worst.Count; rank++)
        {
            WeightComparison weight = worst[rank].Weight;
            if (!before.TryGetValue((weight.Stage, weight.Function, weight.Name), out FoundWeight? old)
                || !after.TryGetValue((weight.Stage, weight.Function, weight.DifferenceName), out FoundWeight? made)
                || old.Decode() is not { } oldValues || made.Decode() is not { } newValues)
            {
                continue;
            }

            ChannelOfWeight? channel = weight is { ChannelAxis: { } axis, WorstChannel: { } index } ? new ChannelOfWeight(weight.Shape, axis, index) : null;
            if (DistributionMeter.Measure(oldValues, newValues, channel, cancellationToken) is { } distribution)
            {
                yield return DistributionFigure.Create(
                    FormattableString.Invariant($"histogram-{rank + 1}"),
                    FormattableString.Invariant($"{rank + 1}: {weight.Name}"),
                    $"{weight.ReferenceEncoding} to {weight.DifferenceEncoding}, {Figures.Decibels(worst[rank].Snr)}",
                    $" Largest error {Figures.Value(weight.MaxError)}.",
                    distribution);
            }
        }
    }

    // The first of several with one name: what tells them apart in the model is not in their names.
    private static Dictionary<(string, string, string), FoundWeight> Find(
        ModelFile model, IReadOnlyList<WeightErrors.Entry> worst, Func<WeightComparison, string> nameOf)
    {
        HashSet<(string, string, string)> wanted = [.. worst.Select(entry => (entry.Weight.Stage, entry.Weight.Function, nameOf(entry.Weight)))];
        var found = new Dictionary<(string, string, string), FoundWeight>();
        foreach (FoundWeight weight in WeightSites.Find(model))
        {
            (string, string, string) key = (weight.Site.Stage, weight.Site.Function, weight.Site.Name);
            if (wanted.Contains(key) && !found.ContainsKey(key))
            {
                found.Add(key, weight);
            }
        }

        return found;
    }
}
