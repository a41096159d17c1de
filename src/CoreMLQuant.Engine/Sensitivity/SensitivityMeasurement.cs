using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;

namespace CoreMLQuant.Sensitivity;

/// <summary>
/// Measures what compressing each weight costs at the outputs. A model runs as it is and then once for each weight, whose values are replaced by those that
/// it would be compressed to. Estimates run only some of the samples and, of several recipes, only those that the others can be derived from. Neither the error of a weight nor that at the output of
/// its layer tells the order of the weights: docs/CALIBRATION.md has the correlations.
/// </summary>
/// <param name="runtime">Runs models.</param>
/// <param name="settings">How they are run.</param>
/// <param name="samples">Reads all samples that are given, each time from the first.</param>
public sealed class SensitivityMeasurement(IModelRuntime runtime, RunSettings settings, Func<RunFeatures, IEnumerable<RunSample>> samples)
{
    /// <summary>Samples that are enough for a figure. Half as many leave the order of the weights to chance, where some samples are far more sensitive than others.</summary>
    internal const int EstimateSamples = 32;

    /// <summary>What may not be wanted about the samples of the model that was measured last.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>Other information about them.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    /// <summary>Measures a model.</summary>
    /// <param name="path">Full path of the model.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="calibrating">Told each run of the calibration.</param>
    /// <param name="progress">Told each run of the measurement.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    /// <returns>Recipe by recipe, each in the order of the model; weights that a recipe does not compress, or that cannot be replaced, are not among them.</returns>
    public IReadOnlyList<WeightSensitivity> Measure(
        string path,
        SensitivityOptions options,
        IProgress<CalibrationProgress>? calibrating = null,
        IProgress<SensitivityProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        WeightSite[] sites;
        CalibrationResult calibration;
        using (ModelFile file = ModelFile.Open(path, settings.FollowLinks, cancellationToken))
        {
            var wanted = new CalibrationOptions
            {
                Count = options.Count,
                Seed = options.Seed,
                StatisticsPath = options.StatisticsPath,
                WithGram = true,
                Compensates = options.Recipes.Any(CalibrationNeeds.Compensates),
            };
            sites = WeightSites.Find(file).Select(weight => weight.Site).ToArray();
            calibration = new Calibrator(runtime, settings, samples).Calibrate(file, wanted, calibrating, cancellationToken);
        }

        using CalibrationStatistics statistics = calibration.Statistics;
        var variants = new List<CompressedVariant>();
        try
        {
            foreach (CompressionRecipe recipe in options.Recipes)
            {
                variants.Add(CompressedVariant.Of(path, settings.FollowLinks, WithoutBiasCorrection(recipe), statistics, options.TemporaryFolder, cancellationToken));
            }

            calibration = calibration.For(variants.SelectMany(variant => variant.Results.Keys));
            using IRunnableModel model = runtime.Open(path, settings with { HasReplaceableWeights = true }, cancellationToken);
            var selection = SampleSelection.Of(() => samples(model.Features), options.Count, options.Seed);
            ReplaceableSites replaceable = Look(model, calibration.IsReused ? selection : null);
            MeasuredItem[][] ofRecipes = variants.Zip(options.Recipes, (variant, recipe) => Items(sites, variant, recipe, options.Groups, replaceable)).ToArray();
            (Warnings, Notes) = ([.. calibration.Warnings, .. variants.Zip(options.Recipes, NothingMeasured).Where((_, i) => ofRecipes[i].Length == 0)], calibration.Notes);
            MeasuredItem[] items = ofRecipes.SelectMany(ofRecipe => ofRecipe).ToArray();
            var variety = new OutputVariety();
            var estimate = options.IsExact ? null : new SensitivityEstimate(items);
            WeightSensitivity[] rows = Measure(model, estimate?.Runs ?? items, selection.Read(), selection.Names.Count, options.IsExact, variety, progress, cancellationToken);
            Warnings = [.. Warnings, .. variety.Remark is { } remark && items.Length > 0 ? [remark] : Array.Empty<string>()];
            return estimate?.Complete(rows) ?? rows;
        }
        finally
        {
            variants.ForEach(variant => variant.Dispose());
        }

        ReplaceableSites Look(IRunnableModel model, SampleSelection? unseen)
        {
            using ModelFile file = ModelFile.Open(path, settings.FollowLinks, cancellationToken);
            if (unseen is not null)
            {
                SampleCheck.RequireFit(model, file, settings.Function, unseen.Read(), cancellationToken);
            }

            return ReplaceableSites.Of(file, settings.Function, model);
        }
    }

    /// <summary>Measures weights.</summary>
    /// <param name="model">The model, with weights that can be replaced.</param>
    /// <param name="items">The weights.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="sampleCount">Number of samples.</param>
    /// <param name="isExact">Whether all samples run.</param>
    /// <param name="variety">Told what comes out of the model as it is.</param>
    /// <param name="progress">Told each run.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    internal static WeightSensitivity[] Measure(
        IRunnableModel model,
        MeasuredItem[] items,
        IEnumerable<RunSample> samples,
        int sampleCount,
        bool isExact,
        OutputVariety variety,
        IProgress<SensitivityProgress>? progress,
        CancellationToken cancellationToken)
    {
        int used = isExact ? sampleCount : Math.Min(sampleCount, EstimateSamples), total = used * (items.Length + 1), done = 0;
        model.ExpectReplacements(Array.ConvertAll(items, item => item.WeightNames), used);
        foreach (RunSample sample in samples.Spread(sampleCount, used))
        {
            ModelRun reference = variety.Add(model.Run(sample, cancellationToken));
            done++;
            foreach (MeasuredItem item in items)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(new SensitivityProgress(done++, total, item.Name));
                item.Run(model, sample, reference, cancellationToken);
            }
        }

        return Array.ConvertAll(items, item => item.Result(used == sampleCount));
    }

    private static string NothingMeasured(CompressedVariant variant, CompressionRecipe recipe) => recipe is OptimizationRecipe { IsEmpty: true } ? OptimizationRecipe.EmptyRemark : $"no weight was measured with '{variant.Recipe}': " + (
        variant.Results.Count > 0 ? "those that it compresses match no -Group, or cannot be replaced while the model runs"
        : variant.LargestSkipped is { } largest ? $"it compresses none. Of the largest, '{largest.Site.Name}', the reason is: {largest.Reason}"
        : "the model has none");

    private static MeasuredItem[] Items(WeightSite[] sites, CompressedVariant variant, CompressionRecipe recipe, NamePatterns groups, ReplaceableSites replaceable)
    {
        (WeightSite Site, int Order)[] compressed = sites.Select((site, order) => (site, order))
            .Where(pair => variant.Results.ContainsKey(WeightKey.Of(pair.site)) && replaceable.Contains(pair.site)).ToArray();
        return groups.IsEmpty
            ? compressed.Select(pair => new MeasuredItem(pair.Site.Name, [pair.Site], pair.Order, variant, recipe)).ToArray()
            : compressed.Select(pair => (pair.Site, pair.Order, Pattern: groups.First([pair.Site.Name, pair.Site.OpName, .. pair.Site.Consumers])))
                .Where(found => found.Pattern is not null)
                .GroupBy(found => found.Pattern!.ToString()!, StringComparer.Ordinal)
                .Select(group => new MeasuredItem(group.Key, group.Select(found => found.Site).ToArray(), group.First().Order, variant, recipe))
                .ToArray();
    }

    // A weight is measured alone, and the bias of its layer is another.
    private static CompressionRecipe WithoutBiasCorrection(CompressionRecipe recipe) => recipe switch
    {
        WeightRecipe weight => WithoutBiasCorrection(weight),
        OptimizationRecipe optimization => optimization.WithEach(WithoutBiasCorrection) with { BiasCorrection = false },
        _ => recipe,
    };

    private static WeightRecipe WithoutBiasCorrection(WeightRecipe recipe) => recipe with { BiasCorrection = false };
}
