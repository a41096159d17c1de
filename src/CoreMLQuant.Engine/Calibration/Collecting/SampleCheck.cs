using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>Whether samples fit a model, before any is run.</summary>
internal static class SampleCheck
{
    private const int ShownProblems = 5;

    /// <summary>Looks at all samples.</summary>
    /// <exception cref="InputMismatchException">Some do not fit; it tells what of each.</exception>
    public static void RequireFit(IRunnableModel model, SampleSelection samples, CancellationToken cancellationToken)
    {
        var problems = new List<(string Sample, InputMismatchException Error)>();
        foreach (RunSample sample in samples.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                model.Check(sample);
            }
            catch (InputMismatchException e)
            {
                problems.Add((sample.Name, e));
            }
        }

        if (problems.Count == 1)
        {
            throw problems[0].Error;
        }

        if (problems.Count > 1)
        {
            string[] all = problems.SelectMany(problem => problem.Error.Mismatches).Distinct(StringComparer.Ordinal).ToArray();
            throw new InputMismatchException(
                problems.Select(problem => problem.Sample).ToArray(),
                model.Path,
                all.Length > ShownProblems ? [.. all.Take(ShownProblems), $"There are {all.Length - ShownProblems} more such problems."] : all);
        }
    }
}
