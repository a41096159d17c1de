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

/// <summary>The samples of a budget while a model is planned: some to calibrate and measure with, the others held out; and the source, which both run through.</summary>
internal sealed class BudgetSamples : IDisposable
{
    private const int FewSamples = 16;

    private readonly IModelRuntime _runtime;
    private readonly RunSettings _settings;
    private readonly CalibrationOptions _options;
    private readonly Func<RunFeatures, SampleSplit> _split;
    private readonly IRunnableModel _source;

    private BudgetSamples(IModelRuntime runtime, RunSettings settings, CalibrationOptions options, Func<RunFeatures, SampleSplit> split, IRunnableModel source, string temporaryFolder)
    {
        (_runtime, _settings, _options, _split, _source) = (runtime, settings, options, split, source);
        Split = split(source.Features);
        Verification = new OutputVerification(runtime, settings, source, Split, temporaryFolder);
    }

    /// <summary>The samples.</summary>
    public SampleSplit Split { get; }

    /// <summary>Runs plans on them.</summary>
    public OutputVerification Verification { get; }

    /// <summary>Opens the source and checks the samples.</summary>
    /// <param name="runtime">Runs models.</param>
    /// <param name="settings">How they are run.</param>
    /// <param name="samples">Reads all samples that are given, each time from the first.</param>
    /// <param name="model">The source.</param>
    /// <param name="options">Which samples are used.</param>
    /// <param name="temporaryFolder">Folder for models, which are deleted afterwards.</param>
    /// <param name="cancellationToken">Stops checking.</param>
    /// <exception cref="SampleDataException">There are too few samples.</exception>
    /// <exception cref="InputMismatchException">Samples do not fit the model.</exception>
    /// <exception cref="ModelNotRunnableException">The model cannot be run.</exception>
    public static BudgetSamples Open(
        IModelRuntime runtime,
        RunSettings settings,
        Func<RunFeatures, IEnumerable<RunSample>> samples,
        ModelFile model,
        CalibrationOptions options,
        string temporaryFolder,
        CancellationToken cancellationToken)
    {
        IRunnableModel source = runtime.Open(model.Path, settings, cancellationToken);
        try
        {
            var opened = new BudgetSamples(runtime, settings, options, features => SampleSplit.Of(() => samples(features), options.Count, options.Seed), source, temporaryFolder);
            SampleCheck.RequireFit(source, opened.Split.All, cancellationToken);
            return opened;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Calibrates with the samples that are not held out.</summary>
    /// <exception cref="SampleDataException">The statistics are of samples that are held out.</exception>
    public CalibrationResult Calibrate(ModelFile model, CompressionRecipe recipe, IProgress<CalibrationProgress>? progress, CancellationToken cancellationToken)
    {
        CalibrationResult calibration = new Calibrator(_runtime, _settings, features => _split(features).ReadMeasured())
            .Calibrate(model, CalibrationNeeds.For(_options with { Count = null }, model, recipe), progress, cancellationToken);
        return calibration.Statistics.Samples.Intersect(Split.HeldOutNames, StringComparer.Ordinal).FirstOrDefault() is { } seen
            ? throw new SampleDataException(
                _options.StatisticsPath ?? seen, $"The statistics were collected from '{seen}' too, which is held out to verify the budget. Specify another file for them, or other samples.")
            : calibration;
    }

    /// <summary>What the reader should know of what was measured on the held-out samples.</summary>
    /// <param name="outputs">What was measured.</param>
    /// <param name="bound">The bound on it; <see langword="null"/> for none.</param>
    public static IEnumerable<string> NotesOn(OutputFidelity outputs, OutputBound? bound)
    {
        // Some samples can be worse than others by 20 dB.
        if (outputs.SampleCount < FewSamples)
        {
            yield return FormattableString.Invariant(
                $"the outputs were verified on {Counted(outputs.SampleCount)}, a fourth of all; with so few, those of other samples can be much worse");
        }

        if (bound?.NoteOn(outputs) is { Length: > 0 } note)
        {
            yield return note;
        }
    }

    /// <summary>A number of samples that were held out, in words.</summary>
    public static string Counted(int samples) => samples == 1 ? "1 held-out sample" : FormattableString.Invariant($"{samples} held-out samples");

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
