using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Formatting;

/// <summary>
/// Rows of text under headings, each column as wide as it must be; one that is empty in every row is left out. Where the table is wider than the screen,
/// the last column is broken between words, and so can names be.
/// </summary>
internal sealed class TextTable(params (string Heading, bool IsNumber)[] columns)
{
    private const string Gap = "  ";

    // Narrower than this, a column of sentences is harder to read than lines that the screen breaks.
    private const int NarrowestText = 20;

    private readonly List<string[]> _rows = [];

    /// <summary>Columns of the screen; 0 or less for no limit.</summary>
    public int Width { get; init; }

    /// <summary>Columns of the screen for names, which are those in the first column: longer ones take several lines. 0 or less for no limit.</summary>
    public int NameWidth { get; init; }

    /// <summary>Adds a row with a cell for each column.</summary>
    public void Add(params string[] cells) => _rows.Add(cells.Select(PrintableText.Of).ToArray());

    /// <summary>The table, headings first.</summary>
    public IEnumerable<string> Lines()
    {
        var shown = columns.Select((column, i) => (column.Heading, column.IsNumber, Cells: _rows.Select(row => row[i]).ToArray())).Where(column => column.Cells.Any(cell => cell.Length > 0)).ToArray();
        string[][][] lines = Enumerable.Range(0, _rows.Count).Select(row => shown.Select((column, i) => Broken(column.Cells[row], i == 0 ? NameWidth : 0)).ToArray()).ToArray();
        int[] widths = shown.Select((column, i) => lines.SelectMany(row => row[i]).Select(line => line.Length).Append(column.Heading.Length).Max()).ToArray();
        int before = widths.Take(widths.Length - 1).Sum(width => width + Gap.Length);
        int room = Width <= 0 ? int.MaxValue : Math.Max(NarrowestText, Width - 1 - before);
        string Line(IEnumerable<string> cells) => string.Join(Gap, cells.Select((cell, i) => shown[i].IsNumber ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd();
        yield return Line(shown.Select(column => column.Heading));
        yield return Line(shown.Select(column => new string('-', column.Heading.Length)));
        foreach (string[][] row in lines)
        {
            string[][] cells = [.. row.Take(row.Length - 1), row[row.Length - 1].SelectMany(line => WrappedText.Lines(line, room)).ToArray()];
            for (int line = 0; line < cells.Max(cell => cell.Length); line++)
            {
                yield return Line(cells.Select(cell => line < cell.Length ? cell[line] : string.Empty));
            }
        }
    }

    private static string[] Broken(string cell, int width) => width > 0 ? WrappedText.NameLines(cell, width).ToArray() : [cell];
}
