using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>Whether samples fit a model, before any is run.</summary>
internal static class SampleCheck
{
    private const int ShownProblems = 5;

    /// <summary>Looks at all samples.</summary>
    /// <exception cref="InputMismatchException">Some do not fit; it tells what of each.</exception>
    /// <exception cref="SampleDataException">One value cannot be read, and everything else fits.</exception>
    public static void RequireFit(IRunnableModel model, SampleSelection samples, CancellationToken cancellationToken)
    {
        var problems = new List<(string Sample, Exception Error)>();
        foreach (RunSample sample in samples.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                model.Check(sample);
            }
            catch (Exception e) when (e is InputMismatchException or SampleDataException)
            {
                problems.Add((sample.Name, e));
            }
        }

        if (problems.Count == 1)
        {
            ExceptionDispatchInfo.Capture(problems[0].Error).Throw();
        }

        if (problems.Count > 1)
        {
            string[] all = problems.SelectMany(problem => (problem.Error as InputMismatchException)?.Mismatches ?? [problem.Error.Message]).Distinct(StringComparer.Ordinal).ToArray();
            throw new InputMismatchException(
                problems.Select(problem => problem.Sample).ToArray(),
                model.Path,
                all.Length > ShownProblems ? [.. all.Take(ShownProblems), $"There are {all.Length - ShownProblems} more such problems."] : all);
        }
    }
}
