using System.Collections.Generic;

namespace CoreMLQuant.Help.Pages;

/// <summary>The page of a cmdlet: what its code does not say.</summary>
internal sealed record HelpPage
{
    /// <summary>The page of a cmdlet that has none yet.</summary>
    public static readonly HelpPage Empty = new();

    /// <summary>The paragraphs of the description.</summary>
    public IReadOnlyList<string> Description { get; init; } = [];

    /// <summary>The types that can be piped in, and what becomes of them.</summary>
    public IReadOnlyList<HelpSection> Inputs { get; init; } = [];

    /// <summary>The types that are returned.</summary>
    public IReadOnlyList<HelpSection> Outputs { get; init; } = [];

    /// <summary>The paragraphs of the notes.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The examples, in the order of the page.</summary>
    public IReadOnlyList<HelpExample> Examples { get; init; } = [];

    /// <summary>The topics to read next.</summary>
    public IReadOnlyList<string> RelatedTopics { get; init; } = [];
}
