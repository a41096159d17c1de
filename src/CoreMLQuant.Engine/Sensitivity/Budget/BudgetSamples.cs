using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>The samples of a budget while a model is planned: some that it is calibrated with, some that choose, the others held out to verify plans; and the source, which all run through.</summary>
internal sealed class BudgetSamples : IDisposable
{
    // Some samples can be worse than others by 20 dB.
    private const int FewSamples = 16;
    private const int TooFewForABound = 8;

    private readonly IRunnableModel _source;
    private readonly OutputBound? _bound;
    private readonly Func<CalibrationResult>? _calibratingAll;
    private CalibrationResult? _all;
    private CalibrationResult? _planned;

    private BudgetSamples(
        IRunnableModel source, SampleSplit split, OutputVerification verification, OutputBound? bound, CalibrationResult calibration, Func<CalibrationResult>? calibratingAll) =>
        (_source, Split, Verification, _bound, Calibration, _calibratingAll) = (source, split, verification, bound, calibration, calibratingAll);

    /// <summary>The samples.</summary>
    public SampleSplit Split { get; }

    /// <summary>Runs plans on them.</summary>
    public OutputVerification Verification { get; }

    /// <summary>What the samples that calibrate gave.</summary>
    public CalibrationResult Calibration { get; }

    /// <summary>Opens the source, checks the samples, and calibrates with those that neither choose nor are held out.</summary>
    /// <param name="runs">What models are run with.</param>
    /// <param name="model">The source.</param>
    /// <param name="recipe">What is planned.</param>
    /// <param name="bound">The bound on the outputs; <see langword="null"/> for none.</param>
    /// <param name="options">Which samples are used, and where statistics are kept.</param>
    /// <param name="choosesEncodings">Whether encodings are chosen, by other samples than those that calibrate.</param>
    /// <param name="progress">Told each run of the calibration.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    /// <exception cref="RecipeException">The bound is on classes, and the model tells none.</exception>
    /// <exception cref="SampleDataException">There are too few samples, or the statistics are of samples that choose or are held out.</exception>
    /// <exception cref="InputMismatchException">Samples do not fit the model.</exception>
    /// <exception cref="ModelNotRunnableException">The model cannot be run.</exception>
    public static BudgetSamples Open(
        SampleRuns runs,
        ModelFile model,
        CompressionRecipe recipe,
        OutputBound? bound,
        CalibrationOptions options,
        bool choosesEncodings,
        IProgress<CalibrationProgress>? progress,
        CancellationToken cancellationToken)
    {
        CalibrationOptions needs = CalibrationNeeds.For(options with { Count = null }, model, recipe);
        CalibrationResult Calibrate(Func<IEnumerable<RunSample>> samples) => new Calibrator(runs.Runtime, runs.Settings, _ => samples()).Calibrate(model, needs, progress, cancellationToken);
        IRunnableModel source = runs.Runtime.Open(model.Path, runs.Settings, cancellationToken);
        try
        {
            var split = SampleSplit.Of(() => runs.Samples(source.Features), options.Count, options.Seed, choosesEncodings);
            SampleCheck.RequireFit(source, model, runs.Settings.Function, split.All.Read(), cancellationToken);
            var verification = new OutputVerification(runs, source, split);
            if (bound is { IsOnClasses: true })
            {
                verification.RequireClasses(cancellationToken);
            }

            CalibrationResult calibration = Calibrate(split.ReadCalibrating);
            if (calibration.Statistics.Samples.Intersect(split.NamesApart, StringComparer.Ordinal).FirstOrDefault() is { } seen)
            {
                calibration.Statistics.Dispose();
                throw new SampleDataException(
                    options.StatisticsPath ?? seen, $"The statistics were collected from '{seen}' too, which the budget keeps apart from calibration, to choose or to verify by. Specify another file for them, or other samples.");
            }

            bool isMoreKnown = split.IsParted && options.StatisticsPath is null && CalibrationNeeds.Encodes(recipe);
            return new BudgetSamples(source, split, verification, bound, calibration, isMoreKnown ? () => Calibrate(split.ReadSeen) : null);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Calibrates with the samples that choose as well, once what each encoding costs has been measured with them: more samples encode better what is chosen. <see langword="null"/> where no encoding depends on samples, where all have
    /// calibrated that are not held out, and where there is a statistics file, which then is all that encodings go by.
    /// </summary>
    public CalibrationResult? CalibrateWithAll() => _all ??= _calibratingAll?.Invoke();

    /// <summary>The plan that was chosen, with what was measured of it, and what the user should know of the samples. The statistics belong to it from now on.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="outputs">What was measured on the held-out samples.</param>
    /// <param name="calibration">What it was encoded by.</param>
    public CompressionPlan Verified(CompressionPlan plan, OutputFidelity outputs, CalibrationResult calibration)
    {
        _planned = calibration;
        CalibrationResult told = calibration.For(plan);
        return plan with
        {
            Outputs = outputs,
            Warnings = [.. told.Warnings, .. plan.Warnings, .. WarningsOn(outputs)],
            Notes = [.. told.Notes, .. plan.Notes, .. NotesOn(outputs)],
        };
    }

    /// <summary>The samples that outputs were measured on, in words.</summary>
    public static string Counted(OutputFidelity outputs) =>
        FormattableString.Invariant($"{outputs.SampleCount} {(outputs.IsHeldOut ? "held-out " : string.Empty)}{(outputs.SampleCount == 1 ? "sample" : "samples")}{(outputs.IsHeldOut ? string.Empty : " to choose by")}");

    /// <inheritdoc/>
    public void Dispose()
    {
        _source.Dispose();
        foreach (CalibrationResult calibration in new[] { Calibration, _all }.OfType<CalibrationResult>().Where(calibration => !ReferenceEquals(calibration, _planned)))
        {
            calibration.Statistics.Dispose();
        }
    }

    private bool IsWeaklyBound(OutputFidelity outputs) => _bound is not null && outputs.SampleCount < TooFewForABound;

    private IEnumerable<string> WarningsOn(OutputFidelity outputs)
    {
        if (Verification.Variety.Remark is { } remark)
        {
            yield return remark;
        }

        if (IsWeaklyBound(outputs))
        {
            yield return FormattableString.Invariant(
                $"only {Counted(outputs)} verified the bound, so that other samples can miss it by far: use {SampleSplit.CountFor(TooFewForABound)} samples or more, of which a fourth is held out");
        }
    }

    private IEnumerable<string> NotesOn(OutputFidelity outputs)
    {
        if (outputs.SampleCount < FewSamples && !IsWeaklyBound(outputs))
        {
            yield return $"the outputs were verified on {Counted(outputs)}; with so few, those of other samples can be much worse";
        }

        if (outputs is { Snr: double.PositiveInfinity, SampleCount: > 1 })
        {
            yield return $"the outputs of all {Counted(outputs)} are exactly those of the source, which tells no limit for those of other samples";
        }

        if (_bound?.NoteOn(outputs) is { Length: > 0 } note)
        {
            yield return note;
        }
    }
}
