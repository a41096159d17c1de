using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Coding;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Planning;

/// <summary>Measures the ways in which weights could be stored, several weights at once.</summary>
internal static class AlternativeMeasurement
{
    /// <summary>Looks at a weight and plans it in one way.</summary>
    /// <returns>The parts and their bytes; <see langword="null"/> when the weight cannot be stored so.</returns>
    public delegate (EncodedWeight Weight, long Length)? Plan(CancellationToken cancellationToken);

    /// <summary>Measures them. Ways that save nothing are left out.</summary>
    /// <param name="weights">Weights that share data, and each way's recipe and plan.</param>
    /// <param name="cancellationToken">Stops measuring.</param>
    public static IReadOnlyList<WeightAlternatives> Run(
        IEnumerable<(IReadOnlyList<WeightSite> Sites, IReadOnlyList<(WeightRecipe Recipe, Plan Plan)> Ways)> weights, CancellationToken cancellationToken)
    {
        Measurement[] measurements = weights.Select(weight => new Measurement(weight.Sites, weight.Ways)).ToArray();
        using var work = ParallelWork<Measurement>.Start(measurements, 0, (measurement, stop) => measurement.Run(stop), cancellationToken);
        work.Join();
        return measurements.Select(measurement => measurement.Result!).ToArray();
    }

    /// <summary>One weight's ways; written by one worker, read after joining.</summary>
    private sealed class Measurement(IReadOnlyList<WeightSite> sites, IReadOnlyList<(WeightRecipe Recipe, Plan Plan)> ways)
    {
        public WeightAlternatives? Result { get; private set; }

        public void Run(CancellationToken cancellationToken)
        {
            WeightSite site = sites[0];
            var alternatives = new List<Alternative> { new(null, site.ByteCount, new WeightError(site.ElementCount, 0, 0, 0, 0, 0)) };
            foreach ((WeightRecipe recipe, Plan plan) in ways)
            {
                if (plan(cancellationToken) is var (weight, length) && length < site.ByteCount)
                {
                    alternatives.Add(new Alternative(recipe, length, weight.Measure(cancellationToken)));
                }
            }

            Result = new WeightAlternatives(sites, alternatives);
        }
    }
}
