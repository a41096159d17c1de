using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration.Files;
using CoreMLQuant.Calibration.Inputs;
using CoreMLQuant.Models;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>Calibrates models: reads statistics from a file, or runs samples and collects them.</summary>
/// <param name="runner">Runs models; <see langword="null"/> when there are no samples.</param>
/// <param name="settings">How models are run.</param>
/// <param name="samples">Reads all samples that are given, each time from the first; <see langword="null"/> when none are.</param>
public sealed class Calibrator(IModelRunner? runner, RunSettings settings, Func<RunFeatures, IEnumerable<RunSample>>? samples)
{
    /// <summary>Calibrates a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="progress">Told each run before it begins.</param>
    /// <param name="cancellationToken">Stops between samples; what has been collected is in the statistics file, if there is one.</param>
    /// <exception cref="SampleDataException">The statistics file is of another model or damaged, or there are no samples.</exception>
    /// <exception cref="InputMismatchException">Samples do not fit the model.</exception>
    /// <exception cref="ModelNotRunnableException">The model cannot be run.</exception>
    /// <exception cref="ModelRunException">The model stopped with an error.</exception>
    public CalibrationResult Calibrate(ModelFile model, CalibrationOptions options, IProgress<CalibrationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        string digest = ModelDigest.Of(model, cancellationToken);
        StatisticsFile? file = options.StatisticsPath is { } path ? new StatisticsFile(path, new GramMemory(options.MaxHeldGramBytes, options.TemporaryFolder)) : null;
        CollectedSums? before = file?.Read(model.Path, digest);
        try
        {
            if (before is { IsComplete: true } && (samples is null || HasAll(before, options)))
            {
                var reused = new ReusedStatistics(file!.Path, before, samples is null ? null : IdentityOf(Select(RunFeatures.Of(model, settings.Function), options)));
                return new CalibrationResult(before.ToStatistics()) { Compensates = options.Compensates, IsReused = true, SourceWarnings = [.. reused.Warnings(options)], SourceNotes = [reused.Note] };
            }

            if (samples is null)
            {
                throw new SampleDataException(options.StatisticsPath ?? "-InputPath", before is null
                    ? "There is no such file, and no samples to calibrate with. Specify -InputPath."
                    : $"Calibration was stopped after {before.SamplesDone} of {before.Samples.Count} samples. Specify the same -InputPath to go on.");
            }

            (CollectedSums sums, IReadOnlyList<LeftWeight> left) = Collect(model, options, digest, file, before, progress, cancellationToken);
            return new CalibrationResult(sums.ToStatistics()) { Compensates = options.Compensates, Left = left };
        }
        catch
        {
            before?.Dispose();
            throw;
        }
    }

    private (CollectedSums Sums, IReadOnlyList<LeftWeight> Left) Collect(
        ModelFile model,
        CalibrationOptions options,
        string digest,
        StatisticsFile? file,
        CollectedSums? before,
        IProgress<CalibrationProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (!options.IsReadOnly)
        {
            file?.RequireWritable();
        }

        (SampleSelection selection, IReadOnlyList<IntermediateValue> values) = Prepare(model, options, cancellationToken);
        IReadOnlyList<IntermediateValue> known = StageValues.Unambiguous(model, values);
        SampleIdentity identity = IdentityOf(selection);
        if (before is not null && !before.Samples.Matches(identity))
        {
            string what = before.Samples.Beside(identity);
            throw new SampleDataException(file!.Path, before.IsComplete
                ? $"It holds part of what is needed, from {what}. Specify those again, or another file, or delete it and calibrate again."
                : $"It holds a calibration that was stopped after {before.SamplesDone} of {what}. Specify those again to go on, or another file, or delete it and calibrate again.");
        }

        WeightInputs inputs = InputFinder.Find(model, settings.Function, known.Select(value => value.Name));
        CollectionPlan plan = CollectionPlan.Of(
            digest,
            identity,
            inputs.Found,
            options.Values.Distinct(StringComparer.Ordinal).ToArray(),
            known,
            options,
            before);
        var kept = new KeptSums(options.IsReadOnly ? null : file, plan.Sums, before);
        new StatisticsCollector(runner!, model.Path, settings).Fill(plan, selection, kept, options, progress, cancellationToken);
        return (plan.Sums, inputs.Left);
    }

    private SampleSelection Select(RunFeatures features, CalibrationOptions options) => SampleSelection.Of(() => samples!(features), options.Count, options.Seed);

    // Without -Resize, images have the size of their input.
    private SampleIdentity IdentityOf(SampleSelection selection) => new(
        selection.Names, selection.HasImages && settings.Resize != ImageResize.None ? settings.Resize : null, SampleDigest.Of(selection.Read()));

    // Opens the model once for nothing but to look: what cannot be run and what does not fit is told before the long part.
    private (SampleSelection Samples, IReadOnlyList<IntermediateValue> Known) Prepare(ModelFile file, CalibrationOptions options, CancellationToken cancellationToken)
    {
        using IRunnableModel model = Open(file.Path, cancellationToken);
        SampleSelection selection = Select(model.Features, options);
        SampleCheck.RequireFit(model, file, settings.Function, selection.Read(), cancellationToken);
        return (selection, model.IntermediateValues);
    }

    private IRunnableModel Open(string path, CancellationToken cancellationToken)
    {
        try
        {
            return runner!.Open(path, settings with { HasInnerValues = true }, cancellationToken);
        }
        catch (ModelNotRunnableException e)
        {
            throw new ModelNotRunnableException($"{e.Message} Calibration runs the model, so it cannot be calibrated; without samples, its weights can still be compressed.", e);
        }
    }

    // What a weight has no sums of may be one whose inputs cannot be had; so Gram matrices stand for all.
    private static bool HasAll(CollectedSums sums, CalibrationOptions options) =>
        (!options.WithGram || sums.Inputs.All(input => input.Sums.HasProducts || input.GramReason.Length > 0))
        && options.Values.All(name => sums.Values.Any(value => value.Name == name) || sums.UnseenValues.Contains(name));
}
