using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;

namespace CoreMLQuant.Comparison;

/// <summary>Compares two models: what they say of themselves, their operations, and the values of their weights.</summary>
public static class ModelComparer
{
    /// <summary>
    /// Compares. Reads and decodes the weights of both, on all processors, in the memory of a few tiles; figures are the same for any number
    /// of processors.
    /// </summary>
    /// <param name="reference">The model that is taken for right.</param>
    /// <param name="difference">The model that is measured against it.</param>
    /// <param name="progress">Told how far it is, in bytes of the weights of both; from any thread.</param>
    /// <param name="cancellationToken">Stops comparing.</param>
    /// <exception cref="CoreMLFormatException">A weight file is missing, or a weight breaks a rule of the format.</exception>
    /// <exception cref="OperationCanceledException">The comparison was stopped.</exception>
    public static ModelComparison Compare(
        ModelFile reference, ModelFile difference, IProgress<ConversionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Stopwatch time = Stopwatch.StartNew();
        // Going through a big program costs as much as reading a good part of its weights: once for everything, and both at a time.
        Side one = null!, other = null!;
        Together(() => one = Side.Of(reference), () => other = Side.Of(difference), cancellationToken);
        CoreMLModel before = one.Description, after = other.Description;
        var scopes = new ScopeMap(reference.Specification, difference.Specification);
        (ComparedWeights left, ComparedWeights right) = ComparedWeights.Of(reference, one.Found, difference, other.Found, scopes, cancellationToken);
        IReadOnlyList<OperationDifference> operations = [];
        WeightPairs pairs = null!;
        IReadOnlyList<WeightPair> found = [];
        Together(
            () => operations = OperationDifferences.Of(reference.Specification, difference.Specification),
            () => found = (pairs = new WeightPairs(left.Weights, right.Weights, scopes)).Found,
            cancellationToken);
        (IReadOnlyList<WeightComparison> weights, IReadOnlyList<WeightPair> unreadable) = Measure(reference.Path, found, progress, cancellationToken);
        return new ModelComparison
        {
            ReferencePath = reference.Path,
            DifferencePath = difference.Path,
            ReferenceFormat = before.Format,
            DifferenceFormat = after.Format,
            ReferenceSpecificationVersion = before.SpecificationVersion,
            DifferenceSpecificationVersion = after.SpecificationVersion,
            ReferenceRequiredVersion = before.RequiredVersion,
            DifferenceRequiredVersion = after.RequiredVersion,
            ReferenceOpset = before.Opset,
            DifferenceOpset = after.Opset,
            ReferenceSize = before.Size,
            DifferenceSize = after.Size,
            Encodings = EncodingSizes.Of(one.Distinct, other.Distinct),
            Differences = PropertyDifferences.Of(before, after),
            Operations = operations,
            Weights = weights,
            OnlyInReference = [.. pairs.OnlyInReference, .. left.Folded.Select(Folded), .. unreadable.Select(pair => Unreadable(pair.Reference, pair.Difference))],
            OnlyInDifference = [.. pairs.OnlyInDifference, .. right.Folded.Select(Folded), .. unreadable.Select(pair => Unreadable(pair.Difference, pair.Reference))],
            Elapsed = time.Elapsed,
        };
    }

    private static (IReadOnlyList<WeightComparison> Weights, IReadOnlyList<WeightPair> Unreadable) Measure(
        string path, IReadOnlyList<WeightPair> pairs, IProgress<ConversionProgress>? progress, CancellationToken cancellationToken)
    {
        var prepared = new (WeightPair Pair, PairMeasurement? Measurement)[pairs.Count];
        using (var work = ParallelWork<int>.Start(Enumerable.Range(0, pairs.Count).ToArray(), 0, (index, _) => prepared[index] = (pairs[index], PairMeasurement.Of(pairs[index])), cancellationToken))
        {
            work.Join();
        }

        PairMeasurement[] measurements = prepared.Select(item => item.Measurement).OfType<PairMeasurement>().ToArray();
        (PairMeasurement Measurement, int Job)[] jobs = measurements
            .SelectMany(measurement => Enumerable.Range(0, measurement.JobCount).Select(job => (measurement, job)))
            .ToArray();
        long done = 0, all = jobs.Sum(item => item.Measurement.JobBytes);
        using (var work = ParallelWork<(PairMeasurement Measurement, int Job)>.Start(jobs, 0, Run, cancellationToken))
        {
            work.Join();
        }

        return (
            measurements.Select(measurement => measurement.Result()).ToArray(),
            prepared.Where(item => item.Measurement is null).Select(item => item.Pair).ToArray());

        void Run((PairMeasurement Measurement, int Job) item, CancellationToken stop)
        {
            item.Measurement.Run(item.Job, stop);
            long now = Interlocked.Add(ref done, item.Measurement.JobBytes);
            progress?.Report(new ConversionProgress(path, now, all));
        }
    }

    private static void Together(Action one, Action other, CancellationToken cancellationToken)
    {
        using var work = ParallelWork<Action>.Start([one, other], 0, (action, _) => action(), cancellationToken);
        work.Join();
    }

    private static UnpairedWeight Folded((WeightSite Site, string Into) weight) =>
        WeightPairs.Unpaired(weight.Site, $"its layer was folded into '{weight.Into}' for the comparison to match the other model") with { IsFolded = true };

    private static UnpairedWeight Unreadable(FoundWeight weight, FoundWeight counterpart) => WeightPairs.Unpaired(
        weight.Site,
        $"its counterpart is '{counterpart.Site.Name}', but {weight.Site.EncodingName} and {counterpart.Site.EncodingName} values cannot both be decoded");

    /// <summary>What is found out about one of the models alone.</summary>
    /// <param name="Found">Its weights.</param>
    /// <param name="Distinct">One of those that share their data.</param>
    /// <param name="Description">What it says of itself.</param>
    private sealed record Side(FoundWeight[] Found, IReadOnlyList<WeightSite> Distinct, CoreMLModel Description)
    {
        public static Side Of(ModelFile file)
        {
            FoundWeight[] found = WeightSites.Find(file).ToArray();
            WeightSite[] sites = Array.ConvertAll(found, weight => weight.Site);
            IReadOnlyList<WeightSite> distinct = WeightSites.Distinct(sites);

            // Duplicates are no difference of what the models are.
            return new Side(found, distinct, ModelDescriber.Describe(file, sites.Length, distinct, duplicateSize: 0));
        }
    }
}
