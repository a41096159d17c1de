using System;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Formatting;

/// <summary>What -WhatIf tells of a model: shown as a table, and the plan itself for scripts that catch the information stream.</summary>
public sealed class PlanPreview
{
    private const int NameWidth = 38;
    private const int TypeWidth = 14;

    internal PlanPreview(CompressionPlan plan) => Plan = plan;

    /// <summary>What would be done: weights, sizes, versions, notes.</summary>
    public CompressionPlan Plan { get; }

    /// <summary>The plan as a table, with the total below.</summary>
    public override string ToString()
    {
        var table = new TextTable(("Weight", false), ("OpType", false), ("Before", false), ("After", false), ("Size", true), ("NewSize", true), ("SNR", true), ("Reason", false));
        foreach (WeightPlan weight in Plan.Weights)
        {
            WeightSite site = weight.Site;
            bool isKept = weight.Action == WeightAction.Skip;
            table.Add(
                DisplayText.Short(site.Stage.Length > 0 ? $"{site.Stage}/{site.Name}" : site.Name, NameWidth),
                DisplayText.Short(site.OpType, TypeWidth),
                WeightEncodings.Describe(site),
                isKept ? "(kept)" : weight.Encoding,
                DisplayText.Size(weight.SizeBefore),
                DisplayText.Size(weight.SizeAfter),
                DisplayText.Decibels(weight.ExpectedSnr),
                weight.Reason);
        }

        return string.Join(Environment.NewLine, (Plan.Weights.Count > 0 ? table.Lines() : []).Concat(Plan.Notes.Select(note => $"Note: {note}")).Append(Total()));
    }

    private string Total() => $"Total: {Plan.ConvertedCount} of {Plan.Weights.Count} weights, "
        + FormattableString.Invariant($"{DisplayText.Size(Plan.SizeBefore)} -> {DisplayText.Size(Plan.SizeAfter)} ({Plan.SizeBefore} -> {Plan.SizeAfter} bytes)");
}
