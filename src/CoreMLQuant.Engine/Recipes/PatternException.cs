using System;

namespace CoreMLQuant.Recipes;

/// <summary>A name pattern is not valid, or takes too long on a name.</summary>
public sealed class PatternException : ArgumentException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What is wrong with which pattern.</param>
    /// <param name="innerException">The failure underneath, if there is one.</param>
    public PatternException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
