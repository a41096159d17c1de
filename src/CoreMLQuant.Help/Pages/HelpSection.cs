using System.Collections.Generic;

namespace CoreMLQuant.Help.Pages;

/// <summary>A heading and the paragraphs below it.</summary>
/// <param name="Title">The text of the heading.</param>
/// <param name="Paragraphs">The paragraphs.</param>
internal sealed record HelpSection(string Title, IReadOnlyList<string> Paragraphs);
