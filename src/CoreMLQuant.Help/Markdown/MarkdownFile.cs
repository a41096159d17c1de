using System.IO;
using Markdig;
using Markdig.Syntax;

namespace CoreMLQuant.Help.Markdown;

/// <summary>Reads the documents' Markdown: CommonMark with tables.</summary>
internal static class MarkdownFile
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().Build();

    /// <summary>Parses a file.</summary>
    public static MarkdownDocument Read(string path) => Markdig.Markdown.Parse(File.ReadAllText(path).ReplaceLineEndings("\n"), Pipeline);
}
