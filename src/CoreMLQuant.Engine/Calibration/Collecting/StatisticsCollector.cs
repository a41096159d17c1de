using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration.Files;
using CoreMLQuant.Collections;
using CoreMLQuant.Files;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>Runs the samples of a calibration and fills the sums of a plan. Values go through and are dropped; sums are added in the order of the samples.</summary>
/// <param name="runner">Runs the model.</param>
/// <param name="path">Full path of the model.</param>
/// <param name="settings">How it is run.</param>
internal sealed class StatisticsCollector(IModelRunner runner, string path, RunSettings settings)
{
    // What a stopped run loses, unless saving itself takes long.
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(30);
    private const int MostShareOfSaving = 20;

    /// <summary>Fills the sums.</summary>
    /// <param name="plan">What to fill.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="kept">Keeps what has been collected so far.</param>
    /// <param name="temporaryFolder">Where sums are parked that are not being filled, if they are too many for memory.</param>
    /// <param name="progress">Told each run before it begins.</param>
    /// <param name="cancellationToken">Stops between samples; what has been collected is kept.</param>
    /// <exception cref="ModelRunException">The model stopped with an error, or gave NaN or infinity where a weight is multiplied.</exception>
    public void Fill(CollectionPlan plan, SampleSelection samples, KeptSums kept, string temporaryFolder, IProgress<CalibrationProgress>? progress, CancellationToken cancellationToken)
    {
        int total = plan.Passes.Count * samples.Names.Count, done = 0;
        Stopwatch sinceSaved = Stopwatch.StartNew();
        TimeSpan saveInterval = SaveInterval;
        var dropped = new DroppedValues();
        ScratchFile? scratch = plan.IsParked ? new ScratchFile(temporaryFolder) : null;
        bool hasNews = false, isDone = false;
        try
        {
            foreach (IReadOnlyList<ISampleMeter> pass in plan.Passes)
            {
                string[] names = pass.SelectMany(meter => meter.Values).Distinct(StringComparer.Ordinal).ToArray();
                int first = pass.Min(meter => meter.SamplesDone);
                done += first;
                if (first == samples.Names.Count)
                {
                    continue;
                }

                InputSums[] sums = pass.OfType<InputMeter>().Select(meter => meter.Sums).ToArray();
                Array.ForEach(sums, input => input.Unpark());
                using IRunnableModel model = runner.Open(path, settings with { IntermediateValues = names, HasHiddenStates = true }, cancellationToken);
                foreach ((RunSample sample, int ordinal) in samples.Read().Select((sample, i) => (sample, i)).Skip(first))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    progress?.Report(new CalibrationProgress(done++, total, sample.Name));
                    ModelRun run = model.Run(sample, cancellationToken);

                    // Whole samples or nothing: an error between two meters leaves sums that nobody can go on with.
                    hasNews = false;
                    Add(run, pass.Where(meter => meter.SamplesDone == ordinal), dropped);
                    hasNews = true;
                    dropped.Collect();
                    if (sinceSaved.Elapsed > saveInterval)
                    {
                        sinceSaved.Restart();
                        kept.Save();
                        hasNews = false;
                        saveInterval = TimeSpan.FromTicks(Math.Max(SaveInterval.Ticks, MostShareOfSaving * sinceSaved.Elapsed.Ticks));
                        sinceSaved.Restart();
                    }
                }

                if (scratch is not null)
                {
                    Array.ForEach(sums, input => input.Park(scratch));
                    DroppedArrays.Add(pass.Sum(meter => meter.HeldBytes));
                }
            }

            isDone = true;
        }
        catch (InvalidDataException e)
        {
            // Another run would end at the same sample.
            hasNews = false;
            kept.Discard();
            throw new ModelRunException($"'{path}' cannot be calibrated. {e.Message}", e);
        }
        finally
        {
            if (hasNews)
            {
                kept.Save();
            }

            if (!isDone)
            {
                scratch?.Dispose();
            }
        }
    }

    private static void Add(ModelRun run, IEnumerable<ISampleMeter> meters, DroppedValues dropped)
    {
        dropped.Add(run);
        Dictionary<string, TappedValue> values = run.IntermediateValues.Cast<DictionaryEntry>()
            .ToDictionary(value => (string)value.Key, value => TappedValue.Of((MultiArray)value.Value!), StringComparer.Ordinal);
        ISampleMeter[] all = meters.ToArray();
        foreach (string name in all.OfType<InputMeter>().SelectMany(meter => meter.Values).Distinct(StringComparer.Ordinal))
        {
            RequireFinite(name, values[name].Elements, run.Sample);
        }

        using var work = ParallelWork<ISampleMeter>.Start(all.OrderByDescending(meter => meter.Work).ToArray(), 0, (meter, _) => meter.Add(values), CancellationToken.None);
        work.Join();
    }

    private static void RequireFinite(string name, float[] elements, string sample)
    {
        int at = Array.FindIndex(elements, element => float.IsNaN(element) || float.IsInfinity(element));
        if (at >= 0)
        {
            string what = float.IsNaN(elements[at]) ? "NaN" : "infinity";
            throw new InvalidDataException(
                $"Its value '{name}' holds {what} for the sample '{sample}', and a weight is multiplied with it. Leave the sample out if its data hold such values. Whether FP16 overflows, Invoke-CoreMLModel -Arithmetic Float32 shows.");
        }
    }
}
