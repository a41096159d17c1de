using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace CoreMLQuant.Reporting.Page;

/// <summary>
/// Writes a table. One that can be sorted and filtered stands in a noscript element: a browser with scripts takes thousands of rows
/// for a text that costs nothing, and the page's script shows a hundred of them at a time; a browser without shows them all.
/// </summary>
internal static class TableWriter
{
    /// <summary>Writes a table into a section.</summary>
    /// <param name="html">The page.</param>
    /// <param name="id">What its ids begin with.</param>
    /// <param name="table">The table.</param>
    public static void Write(StringBuilder html, string id, DataTable table)
    {
        html.Append("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"").Append(HtmlText.Escape(table.Caption)).Append("\" id=\"")
            .Append(id).Append("-table\">\n").Append(table.IsInteractive ? "<noscript class=\"rows\">" : string.Empty)
            .Append("<table>\n<caption>").Append(HtmlText.Escape(table.Caption)).Append("</caption>\n<thead><tr>");
        foreach (Column column in table.Columns)
        {
            html.Append("<th scope=\"col\"").Append(ClassOf(column)).Append(column.IsChoice ? " data-choice" : string.Empty)
                .Append('>').Append(HtmlText.Escape(column.Heading)).Append("</th>");
        }

        html.Append("</tr></thead>\n<tbody>\n");
        foreach (Row row in table.Rows)
        {
            WriteRow(html, table.Columns, row);
        }

        html.Append("</tbody>\n</table>").Append(table.IsInteractive ? "</noscript>" : string.Empty).Append("\n</div>\n");
    }

    private static void WriteRow(StringBuilder html, IReadOnlyList<Column> columns, Row row)
    {
        html.Append(row.IsMarked ? "<tr class=\"worst\">" : "<tr>");
        for (int i = 0; i < columns.Count; i++)
        {
            Cell cell = row.Cells[i];
            html.Append(columns[i].IsName ? "<th scope=\"row\"" : "<td");
            html.Append(columns[i].IsNumeric ? ClassOf(columns[i]) : string.Empty);

            // As many digits as tell any two apart that a reader could: the same text on every runtime.
            string number = cell.Number?.ToString("G9", CultureInfo.InvariantCulture) ?? string.Empty;
            if (number.Length > 0 && number != cell.Text)
            {
                html.Append(" data-v=\"").Append(number).Append('"');
            }

            html.Append('>').Append(HtmlText.Escape(cell.Text)).Append(columns[i].IsName ? "</th>" : "</td>");
        }

        html.Append("</tr>\n");
    }

    private static string ClassOf(Column column) => column.IsNumeric ? " class=\"n\"" : column.IsProse ? " class=\"wide-text\"" : string.Empty;
}
