using System.Collections.Generic;

namespace CoreMLQuant.Help.Pages;

/// <summary>An example.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Code">The commands.</param>
/// <param name="Output">What they print; empty when they print nothing.</param>
/// <param name="Remarks">The paragraphs around them.</param>
internal sealed record HelpExample(string Title, string Code, string Output, IReadOnlyList<string> Remarks);
