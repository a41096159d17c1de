using System;
using System.Collections.Generic;
using System.Linq;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace CoreMLQuant.Help.Markdown;

/// <summary>Markdown as plain text: code without its marks, a link as its text and, where it leads out of the documents, its address.</summary>
internal static class PlainText
{
    /// <summary>The text of inline content.</summary>
    public static string Of(Inline? inline) => inline switch
    {
        null => string.Empty,
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        LineBreakInline => " ",
        AutolinkInline link => link.Url,
        LinkInline { Url: { } url } link when url.Contains("://", StringComparison.Ordinal) => $"{Joined(link)} ({url})",
        ContainerInline container => Joined(container),
        _ => string.Empty,
    };

    /// <summary>The paragraphs of blocks; an item of a list is one that starts with a dash.</summary>
    public static IReadOnlyList<string> Paragraphs(IEnumerable<Block> blocks) => blocks.SelectMany(Paragraphs).ToArray();

    private static IEnumerable<string> Paragraphs(Block block) => block switch
    {
        ListItemBlock item => Paragraphs(item.AsEnumerable()).Select((text, i) => i == 0 ? "- " + text : text),
        ContainerBlock container => Paragraphs(container.AsEnumerable()),
        FencedCodeBlock code => [code.Lines.ToString()],
        LeafBlock { Inline: { } inline } => [Of(inline)],
        _ => [],
    };

    private static string Joined(ContainerInline container) => string.Concat(container.Select(Of));
}
