using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Planning;
using CoreMLQuant.Results;

namespace CoreMLQuant.Formatting;

/// <summary>What -WhatIf tells of a model: shown as tables, and the plan itself for scripts that catch the information stream.</summary>
public sealed class PlanPreview
{
    // On a narrower screen, columns that say the least are left out.
    private const int NarrowScreen = 100;
    private const int NameWidth = 38;
    private const int NarrowNameWidth = 22;
    private const int TypeWidth = 14;

    private readonly int _width;
    private readonly bool _isComplete;

    /// <param name="plan">The plan.</param>
    /// <param name="width">Columns of the screen; 0 or less when unknown.</param>
    /// <param name="isComplete">Whether all weights are listed, however many there are.</param>
    internal PlanPreview(ConversionPlan plan, int width, bool isComplete)
    {
        Plan = plan;
        _width = width;
        _isComplete = isComplete;
    }

    /// <summary>Weights that are listed without -Verbose: of more, the largest.</summary>
    internal const int ListedWeights = 20;

    /// <summary>What would be done: weights, sizes, versions, notes.</summary>
    public ConversionPlan Plan { get; }

    /// <summary>The weights as a table, the largest and a summary where there are many, with the total below.</summary>
    public override string ToString()
    {
        bool isShort = !_isComplete && Plan.Weights.Count > ListedWeights;
        IEnumerable<string> tables = isShort
            ?
            [
                .. Summary(), string.Empty,
                $"The {ListedWeights} largest weights (-Verbose lists all):",
                .. Table(Plan.Weights.OrderByDescending(weight => weight.Before).Take(ListedWeights)), string.Empty,
            ]
            : Plan.Weights.Count > 0 ? Table(Plan.Weights) : [];
        return string.Join(Environment.NewLine, tables.Concat(Plan.Notes.Select(note => $"Note: {note}")).Concat(Outputs()).Append(Total()));
    }

    private IEnumerable<string> Outputs()
    {
        if (Plan.HeldOutSamples is not { } count)
        {
            yield break;
        }

        string samples = count == 1 ? "1 held-out sample" : FormattableString.Invariant($"{count} held-out samples");
        foreach ((string figure, string measured, string limit) in new[]
        {
            ("signal-to-noise ratio", DisplayText.Decibels(Plan.OutputSnr), DisplayText.Decibels(Plan.OutputSnrLowerLimit)),
            ("agreement", DisplayText.Percent(Plan.OutputAgreement), DisplayText.Percent(Plan.OutputAgreementLowerLimit)),
        })
        {
            if (measured.Length > 0)
            {
                yield return $"Outputs: {figure} {measured} on {samples}" + (limit.Length > 0 ? $" (other samples: at least {limit}, with 95 % confidence)" : string.Empty);
            }
        }
    }

    private IEnumerable<string> Table(IEnumerable<PlannedWeight> rows)
    {
        PlannedWeight[] weights = [.. rows];
        var reasons = new ReasonNotes(weights.Select(weight => weight.Reason));
        bool isNarrow = _width is > 0 and < NarrowScreen;
        TextTable table = new(
            (nameof(PlannedWeight.Name), false),
            (nameof(PlannedWeight.OpType), false),
            (nameof(PlannedWeight.EncodingBefore), false),
            (nameof(PlannedWeight.EncodingAfter), false),
            (nameof(PlannedWeight.Before), true),
            (nameof(PlannedWeight.After), true),
            (nameof(PlannedWeight.ExpectedSnr), true),
            (nameof(PlannedWeight.Reason), false))
        {
            Width = _width,
            NameWidth = isNarrow ? NarrowNameWidth : NameWidth,
        };
        foreach (PlannedWeight weight in weights)
        {
            table.Add(
                weight.Stage.Length > 0 ? $"{weight.Stage}/{weight.Name}" : weight.Name,
                isNarrow ? string.Empty : DisplayText.Short(weight.OpType, TypeWidth),
                isNarrow ? string.Empty : weight.EncodingBefore,
                After(weight),
                DisplayText.Size(weight.Before),
                DisplayText.Size(weight.After),
                DisplayText.Decibels(weight.ExpectedSnr),
                reasons.CellOf(weight.Reason));
        }

        return table.Lines().Concat(reasons.Lines(_width));
    }

    private IEnumerable<string> Summary()
    {
        TextTable table = new(
            (nameof(ConversionPlan.Weights), true),
            (nameof(PlannedWeight.EncodingAfter), false),
            (nameof(PlannedWeight.Before), true),
            (nameof(PlannedWeight.After), true),
            (nameof(PlannedWeight.Reason), false))
        {
            Width = _width,
        };
        foreach (IGrouping<(string Encoding, string Reason), PlannedWeight> group in Plan.Weights
            .GroupBy(weight => (After(weight), CommonReason.KeyOf(weight.Reason)))
            .OrderByDescending(group => group.Sum(weight => weight.Before)))
        {
            table.Add(
                group.Count().ToString(CultureInfo.InvariantCulture),
                group.Key.Encoding,
                DisplayText.Size(group.Sum(weight => weight.Before)),
                DisplayText.Size(group.Sum(weight => weight.After)),
                CommonReason.Of(group.Select(weight => weight.Reason)));
        }

        return table.Lines();
    }

    private static string After(PlannedWeight weight) => weight.Action == nameof(WeightAction.Skip) ? "(kept)" : weight.EncodingAfter;

    private string Total() => $"Total: {Plan.Converted} of {Plan.Weights.Count} weights, "
        + FormattableString.Invariant($"{DisplayText.Size(Plan.Before)} -> {DisplayText.Size(Plan.After)} ({Plan.Before} -> {Plan.After} bytes)");
}
