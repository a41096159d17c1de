using System;
using System.Collections.Generic;
using System.Globalization;
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
    /// <returns>The parts and their bytes; without parts, why the weight cannot be stored so.</returns>
    public delegate (EncodedWeight? Weight, long Length, string Reason) Plan(CancellationToken cancellationToken);

    /// <summary>Measures them. Ways that save nothing are left out.</summary>
    /// <param name="weights">The weights with the ways that come into question.</param>
    /// <param name="store">Keeps the encodings; <see langword="null"/> when they are only measured.</param>
    /// <param name="cancellationToken">Stops measuring.</param>
    public static WeightAlternatives[] Run(IEnumerable<WeightWays> weights, EncodingStore? store, CancellationToken cancellationToken) =>
        Run(weights, (recipe, length, encoded, stop) => Measure(store, recipe, length, encoded, stop), cancellationToken);

    /// <summary>Looks how many bytes they take, which is known without encoding anything. Their errors are not.</summary>
    /// <param name="weights">The weights with the ways that come into question.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static WeightAlternatives[] Lengths(IEnumerable<WeightWays> weights, CancellationToken cancellationToken) =>
        Run(weights, (recipe, length, _, _) => new Alternative(recipe, length, NoError(0)), cancellationToken);

    private static WeightAlternatives[] Run(IEnumerable<WeightWays> weights, Look look, CancellationToken cancellationToken)
    {
        Measurement[] measurements = weights.Select(weight => new Measurement(weight, look)).ToArray();
        using var work = ParallelWork<Measurement>.Start(measurements, 0, (measurement, stop) => measurement.Run(stop), cancellationToken);
        work.Join();
        return measurements.Select(measurement => measurement.Result!).ToArray();
    }

    private static Alternative Measure(EncodingStore? store, WeightRecipe recipe, long length, EncodedWeight encoded, CancellationToken cancellationToken)
    {
        EncodingRecord? record = store?.Record(encoded, cancellationToken);
        WeightError error = record?.Error ?? encoded.Measure(cancellationToken);
        return new Alternative(recipe, length, error) { LayerError = encoded.LayerError, Record = record };
    }

    private static WeightError NoError(long count) => new(count, 0, 0, 0, 0, 0);

    private delegate Alternative Look(WeightRecipe recipe, long length, EncodedWeight encoded, CancellationToken cancellationToken);

    /// <summary>One weight's ways; written by one worker, read after joining.</summary>
    private sealed class Measurement(WeightWays weight, Look look)
    {
        public WeightAlternatives? Result { get; private set; }

        public void Run(CancellationToken cancellationToken)
        {
            WeightSite site = weight.Sites[0];
            string reason = weight.Reason;
            var alternatives = new List<Alternative> { new(null, site.ByteCount, NoError(site.ElementCount)) };
            IDisposable? factors = null;
            try
            {
                foreach ((WeightRecipe recipe, Plan plan) in weight.Ways)
                {
                    (EncodedWeight? encoded, long length, string problem) = plan(cancellationToken);
                    if (encoded is not null && length < site.ByteCount)
                    {
                        factors ??= encoded.Layer?.KeepFactors();
                        alternatives.Add(look(recipe, length, encoded, cancellationToken));
                    }
                    else if (reason.Length == 0)
                    {
                        reason = encoded is null ? problem : string.Format(CultureInfo.InvariantCulture, "would take {0} bytes instead of {1}", length, site.ByteCount);
                    }
                }
            }
            finally
            {
                factors?.Dispose();
            }

            Result = new WeightAlternatives(weight.Sites, alternatives, alternatives.Count == 1 ? reason : string.Empty);
        }
    }
}
