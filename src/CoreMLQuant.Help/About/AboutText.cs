using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Help.Markdown;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace CoreMLQuant.Help.About;

/// <summary>A document as text for a console of 80 columns.</summary>
internal static class AboutText
{
    private const int Width = 79;
    private const int Indent = 4;

    /// <summary>The lines of a document, without its title.</summary>
    public static IEnumerable<string> Lines(MarkdownDocument document) => document
        .Where(block => block is not HtmlBlock and not HeadingBlock { Level: 1 })
        .SelectMany(block => Lines(block, Width - Indent).Select(line => Shift(line, block is HeadingBlock { Level: 2 } ? 0 : Indent)).Append(string.Empty));

    private static IEnumerable<string> Lines(Block block, int width) => block switch
    {
        HeadingBlock { Level: 2 } heading => [PlainText.Of(heading.Inline).ToUpperInvariant()],
        HeadingBlock heading => [PlainText.Of(heading.Inline), new string('-', PlainText.Of(heading.Inline).Length)],
        FencedCodeBlock code => code.Lines.ToString().Split('\n').Select(line => Shift(line, Indent)),
        Table table => TextColumns.Table([.. table.Cast<TableRow>().Select(Cells)], width),
        ListBlock list => list.Cast<ListItemBlock>().SelectMany(item => Lines(item, list.IsOrdered ? $"{item.Order}. " : "- ", width)),
        ContainerBlock container => container.SelectMany(child => Lines(child, width).Append(string.Empty)).SkipLast(1),
        LeafBlock { Inline: { } inline } => TextColumns.Wrap(PlainText.Of(inline), width),
        _ => [],
    };

    private static IEnumerable<string> Lines(ListItemBlock item, string mark, int width) => item
        .SelectMany(block => Lines(block, width - mark.Length))
        .Select((line, i) => i == 0 ? mark + line : Shift(line, mark.Length));

    // A bar inside of code is escaped all the same, because it would end the cell.
    private static string[] Cells(TableRow row) => [.. row.Cast<TableCell>().Select(cell => string.Join(' ', PlainText.Paragraphs(cell)).Replace("\\|", "|"))];

    private static string Shift(string line, int count) => line.Length == 0 ? line : new string(' ', count) + line;
}
