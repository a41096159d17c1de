using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Data;

/// <summary>Inputs drawn at random. They show that a model runs and whether two models agree; what a model makes of real data they do not show.</summary>
internal static class RandomSamples
{
    /// <summary>Draws samples; a sample depends on the seed and its number only.</summary>
    public static IEnumerable<RunSample> Draw(RunFeatures features, int seed, int count)
    {
        for (int i = 0; i < count; i++)
        {
            var values = new Dictionary<string, object>(StringComparer.Ordinal);
            for (int input = 0; input < features.Inputs.Count; input++)
            {
                var numbers = new RandomNumbers(((ulong)(uint)seed << 32) ^ ((ulong)(uint)i << 12) ^ (uint)input);
                if (Draw(features.Inputs[input], numbers) is { } value)
                {
                    values.Add(features.Inputs[input].Name, value);
                }
            }

            yield return new RunSample($"random {(i + 1).ToString(CultureInfo.InvariantCulture)}", values) { IsRandom = true };
        }
    }

    private static object? Draw(RunFeature feature, RandomNumbers numbers) => feature.Kind switch
    {
        FeatureKind.Image => Image(feature.Image!, numbers),
        FeatureKind.MultiArray when feature.ElementType is ElementType.Int32 or ElementType.Int8 => Array(feature, _ => numbers.Below(2)),
        FeatureKind.MultiArray => Array(feature, _ => (float)numbers.Normal()),
        FeatureKind.Int64 => new MultiArray(new[] { (long)numbers.Below(2) }, []),
        FeatureKind.Double => new MultiArray(new[] { numbers.Normal() }, []),
        _ => null,
    };

    private static MultiArray Image(ImageFormat format, RandomNumbers numbers)
    {
        byte[] pixels = new byte[format.Channels * format.Height * format.Width];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)numbers.Below(256);
        }

        return new MultiArray(pixels, [format.Channels, format.Height, format.Width]);
    }

    private static MultiArray Array<T>(RunFeature feature, Func<int, T> draw)
    {
        IReadOnlyList<long> shape = feature.Shape.Default.Count > 0 ? feature.Shape.Default
            : feature.Shape.Enumerated.Count > 0 ? feature.Shape.Enumerated[0]
            : feature.Shape.Ranges.Count > 0 ? feature.Shape.Ranges.Select(range => Math.Max(1, range.Lower)).ToArray()
            : [1];
        var values = new T[checked((int)shape.Aggregate(1L, (product, size) => checked(product * size)))];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = draw(i);
        }

        return new MultiArray(values, shape);
    }
}
