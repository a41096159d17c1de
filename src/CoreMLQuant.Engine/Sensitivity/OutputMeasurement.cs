using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Planning;
using CoreMLQuant.Running;

namespace CoreMLQuant.Sensitivity;

/// <summary>
/// Runs a model that was compressed with data beside its source, before it takes its place. The samples usually are those of the calibration, so the figures are
/// those of the best case. Only a budget holds samples out.
/// </summary>
/// <param name="runtime">Runs models.</param>
/// <param name="settings">How they are run.</param>
/// <param name="samples">Reads all samples that are given, each time from the first.</param>
public sealed class OutputMeasurement(IModelRuntime runtime, RunSettings settings, Func<RunFeatures, IEnumerable<RunSample>> samples)
{
    /// <summary>What the bounds are called that would have kept more of the outputs.</summary>
    public BoundNames BoundNames { get; init; } = BoundNames.Parameters;

    /// <summary>Adds what comes out to the result of a conversion, or why that cannot be told. A conversion whose outputs are known already, or that wrote nothing, is left.</summary>
    /// <param name="conversion">The conversion.</param>
    /// <param name="options">Which of the samples are used.</param>
    /// <param name="progress">Told each sample before it runs.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    /// <returns>What may not be what the user wants, which is in the notes of the result as well.</returns>
    public IReadOnlyList<string> Measure(PendingConversion conversion, CalibrationOptions options, IProgress<CalibrationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (conversion.WrittenPath is not { } path || conversion.HasOutputs)
        {
            return [];
        }

        string[] remarks = [];
        var variety = new OutputVariety();
        Stopwatch time = Stopwatch.StartNew();
        try
        {
            using IRunnableModel source = runtime.Open(conversion.SourcePath, settings, cancellationToken);
            RunFeatures features = source.Features;
            var selection = SampleSelection.Of(() => samples(features), options.Count, options.Seed);
            int count = Math.Min(SensitivityMeasurement.EstimateSamples, selection.Names.Count), done = 0;
            IEnumerable<RunSample> Samples() => selection.Read().Spread(selection.Names.Count, count).Select(sample =>
            {
                progress?.Report(new CalibrationProgress(done++, 2 * count, sample.Name));
                return sample;
            });

            // Closes the source as soon as it is no longer needed.
            using var reference = ReferenceRuns.Of(source, Samples(), cancellationToken: cancellationToken);
            using IRunnableModel compressed = runtime.Open(path, settings, cancellationToken);
            ComparedOutputs outputs = OutputComparer.Compare(sample => variety.Add(reference.Run(sample, cancellationToken)), compressed, Samples(), null, cancellationToken);
            OutputFidelity fidelity = outputs.ToFidelity(isHeldOut: false);
            conversion.Tell(fidelity);
            remarks = new[] { NotNumbers(outputs.Warnings), variety.Remark, PoorActivations.RemarkOn(conversion, fidelity, BoundNames) }.OfType<string>().ToArray();
        }
        catch (Exception e) when (e is ModelNotRunnableException or ModelRunException or SampleDataException or InputMismatchException or CoreMLFormatException)
        {
            // The compressed model is as good as it would be without this look at it.
            conversion.Tell($"The outputs were not compared with those of the source. {e.Message}");
        }

        Array.ForEach(remarks, conversion.Tell);
        conversion.Tell(time.Elapsed);
        return remarks;
    }

    // Samples beside a complete statistics file are not looked at before.
    private static string? NotNumbers(IReadOnlyList<string> warnings) => warnings.Count == 0 ? null
        : string.Format(
            CultureInfo.InvariantCulture,
            "{0}{1}; values that are no numbers do not count in the figures of the outputs",
            warnings[0].TrimEnd('.'),
            warnings.Count == 1 ? string.Empty : $", and {warnings.Count - 1} more such {(warnings.Count == 2 ? "value" : "values")}");
}
