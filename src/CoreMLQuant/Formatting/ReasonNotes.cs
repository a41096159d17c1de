using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Formatting;

/// <summary>Reasons beside the rows of a table. One that several rows have is told once, below the table, and the rows refer to it by a number.</summary>
internal sealed class ReasonNotes
{
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, string> _references = new(StringComparer.Ordinal);

    /// <summary>Numbers the reasons that several rows have, in the order of the rows.</summary>
    /// <param name="reasons">The reason of each row; empty where there is none.</param>
    public ReasonNotes(IEnumerable<string> reasons)
    {
        foreach (IGrouping<string, string> same in reasons.Where(reason => reason.Length > 0).GroupBy(CommonReason.KeyOf, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            string reference = string.Format(CultureInfo.InvariantCulture, "[{0}]", _notes.Count + 1);
            _references.Add(same.Key, reference);
            _notes.Add($"Reason {reference}: {CommonReason.Of(same)}");
        }
    }

    /// <summary>What the row of a reason shows.</summary>
    public string CellOf(string reason) => _references.TryGetValue(CommonReason.KeyOf(reason), out string? reference) ? reference : reason;

    /// <summary>The lines below the table.</summary>
    /// <param name="width">Columns of the screen; 0 or less for no limit.</param>
    public IEnumerable<string> Lines(int width) => _notes.SelectMany(note => width > 0 ? WrappedText.Lines(PrintableText.Of(note), width - 1) : [PrintableText.Of(note)]);
}
