using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;

namespace CoreMLQuant.Formatting;

/// <summary>What -WhatIf shows of an edit: text for people, and the plan itself for scripts that catch the information stream.</summary>
public sealed class EditPreview
{
    private const int TextWidth = 40;

    private readonly int _width;
    private readonly bool _isComplete;

    /// <param name="plan">The plan.</param>
    /// <param name="width">Columns of the screen; 0 or less when unknown.</param>
    /// <param name="isComplete">Whether all changes are listed, however many there are.</param>
    internal EditPreview(EditPlan plan, int width, bool isComplete)
    {
        Plan = plan;
        _width = width;
        _isComplete = isComplete;
    }

    /// <summary>Changes that are listed without -Verbose: of more, the first ones.</summary>
    internal const int ListedChanges = 50;

    /// <summary>What would be done: changes, sizes, versions, notes.</summary>
    public EditPlan Plan { get; }

    /// <summary>The changes as a table, with the notes below.</summary>
    public override string ToString()
    {
        int count = _isComplete ? Plan.Changes.Count : Math.Min(Plan.Changes.Count, ListedChanges);
        IEnumerable<string> rest = count < Plan.Changes.Count ? [FormattableString.Invariant($"... and {Plan.Changes.Count - count} more (-Verbose lists all)")] : [];
        return string.Join(Environment.NewLine, (count > 0 ? Table(count) : []).Concat(rest).Concat(Plan.Notes.Select(note => $"Note: {note}")));
    }

    private IEnumerable<string> Table(int count)
    {
        TextTable table = new((nameof(ModelChange.What), false), (nameof(ModelChange.Where), false), (nameof(ModelChange.From), false), (nameof(ModelChange.To), false)) { Width = _width };
        foreach (ModelChange change in Plan.Changes.Take(count))
        {
            table.Add(change.What, DisplayText.Short(change.Where, TextWidth), DisplayText.Short(change.From, TextWidth), DisplayText.Short(change.To, TextWidth));
        }

        return table.Lines();
    }
}
