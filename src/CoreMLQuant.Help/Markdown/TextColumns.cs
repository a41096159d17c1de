using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Help.Markdown;

/// <summary>Lays text out in lines and columns of a given width.</summary>
internal static class TextColumns
{
    private const int Gap = 2;

    /// <summary>Breaks a text into lines. A word that is longer than a line has one of its own.</summary>
    public static IReadOnlyList<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        string line = string.Empty;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                lines.Add(line);
                line = string.Empty;
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        lines.Add(line);
        return lines;
    }

    /// <summary>Lays rows out in columns; the first row is the heading.</summary>
    /// <param name="rows">The cells of each row.</param>
    /// <param name="width">The width of all columns together.</param>
    public static IEnumerable<string> Table(IReadOnlyList<IReadOnlyList<string>> rows, int width)
    {
        int[] widths = Fit([.. Enumerable.Range(0, rows[0].Count).Select(column => rows.Max(row => row[column].Length))], width);
        return rows.SelectMany((row, i) => i == 0 ? [.. Row(row, widths), .. Row([.. row.Select(cell => new string('-', cell.Length))], widths)] : Row(row, widths));
    }

    // What is too wide is taken from the widest column.
    private static int[] Fit(int[] widths, int width)
    {
        while (widths.Sum() + (Gap * (widths.Length - 1)) > width)
        {
            int widest = Array.IndexOf(widths, widths.Max());
            widths[widest]--;
        }

        return widths;
    }

    private static IEnumerable<string> Row(IReadOnlyList<string> cells, int[] widths)
    {
        IReadOnlyList<string>[] wrapped = [.. cells.Select((cell, column) => Wrap(cell, widths[column]))];
        return Enumerable.Range(0, wrapped.Max(lines => lines.Count)).Select(i => string
            .Join(new string(' ', Gap), wrapped.Select((lines, column) => (i < lines.Count ? lines[i] : string.Empty).PadRight(widths[column])))
            .TrimEnd());
    }
}
