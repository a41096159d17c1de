using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Help.Markdown;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace CoreMLQuant.Help.Pages;

/// <summary>
/// Reads a page: the cmdlet's name as its title, the description below it, and the sections Inputs, Outputs, Notes, Examples and Related links.
/// </summary>
internal sealed class HelpPageReader
{
    private readonly string _path;
    private readonly ILookup<string, Block> _sections;

    private HelpPageReader(string path, MarkdownDocument document)
    {
        _path = path;
        _sections = Split(document.Skip(1), 2).ToLookup(block => block.Title, block => block.Block);
    }

    /// <summary>Reads the page of a cmdlet.</summary>
    /// <param name="documents">The folder with the documents.</param>
    /// <param name="cmdlet">Name of the cmdlet.</param>
    /// <exception cref="HelpException">The page does not have the form of help pages.</exception>
    public static HelpPage Read(string documents, string cmdlet)
    {
        string path = Path.Combine(documents, "help", cmdlet + ".md");
        if (!File.Exists(path))
        {
            return HelpPage.Empty;
        }

        MarkdownDocument document = MarkdownFile.Read(path);
        return document.FirstOrDefault() is HeadingBlock { Level: 1 } title && PlainText.Of(title.Inline) == cmdlet
            ? new HelpPageReader(path, document).Read()
            : throw new HelpException(path, $"A page starts with the name of its cmdlet: '# {cmdlet}'.");
    }

    private HelpPage Read() => new()
    {
        Description = PlainText.Paragraphs(_sections[string.Empty]),
        Inputs = Sections("Inputs"),
        Outputs = Sections("Outputs"),
        Notes = PlainText.Paragraphs(_sections["Notes"]),
        Examples = Split(_sections["Examples"], 3).GroupBy(block => block.Title).Select(group => Example(group.Key, [.. group.Select(block => block.Block)])).ToArray(),
        RelatedTopics = _sections["Related links"].SelectMany(block => block.Descendants<LinkInline>()).Select(link => PlainText.Of(link)).ToArray(),
    };

    private HelpSection[] Sections(string heading) => Split(_sections[heading], 3)
        .GroupBy(block => block.Title)
        .Select(group => new HelpSection(group.Key, PlainText.Paragraphs(group.Select(block => block.Block))))
        .ToArray();

    private HelpExample Example(string title, IReadOnlyList<Block> blocks)
    {
        string code = string.Join("\n", Fences(blocks, "powershell"));
        return code.Length == 0
            ? throw new HelpException(_path, $"The example '{title}' has no block of powershell.")
            : new HelpExample(title, code, string.Join("\n", Fences(blocks, "text")), PlainText.Paragraphs(blocks.Where(block => block is not FencedCodeBlock)));
    }

    private static IEnumerable<string> Fences(IEnumerable<Block> blocks, string language) =>
        blocks.OfType<FencedCodeBlock>().Where(block => block.Info == language).Select(block => block.Lines.ToString());

    // Each block with the heading above it of a level; what stands before the first such heading has an empty one.
    private static IEnumerable<(string Title, Block Block)> Split(IEnumerable<Block> blocks, int level)
    {
        string title = string.Empty;
        foreach (Block block in blocks)
        {
            if (block is HeadingBlock heading && heading.Level == level)
            {
                title = PlainText.Of(heading.Inline);
            }
            else
            {
                yield return (title, block);
            }
        }
    }
}
