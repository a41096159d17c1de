using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>What does not fit about several samples: what is the same with many of them is told once, with the first of their names.</summary>
internal static class SharedMismatches
{
    private const int ShownProblems = 5;
    private const int ShownNames = 3;

    /// <summary>Sentences.</summary>
    /// <param name="mismatches">All that does not fit, with the name of the sample.</param>
    public static string[] Tell(IEnumerable<(string Sample, InputMismatch Mismatch)> mismatches)
    {
        string[] all = [.. mismatches.GroupBy(one => (one.Mismatch.Problem, one.Mismatch.Remedy)).Select(Together)];
        return all.Length > ShownProblems ? [.. all.Take(ShownProblems), FormattableString.Invariant($"There are {all.Length - ShownProblems} more such problems.")] : all;
    }

    private static string Together(IEnumerable<(string Sample, InputMismatch Mismatch)> same)
    {
        InputMismatch first = same.First().Mismatch;
        if (first.Given.Length > 0)
        {
            return first.With(Givens(same.GroupBy(one => one.Mismatch.Given).ToArray()));
        }

        // A file that cannot be read is in the sentence.
        return first.File is null ? $"{Names(same)}: {first.Problem}" : first.Problem;
    }

    private static string Givens(IReadOnlyList<IGrouping<string, (string Sample, InputMismatch Mismatch)>> givens)
    {
        string shown = string.Join(", ", givens.Take(ShownNames).Select(given => $"{given.Key} ({Names(given)})"));
        int others = givens.Skip(ShownNames).Sum(given => given.Count());
        return others == 0 ? shown : FormattableString.Invariant($"{shown} and others ({others} more)");
    }

    private static string Names(IEnumerable<(string Sample, InputMismatch Mismatch)> samples)
    {
        string[] names = [.. samples.Select(one => $"'{(one.Mismatch.File is { } file ? Path.GetFileName(file) : one.Sample)}'").Distinct(StringComparer.Ordinal)];
        string shown = string.Join(", ", names.Take(ShownNames));
        return names.Length > ShownNames ? FormattableString.Invariant($"{shown} and {names.Length - ShownNames} more") : shown;
    }
}
