using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Data;

/// <summary>Arrays by feature as samples: of the feature's rank, an array is one sample; with an axis more, samples along the first.</summary>
internal static class ArraySamples
{
    private const int ImageRank = 3;

    /// <summary>Takes arrays apart.</summary>
    /// <exception cref="SampleDataException">Arrays hold different numbers of samples.</exception>
    public static IEnumerable<RunSample> Split(string path, IReadOnlyList<(string Name, MultiArray Array)> arrays, RunFeatures features)
    {
        string file = Path.GetFileName(path);
        (string Name, MultiArray Array, bool IsStack)[] parts = arrays.Select(item => (item.Name, item.Array, IsStack(item.Array, item.Name, features))).ToArray();
        long[] counts = parts.Where(part => part.IsStack).Select(part => part.Array.Shape[0]).Distinct().ToArray();
        if (counts.Length > 1)
        {
            throw new SampleDataException(path, "Its arrays hold different numbers of samples: "
                + string.Join(", ", parts.Where(part => part.IsStack).Select(part => $"'{part.Name}' {part.Array.Shape[0].ToString(CultureInfo.InvariantCulture)}")) + ".");
        }

        return counts.Length == 0
            ? [new RunSample(file, parts.ToDictionary(part => part.Name, part => (object)part.Array, StringComparer.Ordinal))]
            : Stacked(counts[0]);

        IEnumerable<RunSample> Stacked(long count)
        {
            for (long i = 0; i < count; i++)
            {
                yield return new RunSample(
                    $"{file}:{(i + 1).ToString(CultureInfo.InvariantCulture)}",
                    parts.ToDictionary(part => part.Name, part => (object)(part.IsStack ? part.Array.Slice(i) : part.Array), StringComparer.Ordinal));
            }
        }
    }

    private static bool IsStack(MultiArray array, string name, RunFeatures features) =>
        BareValues.Target(features, name, array) is { } feature && RankOf(feature) is { } rank && array.Shape.Length == rank + 1 && !feature.Shape.Admits(array.Shape);

    private static int? RankOf(RunFeature feature) => feature.Kind switch
    {
        FeatureKind.MultiArray => feature.Shape.Rank,
        FeatureKind.Image => ImageRank,
        FeatureKind.Int64 or FeatureKind.Double or FeatureKind.String => 0,
        _ => null,
    };
}
