using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Conversion;
using CoreMLQuant.Conversion.Budget;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>
/// Finds out what each way of storing each weight costs at the outputs: noise against signal of the worst output, with this weight alone stored in this way. Errors of
/// different weights are hardly correlated, so the noises of a choice add up to about that of the whole model. Some ways are measured, the others follow from them.
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
    /// <param name="variety">Told what comes out of the model as it is.</param>
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
        OutputVariety variety,
        IProgress<SensitivityProgress>? progress,
        CancellationToken cancellationToken)
    {
        var order = WeightSites.Find(model).Select((weight, place) => (Key: WeightKey.Of(weight.Site), Place: place))
            .GroupBy(weight => weight.Key).ToDictionary(group => group.Key, group => group.First().Place);
        var replaceable = ReplaceableSites.Of(model, function: null, source);
        WeightWayCosts[] costs = Array.ConvertAll(weights, weight => new WeightWayCosts(weight, replaceable.Of(weight.Sites)));
        var variants = new List<CompressedVariant>();
        try
        {
            var runs = new List<(WeightWayCosts Costs, int Way, MeasuredItem Item)>();
            for (int round = 0; round < costs.Max(cost => cost.References.Count); round++)
            {
                CompressedVariant variant = Compress(costs, round, cancellationToken);
                variants.Add(variant);
                runs.AddRange(costs
                    .Where(cost => round < cost.References.Count && cost.Sites.All(site => variant.Results.ContainsKey(WeightKey.Of(site))))
                    .Select(cost => (cost, cost.References[round], new MeasuredItem(cost.Sites[0].Name, cost.Sites, order[WeightKey.Of(cost.Sites[0])], variant))));
            }

            WeightSensitivity[] measured = SensitivityMeasurement.Measure(
                source, runs.Select(run => run.Item).ToArray(), samples, sampleCount, isExact: false, variety, progress, cancellationToken);
            for (int run = 0; run < runs.Count; run++)
            {
                runs[run].Costs.Add(runs[run].Way, measured[run].Snr);
            }

            return Array.ConvertAll(costs, cost => cost.Result());
        }
        finally
        {
            variants.ForEach(variant => variant.Dispose());
        }
    }

    // One model for the first references of all weights, one for the second ones, and so on.
    private CompressedVariant Compress(WeightWayCosts[] costs, int round, CancellationToken cancellationToken)
    {
        WeightAlternatives[] weights = Array.ConvertAll(costs, cost => cost.Weight);
        Alternative[] choices = Array.ConvertAll(costs, cost => cost.Weight.Alternatives[round < cost.References.Count ? cost.References[round] : 0]);
        return CompressedVariant.Of(
            model,
            string.Format(CultureInfo.InvariantCulture, "references {0}", round),
            () => ModelCompressor.Plan(model, () => BudgetPlanner.Plan(model, recipe, weights, choices, statistics, cancellationToken), cancellationToken),
            temporaryFolder,
            cancellationToken);
    }
}
