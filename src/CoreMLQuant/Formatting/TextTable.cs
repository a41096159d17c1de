using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Formatting;

/// <summary>
/// Rows of text under headings, each column as wide as it must be; one that is empty in every row is left out. Where the table is wider than the screen,
/// the last column is broken between words.
/// </summary>
internal sealed class TextTable(params (string Heading, bool IsNumber)[] columns)
{
    private const string Gap = "  ";

    // Narrower than this, a column of sentences is harder to read than lines that the screen breaks.
    private const int NarrowestText = 20;

    private readonly List<string[]> _rows = [];

    /// <summary>Columns of the screen; 0 or less for no limit.</summary>
    public int Width { get; init; }

    /// <summary>Adds a row with a cell for each column.</summary>
    public void Add(params string[] cells) => _rows.Add(cells.Select(PrintableText.Of).ToArray());

    /// <summary>The table, headings first.</summary>
    public IEnumerable<string> Lines()
    {
        var shown = columns.Select((column, i) => (column.Heading, column.IsNumber, Cells: _rows.Select(row => row[i]).ToArray())).Where(column => column.Cells.Any(cell => cell.Length > 0)).ToArray();
        int[] widths = shown.Select(column => column.Cells.Select(cell => cell.Length).Append(column.Heading.Length).Max()).ToArray();
        int before = widths.Take(widths.Length - 1).Sum(width => width + Gap.Length);
        int room = Width <= 0 ? int.MaxValue : Math.Max(NarrowestText, Width - 1 - before);
        string Line(IEnumerable<string> cells) => string.Join(Gap, cells.Select((cell, i) => shown[i].IsNumber ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd();
        yield return Line(shown.Select(column => column.Heading));
        yield return Line(shown.Select(column => new string('-', column.Heading.Length)));
        for (int row = 0; row < _rows.Count; row++)
        {
            string[] cells = shown.Select(column => column.Cells[row]).ToArray();
            string[] text = WrappedText.Lines(cells[cells.Length - 1], room).ToArray();
            cells[cells.Length - 1] = text[0];
            yield return Line(cells);
            foreach (string rest in text.Skip(1))
            {
                yield return new string(' ', before) + rest;
            }
        }
    }
}
