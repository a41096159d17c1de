using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration.Files;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>Meters that are filled in one pass of the samples: what they look at fits into memory.</summary>
/// <param name="Meters">The meters.</param>
/// <param name="Turns">Sums of products that fit into memory together. Where there are several turns, vectors wait for theirs.</param>
internal sealed record CollectionPass(IReadOnlyList<ISampleMeter> Meters, IReadOnlyList<IReadOnlyList<InputSums>> Turns)
{
    // Where a size is not known before the model runs.
    private const long AssumedElements = 4L << 20;

    /// <summary>Names of the values that are looked at.</summary>
    public string[] Values { get; } = Meters.SelectMany(meter => meter.Values).Distinct(StringComparer.Ordinal).ToArray();

    /// <summary>Samples that are in all sums.</summary>
    public int SamplesDone => Meters.Min(meter => meter.SamplesDone);

    /// <summary>Divides meters into passes.</summary>
    /// <param name="meters">The meters.</param>
    /// <param name="known">The values that the model can give.</param>
    /// <param name="options">How much is in memory at a time.</param>
    public static IReadOnlyList<CollectionPass> Of(IEnumerable<ISampleMeter> meters, IReadOnlyList<IntermediateValue> known, CalibrationOptions options)
    {
        Dictionary<string, long> sizes = known.ToDictionary(value => value.Name, SizeOf, StringComparer.Ordinal);
        var passes = new List<CollectionPass>();
        var pass = new List<ISampleMeter>();
        var tapped = new HashSet<string>(StringComparer.Ordinal);
        foreach (ISampleMeter meter in meters)
        {
            if (pass.Count > 0 && tapped.Union(meter.Values).Sum(ElementsOf) > options.MaxTappedElements)
            {
                passes.Add(new CollectionPass(pass, TurnsOf(pass, options.MaxHeldGramBytes)));
                pass = [];
                tapped.Clear();
            }

            pass.Add(meter);
            tapped.UnionWith(meter.Values);
        }

        if (pass.Count > 0)
        {
            passes.Add(new CollectionPass(pass, TurnsOf(pass, options.MaxHeldGramBytes)));
        }

        return passes;

        long ElementsOf(string value) => sizes.TryGetValue(value, out long size) ? size : AssumedElements;
    }

    // Those of a turn are worked on at the same time: best if they are much alike.
    private static List<IReadOnlyList<InputSums>> TurnsOf(IEnumerable<ISampleMeter> meters, long mostHeld)
    {
        var turns = new List<IReadOnlyList<InputSums>>();
        var turn = new List<InputSums>();
        foreach (InputSums sums in meters.OfType<InputMeter>().Select(meter => meter.Sums).Where(sums => sums.Sums.HasProducts).OrderByDescending(sums => sums.ProductBytes))
        {
            if (turn.Count > 0 && turn.Sum(other => other.ProductBytes) + sums.ProductBytes > mostHeld)
            {
                turns.Add(turn);
                turn = [];
            }

            turn.Add(sums);
        }

        if (turn.Count > 0)
        {
            turns.Add(turn);
        }

        return turns;
    }

    private static long SizeOf(IntermediateValue value) =>
        value.Shape.Count == 0 || value.Shape.Any(size => size < 0) ? AssumedElements : value.Shape.Aggregate(1L, (product, size) => product * size);
}
