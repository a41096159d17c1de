using System;
using System.Collections.Generic;

namespace CoreMLQuant.Running;

/// <summary>A sample does not fit a model: all that is missing, too much, misshaped or of the wrong type, at once.</summary>
public sealed class InputMismatchException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="sample">Name of the sample.</param>
    /// <param name="modelPath">The model.</param>
    /// <param name="mismatches">One sentence for each input that does not fit.</param>
    /// <param name="innerException">The failure underneath, if there is one.</param>
    public InputMismatchException(string sample, string modelPath, IReadOnlyList<string> mismatches, Exception? innerException = null)
        : base($"'{sample}' does not fit the inputs of '{modelPath}': {string.Join(" ", mismatches)}", innerException) => Mismatches = mismatches;

    /// <summary>Creates the error of several samples.</summary>
    /// <param name="samples">Names of the samples that do not fit.</param>
    /// <param name="modelPath">The model.</param>
    /// <param name="mismatches">One sentence for each problem.</param>
    /// <param name="areAllRead">Whether all of them could be read.</param>
    public InputMismatchException(IReadOnlyList<string> samples, string modelPath, IReadOnlyList<string> mismatches, bool areAllRead)
        : base($"{samples.Count} samples do not fit the inputs of '{modelPath}'{(areAllRead ? string.Empty : " or cannot be read")}, the first of them '{samples[0]}': {string.Join(" ", mismatches)}") => Mismatches = mismatches;

    /// <summary>One sentence for each input that does not fit.</summary>
    public IReadOnlyList<string> Mismatches { get; }
}
