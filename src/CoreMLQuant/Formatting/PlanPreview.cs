using System;
using System.Linq;
using CoreMLQuant.Planning;
using CoreMLQuant.Results;

namespace CoreMLQuant.Formatting;

/// <summary>What -WhatIf tells of a model: shown as a table, and the plan itself for scripts that catch the information stream.</summary>
public sealed class PlanPreview
{
    private const int NameWidth = 38;
    private const int TypeWidth = 14;

    internal PlanPreview(ConversionPlan plan) => Plan = plan;

    /// <summary>What would be done: weights, sizes, versions, notes.</summary>
    public ConversionPlan Plan { get; }

    /// <summary>The plan as a table, with the total below.</summary>
    public override string ToString()
    {
        var table = new TextTable(("Weight", false), ("OpType", false), ("Before", false), ("After", false), ("Size", true), ("NewSize", true), ("SNR", true), ("Reason", false));
        foreach (PlannedWeight weight in Plan.Weights)
        {
            bool isKept = weight.Action == nameof(WeightAction.Skip);
            table.Add(
                DisplayText.Short(weight.Stage.Length > 0 ? $"{weight.Stage}/{weight.Name}" : weight.Name, NameWidth),
                DisplayText.Short(weight.OpType, TypeWidth),
                weight.EncodingBefore,
                isKept ? "(kept)" : weight.EncodingAfter,
                DisplayText.Size(weight.Before),
                DisplayText.Size(weight.After),
                DisplayText.Decibels(weight.ExpectedSnr),
                weight.Reason);
        }

        return string.Join(Environment.NewLine, (Plan.Weights.Count > 0 ? table.Lines() : []).Concat(Plan.Notes.Select(note => $"Note: {note}")).Append(Total()));
    }

    private string Total() => $"Total: {Plan.Converted} of {Plan.Weights.Count} weights, "
        + FormattableString.Invariant($"{DisplayText.Size(Plan.Before)} -> {DisplayText.Size(Plan.After)} ({Plan.Before} -> {Plan.After} bytes)");
}
