using System;

namespace CoreMLQuant.Running;

/// <summary>A model holds operations that cannot be run: the message names them and the reasons.</summary>
public sealed class ModelNotRunnableException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">The operations, where they stand and why they cannot be run.</param>
    /// <param name="innerException">The failure underneath, if there is one.</param>
    public ModelNotRunnableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
