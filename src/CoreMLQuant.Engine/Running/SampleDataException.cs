using System;
using System.Collections.Generic;

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

    /// <summary>Creates the error of several samples.</summary>
    /// <param name="samples">Names of the samples that cannot be read.</param>
    /// <param name="file">The file of the first one.</param>
    /// <param name="problems">Sentences for each.</param>
    public SampleDataException(IReadOnlyList<string> samples, string file, IEnumerable<string> problems)
        : base($"{samples.Count} samples cannot be read, the first of them '{samples[0]}': {string.Join(" ", problems)}") => File = file;

    /// <summary>The file.</summary>
    public string File { get; }
}
