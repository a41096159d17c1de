using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Formatting;

/// <summary>Rows of text under headings, each column as wide as it must be; one that is empty in every row is left out.</summary>
internal sealed class TextTable(params (string Heading, bool IsNumber)[] columns)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row with a cell for each column.</summary>
    public void Add(params string[] cells) => _rows.Add(cells.Select(PrintableText.Of).ToArray());

    /// <summary>The table, one line a row, headings first.</summary>
    public IEnumerable<string> Lines()
    {
        var shown = columns.Select((column, i) => (column.Heading, column.IsNumber, Cells: _rows.Select(row => row[i]).ToArray())).Where(column => column.Cells.Any(cell => cell.Length > 0)).ToArray();
        int[] widths = shown.Select(column => column.Cells.Select(cell => cell.Length).Append(column.Heading.Length).Max()).ToArray();
        string Line(IEnumerable<string> cells) => string.Join(Gap, cells.Select((cell, i) => shown[i].IsNumber ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd();
        yield return Line(shown.Select(column => column.Heading));
        yield return Line(shown.Select(column => new string('-', column.Heading.Length)));
        for (int row = 0; row < _rows.Count; row++)
        {
            yield return Line(shown.Select(column => column.Cells[row]));
        }
    }
}
