using System;

namespace CoreMLQuant.Running;

/// <summary>A file of inputs or expected outputs cannot be read: names the file, what was found in it and what to do.</summary>
public sealed class SampleDataException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="file">The file.</param>
    /// <param name="problem">What was found, a sentence or more.</param>
    /// <param name="innerException">The failure underneath, if there is one.</param>
    public SampleDataException(string file, string problem, Exception? innerException = null)
        : base($"'{file}': {problem}", innerException) => File = file;

    /// <summary>The file.</summary>
    public string File { get; }
}
