using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>Runs finished models beside their source.</summary>
/// <param name="runs">What they are run with.</param>
/// <param name="source">The source.</param>
/// <param name="split">The samples.</param>
internal sealed class OutputVerification(SampleRuns runs, IRunnableModel source, SampleSplit split)
{
    /// <summary>Told what comes out of the source.</summary>
    public OutputVariety Variety { get; } = new();

    /// <summary>Measures a plan on the samples that are held out.</summary>
    /// <param name="model">The open model.</param>
    /// <param name="planning">Plans it.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    public OutputFidelity OnHeldOut(ModelFile model, Func<CompressionPlan> planning, CancellationToken cancellationToken) =>
        Measure(model, planning, split.ReadHeldOut(), isHeldOut: true, cancellationToken);

    /// <summary>Measures a plan on the samples to measure with.</summary>
    /// <param name="model">The open model.</param>
    /// <param name="planning">Plans it.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    public OutputFidelity OnMeasured(ModelFile model, Func<CompressionPlan> planning, CancellationToken cancellationToken) =>
        Measure(model, planning, split.ReadMeasured(), isHeldOut: false, cancellationToken);

    /// <summary>Measures a plan on some of the samples to measure with, spread evenly.</summary>
    /// <param name="model">The open model.</param>
    /// <param name="planning">Plans it.</param>
    /// <param name="count">Most samples.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    public OutputFidelity OnSome(ModelFile model, Func<CompressionPlan> planning, int count, CancellationToken cancellationToken) =>
        Measure(model, planning, split.ReadMeasured().Spread(split.MeasuredCount, Math.Min(count, split.MeasuredCount)), isHeldOut: false, cancellationToken);

    /// <summary>Requires that the model tells classes.</summary>
    /// <exception cref="RecipeException">It does not.</exception>
    public void RequireClasses(CancellationToken cancellationToken)
    {
        if (Compare(source, split.ReadHeldOut().Take(1), cancellationToken).MinimumAgreement is null)
        {
            throw new RecipeException("A minimum agreement is about the most probable class, and no output of the model has classes.", "Specify -MinimumOutputSnr.");
        }
    }

    private OutputFidelity Measure(ModelFile model, Func<CompressionPlan> planning, IEnumerable<RunSample> samples, bool isHeldOut, CancellationToken cancellationToken)
    {
        using var finished = CompressedVariant.Of(model, "choice", planning, runs.TemporaryFolder, cancellationToken);
        if (finished.Path is null)
        {
            return Compare(source, samples, cancellationToken).ToFidelity(isHeldOut);
        }

        using IRunnableModel runnable = runs.Runtime.Open(finished.Path, runs.Settings, cancellationToken);
        return Compare(runnable, samples, cancellationToken).ToFidelity(isHeldOut);
    }

    private ComparedOutputs Compare(IRunnableModel finished, IEnumerable<RunSample> samples, CancellationToken cancellationToken) =>
        OutputComparer.Compare(sample => Variety.Add(source.Run(sample, cancellationToken)), finished, samples, null, cancellationToken);
}
