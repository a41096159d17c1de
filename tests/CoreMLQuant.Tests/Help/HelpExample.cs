namespace CoreMLQuant.Tests.Help;

/// <summary>An example of a page: what it is called, the commands, and the lines that they print.</summary>
internal sealed record HelpExample(string Title, string Code, string Output);
