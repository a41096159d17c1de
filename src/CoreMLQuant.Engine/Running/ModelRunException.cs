using System;

namespace CoreMLQuant.Running;

/// <summary>A model cannot be run, or stopped with an error while it ran: names the operation where one is known.</summary>
public sealed class ModelRunException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What happened, where, and what to do.</param>
    /// <param name="innerException">The failure underneath, if there is one.</param>
    public ModelRunException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
