using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Comparison;
using CoreMLQuant.Compression;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;
using CoreMLQuant.Reporting.Page;

namespace CoreMLQuant.Reporting;

/// <summary>The report on a comparison: what it saved and what it cost.</summary>
internal static class ComparisonPage
{
    /// <summary>Gathers everything; of the weights only the worst are read.</summary>
    public static ReportPage Create(
        ModelComparison comparison,
        IReadOnlyList<WeightResult> results,
        ModelFile reference,
        ModelFile difference,
        CancellationToken cancellationToken)
    {
        WeightErrors errors = WeightErrors.Of(comparison);
        var sections = new List<Section>();
        ByteSections.Item[] bytes =
        [
            .. comparison.Weights.Select(weight => new ByteSections.Item(weight.Name, weight.OpType, weight.ReferenceBytes, weight.DifferenceBytes)),
            .. comparison.OnlyInReference.Select(weight => new ByteSections.Item(weight.Name, weight.OpType, weight.ByteCount, 0)),
            .. comparison.OnlyInDifference.Select(weight => new ByteSections.Item(weight.Name, weight.OpType, 0, weight.ByteCount)),
        ];
        if (bytes.Length > 0)
        {
            sections.Add(ByteSections.Create(bytes));
            sections.AddRange(ErrorSections.Create(errors, reference, difference, cancellationToken));
            sections.Add(ComparisonTable.Create(comparison, errors, results));
        }

        sections.AddRange(SkipSections.Create(results));
        sections.AddRange(FactSections.Differences(comparison));
        return new ReportPage(
            $"{Path.GetFileName(comparison.ReferencePath)} and {Path.GetFileName(comparison.DifferencePath)}",
            $"The first is the reference (before), the second is measured against it (after). {FormatOf(comparison.ReferenceFormat, comparison.ReferenceOpset)}"
                + $", specification version {Change(comparison.ReferenceSpecificationVersion, comparison.DifferenceSpecificationVersion)}",
            Tiles(comparison, errors),
            sections);
    }

    private static IReadOnlyList<Tile> Tiles(ModelComparison comparison, WeightErrors errors)
    {
        int unpaired = comparison.OnlyInReference.Count + comparison.OnlyInDifference.Count;
        var tiles = new List<Tile>
        {
            new("Size before", Figures.Size(comparison.ReferenceSize)),
            new("Size after", Figures.Size(comparison.DifferenceSize)),
            new("Ratio", Figures.Ratio(comparison.Ratio), "before over after"),
            new("Lowest SNR", Snr(errors.Changed.Select(weight => weight.Weight).FirstOrDefault()?.Snr), errors.Changed.FirstOrDefault()?.Weight.Name ?? string.Empty),
            new("Median SNR", Snr(errors.MedianSnr), errors.Changed.Count > 0 ? FormattableString.Invariant($"of {errors.Changed.Count} weights that changed") : string.Empty),
            new(
                "Required OS",
                comparison.DifferenceRequiredOS,
                comparison.ReferenceSpecificationVersion == comparison.DifferenceSpecificationVersion ? "as before" : $"before: {comparison.ReferenceRequiredOS}"),
            new(
                "Weights",
                Figures.Count(comparison.Weights.Count),
                FormattableString.Invariant($"{errors.Changed.Count} changed, {comparison.Weights.Count - errors.Changed.Count} the same, {unpaired} without counterpart")),
        };
        return tiles;
    }

    private static string Snr(double? value) => value is null ? "exact" : Figures.Decibels(value);

    private static string FormatOf(ModelFormat format, string opset) => opset.Length > 0 ? $"{format}, opset {opset}" : format.ToString();

    private static string Change(int before, int after) => before == after
        ? FormattableString.Invariant($"{before}")
        : FormattableString.Invariant($"{before} before, {after} after");
}
