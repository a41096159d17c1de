using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Comparison;
using CoreMLQuant.Conversion;
using CoreMLQuant.Formatting;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Reporting.Page;
using CoreMLQuant.Sensitivity;

namespace CoreMLQuant.Reporting;

/// <summary>The report on a comparison: what it saved and what it cost.</summary>
internal static class ComparisonPage
{
    private const int NameLength = 40;

    /// <summary>Gathers everything; of the weights only the worst are read.</summary>
    /// <param name="comparison">What was compared.</param>
    /// <param name="conversion">The conversion that made the second model of the first; <see langword="null"/> when it is not known.</param>
    /// <param name="sensitivity">What compressing the weights of the first model costs, if that was measured.</param>
    /// <param name="referenceFile">The first model.</param>
    /// <param name="differenceFile">The second.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static ReportPage Create(
        ModelComparison comparison,
        ConversionResult? conversion,
        IReadOnlyCollection<WeightSensitivity> sensitivity,
        ModelFile referenceFile,
        ModelFile differenceFile,
        CancellationToken cancellationToken)
    {
        WeightErrors errors = WeightErrors.Of(comparison);
        IReadOnlyList<WeightResult> results = conversion?.Weights ?? [];
        var sections = new List<Section>();
        ByteSections.Item[] bytes =
        [
            .. comparison.Weights.Select(weight => new ByteSections.Item(weight.Name, weight.OpType, weight.ReferenceSize, weight.DifferenceSize)),
            .. comparison.OnlyInReference.Select(weight => new ByteSections.Item(weight.Name, weight.OpType, weight.Size, 0)),
            .. comparison.OnlyInDifference.Select(weight => new ByteSections.Item(weight.Name, weight.OpType, 0, weight.Size)),
        ];
        if (bytes.Length > 0)
        {
            sections.Add(ByteSections.Create(bytes));
            sections.AddRange(ErrorSections.Create(errors, referenceFile, differenceFile, cancellationToken));
            sections.Add(ComparisonTable.Create(comparison, errors, results));
        }

        sections.InsertRange(0, SensitivitySections.Create(sensitivity, WeightSites.Find(referenceFile).Count()));
        sections.InsertRange(0, OutputSections.Create(comparison.ComparedOutputs));
        sections.AddRange(SkipSections.Create(results));
        sections.AddRange(FactSections.Differences(comparison));
        string reference = Path.GetFileName(comparison.ReferencePath), difference = Path.GetFileName(comparison.DifferencePath);
        return new ReportPage(
            $"{difference} compared with {reference}",
            $"Before: {reference}. After: {difference}. {FormatOf(comparison.ReferenceFormat, comparison.ReferenceOpset)}, specification version "
                + Change(comparison.ReferenceSpecificationVersion, comparison.DifferenceSpecificationVersion) + ".",
            [.. Tiles(comparison, errors), .. OutputTiles.Of(conversion)],
            sections);
    }

    private static IReadOnlyList<Tile> Tiles(ModelComparison comparison, WeightErrors errors) =>
        [
            new("Size before", Figures.Size(comparison.ReferenceSize)),
            new("Size after", Figures.Size(comparison.DifferenceSize)),
            new("Ratio", Figures.Ratio(comparison.Ratio), "before / after"),
            new("Lowest SNR", Snr(errors, errors.Changed.FirstOrDefault()?.Snr), Figures.Short(errors.Changed.FirstOrDefault()?.Weight.Name, NameLength)),
            new("Median SNR", Snr(errors, errors.MedianSnr), errors.Changed.Count > 0 ? FormattableString.Invariant($"of {errors.Changed.Count} changed weights") : string.Empty),
            new(
                "Required OS",
                comparison.DifferenceRequiredOS,
                comparison.ReferenceRequiredVersion == comparison.DifferenceRequiredVersion ? "as before" : $"before: {comparison.ReferenceRequiredOS}"),
        ];

    private static string Snr(WeightErrors errors, double? value) => errors.Count == 0 ? "none" : value is null ? "exact" : Figures.Decibels(value);

    private static string FormatOf(string format, string opset) => opset.Length > 0 ? $"{format}, opset {opset}" : format;

    private static string Change(int before, int after) => before == after
        ? FormattableString.Invariant($"{before}")
        : FormattableString.Invariant($"{before} before, {after} after");
}
