using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Running;

/// <summary>A sample does not fit a model: all that is missing, too much, misshaped or of the wrong type, at once.</summary>
public sealed class InputMismatchException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="sample">Name of the sample.</param>
    /// <param name="modelPath">The model.</param>
    /// <param name="problems">All that does not fit.</param>
    public InputMismatchException(string sample, string modelPath, IReadOnlyList<InputMismatch> problems)
        : base($"'{sample}' does not fit the inputs of '{modelPath}': {string.Join(" ", problems)}") =>
        (Problems, Mismatches) = (problems, [.. problems.Select(problem => problem.ToString())]);

    /// <summary>Creates the error of several samples.</summary>
    /// <param name="sampleCount">Number of samples that do not fit.</param>
    /// <param name="modelPath">The model.</param>
    /// <param name="mismatches">Sentences for each problem, with the samples that have it.</param>
    /// <param name="areAllRead">Whether all of them could be read.</param>
    public InputMismatchException(int sampleCount, string modelPath, IReadOnlyList<string> mismatches, bool areAllRead)
        : base(FormattableString.Invariant($"{sampleCount} samples do not fit the inputs of '{modelPath}'{(areAllRead ? string.Empty : " or cannot be read")}: {string.Join(" ", mismatches)}")) => Mismatches = mismatches;

    /// <summary>One sentence for each input that does not fit.</summary>
    public IReadOnlyList<string> Mismatches { get; }

    /// <summary>All that does not fit about one sample.</summary>
    public IReadOnlyList<InputMismatch> Problems { get; } = [];
}
