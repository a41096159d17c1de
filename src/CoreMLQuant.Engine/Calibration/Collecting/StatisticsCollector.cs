using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Files;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>Runs the samples of a calibration and fills the sums of a plan. Values go through and are dropped; sums are added in the order of the samples.</summary>
/// <param name="runner">Runs the model.</param>
/// <param name="path">Full path of the model.</param>
/// <param name="settings">How it is run.</param>
internal sealed class StatisticsCollector(IModelRunner runner, string path, RunSettings settings)
{
    private readonly DroppedValues _dropped = new();

    /// <summary>Fills the sums.</summary>
    /// <param name="plan">What to fill.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="kept">Keeps what has been collected so far.</param>
    /// <param name="options">Where sums are that are not being filled, if they are too many for memory.</param>
    /// <param name="progress">Told each run before it begins.</param>
    /// <param name="cancellationToken">Stops between samples; what has been collected is kept.</param>
    /// <exception cref="ModelRunException">The model stopped with an error, or gave NaN or infinity where a weight is multiplied.</exception>
    public void Fill(CollectionPlan plan, SampleSelection samples, KeptSums kept, CalibrationOptions options, IProgress<CalibrationProgress>? progress, CancellationToken cancellationToken)
    {
        using var products = new WaitingProducts(plan.ParkedBytes, options);
        int total = plan.Passes.Count * samples.Names.Count, done = 0;
        try
        {
            foreach (CollectionPass pass in plan.Passes)
            {
                done += pass.SamplesDone;
                if (pass.SamplesDone < samples.Names.Count)
                {
                    Fill(pass, samples, products, kept, sample => progress?.Report(new CalibrationProgress(done++, total, sample)), cancellationToken);
                }
            }

            products.HandOver();
        }
        catch (InvalidDataException e)
        {
            // Another run would end at the same sample.
            kept.Discard();
            throw new ModelRunException($"'{path}' cannot be calibrated. {e.Message}", e);
        }
        finally
        {
            if (kept.HasNews)
            {
                products.AddWaiting(kept, CancellationToken.None);
                kept.Save();
            }
        }
    }

    private void Fill(CollectionPass pass, SampleSelection samples, WaitingProducts products, KeptSums kept, Action<string> report, CancellationToken cancellationToken)
    {
        products.Begin(pass.Products);
        using IRunnableModel model = runner.Open(path, settings with { IntermediateValues = pass.Values, HasInnerValues = true }, cancellationToken);
        foreach ((RunSample sample, int ordinal) in samples.Read().Select((sample, i) => (sample, i)).Skip(pass.SamplesDone))
        {
            cancellationToken.ThrowIfCancellationRequested();
            report(sample.Name);
            Add(model.Run(sample, cancellationToken), pass.Meters.Where(meter => meter.SamplesDone == ordinal).ToArray(), kept);
            _dropped.Collect();
            if (products.IsDue || kept.IsDue)
            {
                products.AddWaiting(kept, cancellationToken);
            }

            if (kept.IsDue)
            {
                kept.Save();
            }
        }

        products.End(kept, cancellationToken);
    }

    // Whole samples or nothing: an error between two meters leaves sums that nobody can go on with.
    private void Add(ModelRun run, ISampleMeter[] meters, KeptSums kept) => kept.Change(() =>
    {
        _dropped.Add(run);
        Dictionary<string, TappedValue> values = run.IntermediateValues.Cast<DictionaryEntry>()
            .ToDictionary(value => (string)value.Key, value => TappedValue.Of((MultiArray)value.Value!), StringComparer.Ordinal);
        foreach (string name in meters.OfType<InputMeter>().SelectMany(meter => meter.Values).Distinct(StringComparer.Ordinal))
        {
            RequireFinite(name, values[name].Elements, run);
        }

        using var work = ParallelWork<ISampleMeter>.Start(meters.OrderByDescending(meter => meter.Work).ToArray(), 0, (meter, _) => meter.Add(values), CancellationToken.None);
        work.Join();
    });

    private static void RequireFinite(string name, float[] elements, ModelRun run)
    {
        int at = Array.FindIndex(elements, element => float.IsNaN(element) || float.IsInfinity(element));
        if (at >= 0)
        {
            string what = float.IsNaN(elements[at]) ? "NaN" : "infinity";
            throw new InvalidDataException(
                $"Its value '{name}' holds {what} for the sample '{run.Sample}', and a weight is multiplied with it. {string.Concat(run.Warnings.Select(warning => warning + " "))}Leave the sample out if its data hold such values. Whether FP16 overflows, Invoke-CoreMLModel -Arithmetic Float32 shows.");
        }
    }
}
