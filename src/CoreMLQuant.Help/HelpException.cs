using System;

namespace CoreMLQuant.Help;

/// <summary>A page that does not have the form of help pages.</summary>
/// <param name="file">Full path of the page.</param>
/// <param name="message">What is wrong, and what is expected.</param>
internal sealed class HelpException(string file, string message) : Exception(message)
{
    /// <summary>Full path of the page.</summary>
    public string File => file;
}
