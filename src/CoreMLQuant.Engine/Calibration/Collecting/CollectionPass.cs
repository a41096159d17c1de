using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration.Files;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>Meters that are filled in one pass of the samples: what they look at fits into memory.</summary>
/// <param name="Meters">The meters.</param>
internal sealed record CollectionPass(IReadOnlyList<ISampleMeter> Meters)
{
    // Where a size is not known before the model runs.
    private const long AssumedElements = 4L << 20;

    /// <summary>Names of the values that are looked at.</summary>
    public string[] Values { get; } = Meters.SelectMany(meter => meter.Values).Distinct(StringComparer.Ordinal).ToArray();

    /// <summary>Sums of products among those that are filled.</summary>
    public InputSums[] Products { get; } = Meters.OfType<InputMeter>().Select(meter => meter.Sums).Where(sums => sums.Sums.HasProducts).ToArray();

    /// <summary>Samples that are in all sums.</summary>
    public int SamplesDone => Meters.Min(meter => meter.SamplesDone);

    /// <summary>Divides meters into passes.</summary>
    /// <param name="meters">The meters.</param>
    /// <param name="known">The values that the model can give.</param>
    /// <param name="mostTapped">Elements of values that the model gives at a time.</param>
    public static IReadOnlyList<CollectionPass> Of(IEnumerable<ISampleMeter> meters, IReadOnlyList<IntermediateValue> known, long mostTapped)
    {
        Dictionary<string, long> sizes = known.ToDictionary(value => value.Name, SizeOf, StringComparer.Ordinal);
        var passes = new List<CollectionPass>();
        var pass = new List<ISampleMeter>();
        var tapped = new HashSet<string>(StringComparer.Ordinal);
        foreach (ISampleMeter meter in meters)
        {
            if (pass.Count > 0 && tapped.Union(meter.Values).Sum(ElementsOf) > mostTapped)
            {
                passes.Add(new CollectionPass(pass));
                pass = [];
                tapped.Clear();
            }

            pass.Add(meter);
            tapped.UnionWith(meter.Values);
        }

        if (pass.Count > 0)
        {
            passes.Add(new CollectionPass(pass));
        }

        return passes;

        long ElementsOf(string value) => sizes.TryGetValue(value, out long size) ? size : AssumedElements;
    }

    private static long SizeOf(IntermediateValue value) =>
        value.Shape.Count == 0 || value.Shape.Any(size => size < 0) ? AssumedElements : value.Shape.Aggregate(1L, (product, size) => product * size);
}
