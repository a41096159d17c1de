using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Conversion;
using CoreMLQuant.Conversion.Budget;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>
/// Measures what each way of storing each weight costs at the outputs: noise against signal of the worst output, with this weight alone stored in this way. Errors of
/// different weights are hardly correlated, so the noises of a choice add up to about that of the whole model.
/// </summary>
/// <param name="model">The open model.</param>
/// <param name="recipe">The budget.</param>
/// <param name="statistics">Statistics of the model.</param>
/// <param name="temporaryFolder">Folder for the compressed models, which are deleted afterwards.</param>
internal sealed class OutputNoise(ModelFile model, OptimizationRecipe recipe, CalibrationStatistics statistics, string temporaryFolder)
{
    /// <summary>Measures.</summary>
    /// <param name="weights">The weights with their ways.</param>
    /// <param name="source">The model, with weights that can be replaced.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="sampleCount">Number of samples.</param>
    /// <param name="progress">Told each run.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    /// <returns>
    /// The same weights and ways with <see cref="Alternative.Distortion"/> as the noise at the outputs; that of the values themselves where a weight cannot be replaced.
    /// </returns>
    public WeightAlternatives[] Measure(
        WeightAlternatives[] weights,
        IRunnableModel source,
        IEnumerable<RunSample> samples,
        int sampleCount,
        IProgress<SensitivityProgress>? progress,
        CancellationToken cancellationToken)
    {
        var order = WeightSites.Find(model).Select((weight, place) => (Key: WeightKey.Of(weight.Site), Place: place))
            .GroupBy(weight => weight.Key).ToDictionary(group => group.Key, group => group.First().Place);
        var replaceable = new HashSet<string>(source.ReplaceableWeights, StringComparer.Ordinal);
        var variants = new List<CompressedVariant>();
        try
        {
            var items = new List<(WeightAlternatives Weight, int Way, MeasuredItem Item)>();
            for (int way = 1; way < weights.Max(weight => weight.Alternatives.Count); way++)
            {
                CompressedVariant variant = Compress(weights, way, cancellationToken);
                variants.Add(variant);
                items.AddRange(weights
                    .Where(weight => way < weight.Alternatives.Count && weight.Sites.All(site => replaceable.Contains(site.Name) && variant.Results.ContainsKey(WeightKey.Of(site))))
                    .Select(weight => (weight, way, new MeasuredItem(weight.Sites[0].Name, weight.Sites, order[WeightKey.Of(weight.Sites[0])], variant))));
            }

            WeightSensitivity[] measured = SensitivityMeasurement.Measure(
                source, items.Select(item => item.Item).ToArray(), samples, sampleCount, isExact: false, progress, cancellationToken);
            Dictionary<(WeightAlternatives Weight, int Way), double> noises = items.Zip(measured, (item, figures) => (item.Weight, item.Way, figures.Snr))
                .Where(item => item.Snr is not null)
                .ToDictionary(item => (item.Weight, item.Way), item => Math.Pow(10, -item.Snr!.Value / 10));
            return Array.ConvertAll(weights, weight => weight with { Alternatives = [.. Measured(weight, noises)] });
        }
        finally
        {
            variants.ForEach(variant => variant.Dispose());
        }
    }

    // One model for all weights in their first way, one for all in their second, and so on. A weight is measured alone, and the bias of its layer is another.
    private CompressedVariant Compress(WeightAlternatives[] weights, int way, CancellationToken cancellationToken)
    {
        Alternative[] choices = Array.ConvertAll(weights, weight => way < weight.Alternatives.Count
            ? weight.Alternatives[way] with { Recipe = weight.Alternatives[way].Recipe! with { BiasCorrection = false } }
            : weight.Alternatives[0]);
        return CompressedVariant.Of(
            model,
            string.Format(CultureInfo.InvariantCulture, "way {0}", way),
            () => ModelCompressor.Plan(model, () => BudgetPlanner.Plan(model, recipe, weights, choices, statistics, cancellationToken), cancellationToken),
            temporaryFolder,
            cancellationToken);
    }

    private static IEnumerable<Alternative> Measured(WeightAlternatives weight, Dictionary<(WeightAlternatives Weight, int Way), double> noises)
    {
        for (int way = 0; way < weight.Alternatives.Count; way++)
        {
            Alternative alternative = weight.Alternatives[way];
            double noise = noises.TryGetValue((weight, way), out double measured) ? measured : alternative.Distortion / Math.Max(alternative.Error.Count, 1);

            // One that makes the outputs anything but finite is none.
            if (!double.IsNaN(noise) && !double.IsInfinity(noise))
            {
                yield return alternative with { Distortion = noise };
            }
        }
    }
}
