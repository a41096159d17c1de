using System;
using System.Management.Automation;

namespace CoreMLQuant.Abstractions;

/// <summary>A path cannot be used. Carries the error record, since the caller knows whether it ends the run.</summary>
internal sealed class PathException : Exception
{
    /// <summary>Wraps an error record.</summary>
    public PathException(ErrorRecord error)
        : base(error.Exception.Message, error.Exception) => Error = error;

    /// <summary>What to write.</summary>
    public ErrorRecord Error { get; }
}
