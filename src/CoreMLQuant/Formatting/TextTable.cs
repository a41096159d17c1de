using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Formatting;

/// <summary>Rows of text under headings, each column as wide as it must be; the last one is not padded.</summary>
internal sealed class TextTable(params (string Heading, bool IsNumber)[] columns)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row with a cell for each column.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>The table, one line a row, headings first.</summary>
    public IEnumerable<string> Lines()
    {
        string[] headings = columns.Select(column => column.Heading).ToArray();
        int[] widths = headings.Select((heading, i) => _rows.Select(row => row[i].Length).Append(heading.Length).Max()).ToArray();
        string Line(string[] cells) => string.Join(Gap, cells.Select((cell, i) => columns[i].IsNumber ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd();
        return new[] { headings, headings.Select(heading => new string('-', heading.Length)).ToArray() }.Concat(_rows).Select(Line);
    }
}
