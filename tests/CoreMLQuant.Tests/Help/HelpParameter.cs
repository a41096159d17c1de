namespace CoreMLQuant.Tests.Help;

/// <summary>What the help says about a parameter.</summary>
internal sealed record HelpParameter(string Name, string Type, string Default, string Text);
