using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using CoreMLQuant.Calibration.Inputs;
using CoreMLQuant.Models;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>Whether samples fit a model, before any is run.</summary>
public static class SampleCheck
{
    /// <summary>Looks at all samples; random ones are made to fit.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, read one by one.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="InputMismatchException">Some do not fit; it tells what of each.</exception>
    /// <exception cref="SampleDataException">Some cannot be read, and all others fit.</exception>
    public static void RequireFit(IRunnableModel model, IEnumerable<RunSample> samples, CancellationToken cancellationToken) => RequireFit(model, samples, [], cancellationToken);

    /// <summary>Looks at all samples that are to tell what weights are multiplied with: none of that may be infinite, as far as it is known before they run.</summary>
    /// <param name="model">The model.</param>
    /// <param name="file">The same, as it is in its file.</param>
    /// <param name="function">The function that is run; <see langword="null"/> for the default one.</param>
    /// <param name="samples">The samples, read one by one.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="InputMismatchException">Some do not fit; it tells what of each.</exception>
    /// <exception cref="SampleDataException">Some cannot be read, and all others fit.</exception>
    public static void RequireFit(IRunnableModel model, ModelFile file, string? function, IEnumerable<RunSample> samples, CancellationToken cancellationToken) =>
        RequireFit(model, samples, MultipliedInputs.Of(file, function, model), cancellationToken);

    private static void RequireFit(IRunnableModel model, IEnumerable<RunSample> samples, IReadOnlyCollection<string> finiteInputs, CancellationToken cancellationToken)
    {
        var problems = new List<(string Sample, Exception Error)>();
        foreach (RunSample sample in samples.TakeWhile(sample => !sample.IsRandom))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                model.Check(sample, finiteInputs);
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
            throw Together(problems, model.Path);
        }
    }

    private static Exception Together(List<(string Sample, Exception Error)> problems, string modelPath)
    {
        string[] told = SharedMismatches.Tell(problems.SelectMany(problem => MismatchesIn(problem.Error).Select(mismatch => (problem.Sample, mismatch))));
        SampleDataException[] unread = problems.Select(problem => problem.Error).OfType<SampleDataException>().ToArray();
        return unread.Length == problems.Count
            ? new SampleDataException(problems.Select(problem => problem.Sample).ToArray(), unread[0].File, told)
            : new InputMismatchException(problems.Count, modelPath, told, areAllRead: unread.Length == 0);
    }

    private static IEnumerable<InputMismatch> MismatchesIn(Exception error) =>
        error is InputMismatchException mismatch ? mismatch.Problems : [new InputMismatch(error.Message) { File = (error as SampleDataException)?.File }];
}
