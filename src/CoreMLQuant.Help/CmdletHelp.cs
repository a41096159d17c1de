using CoreMLQuant.Help.Cmdlets;
using CoreMLQuant.Help.Pages;

namespace CoreMLQuant.Help;

/// <summary>A cmdlet and its page.</summary>
/// <param name="Cmdlet">What the code says.</param>
/// <param name="Page">What the page says; empty where there is none yet.</param>
internal sealed record CmdletHelp(CmdletDescription Cmdlet, HelpPage Page);
