using System;

namespace CoreMLQuant.Running;

/// <summary>Models cannot be run here: the message says in one sentence what is missing and how to get it.</summary>
public sealed class RuntimeNotAvailableException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What is missing, and how to get it.</param>
    public RuntimeNotAvailableException(string message)
        : base(message)
    {
    }
}
