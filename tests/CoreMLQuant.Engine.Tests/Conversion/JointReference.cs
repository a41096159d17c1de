using System;
using System.Linq;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>
/// What coremltools does to a weight [channels, values] in two steps, written down plainly: pruning by magnitude, integers by the
/// formulas of its linear quantization, and tables by k-means++ and Lloyd's iterations. FP32 all through, as there.
/// </summary>
internal static class JointReference
{
    /// <summary>Zeros for this many of the smaller magnitudes.</summary>
    /// <remarks>
    /// coremltools cuts at a percentile, which takes up to one value more than the share; a value that becomes zero instead of an entry far away makes its error
    /// smaller. The rule is in docs/RECIPES.md.
    /// </remarks>
    public static float[] Prune(float[] weight, int zeros)
    {
        float cut = weight.Select(Math.Abs).OrderBy(value => value).ElementAt(zeros - 1);
        return weight.Select(value => Math.Abs(value) <= cut ? 0 : value).ToArray();
    }

    /// <summary>Integers with a scale for each channel, decoded; zeros of a pruned weight stay zeros.</summary>
    public static float[] Quantize(float[] weight, int channels, int bits, bool isSymmetric)
    {
        int length = weight.Length / channels;
        return Enumerable.Range(0, channels).SelectMany(channel => QuantizeBlock(weight.Skip(channel * length).Take(length).ToArray(), bits, isSymmetric)).ToArray();
    }

    /// <summary>Indices into a table of 2^bits values, decoded. The table is found over the values that a mask stores, and is itself stored as integers when asked for.</summary>
    public static float[] Palettize(float[] weight, int bits, bool isSparse, bool quantizesTable)
    {
        float[] stored = isSparse ? weight.Where(value => value != 0).ToArray() : weight;
        float[] table = Lloyd(stored, 1 << bits);
        float[] decoded = quantizesTable ? QuantizeBlock(table, 8, isSymmetric: true) : table;
        return weight.Select(value => isSparse && value == 0 ? 0 : decoded[Nearest(table, value)]).ToArray();
    }

    /// <summary>Integers of 8 bits with a scale for each channel, and indices into a table of such integers, decoded.</summary>
    public static float[] PalettizeIntegers(float[] weight, int channels, int bits)
    {
        int length = weight.Length / channels;
        float[] scales = Enumerable.Range(0, channels).Select(channel => weight.Skip(channel * length).Take(length).Max(Math.Abs) / 127).ToArray();
        float[] integers = weight.Select((value, i) => (float)Math.Round(value / scales[i / length], MidpointRounding.ToEven)).ToArray();
        float[] table = Lloyd(integers, 1 << bits).Select(entry => (float)Math.Round(entry, MidpointRounding.ToEven)).ToArray();
        return integers.Select((value, i) => table[Nearest(table, value)] * scales[i / length]).ToArray();
    }

    private static float[] QuantizeBlock(float[] values, int bits, bool isSymmetric)
    {
        float low = isSymmetric ? -((1 << (bits - 1)) - 1) : -(1 << (bits - 1)), high = (1 << (bits - 1)) - 1;
        float min = Math.Min(0, values.Min()), max = Math.Max(0, values.Max());
        float scale = isSymmetric ? 2 * Math.Max(-min, max) / (high - low) : (max - min) / (high - low);
        float zero = isSymmetric || scale == 0 ? 0 : (float)Math.Min(high, Math.Max(low, Math.Round(((low * max) - (high * min)) / (max - min), MidpointRounding.ToEven)));
        return values.Select(value => value == 0 || scale == 0 ? 0
            : scale * ((float)Math.Min(high, Math.Max(low, Math.Round(value / scale, MidpointRounding.ToEven) + zero)) - zero)).ToArray();
    }

    private static float[] Lloyd(float[] values, int count)
    {
        var random = new Random(0);
        double[] table = new double[Math.Min(count, values.Distinct().Count())];
        table[0] = values[random.Next(values.Length)];
        for (int i = 1; i < table.Length; i++)
        {
            double[] weights = values.Select(value => table.Take(i).Min(entry => (value - entry) * (value - entry))).ToArray();
            double at = random.NextDouble() * weights.Sum();
            int chosen = 0;
            while (chosen < weights.Length - 1 && (at -= weights[chosen]) > 0)
            {
                chosen++;
            }

            table[i] = values[chosen];
        }

        // coremltools stops when the centres move less than a hundredth of the variance; this goes on to the end.
        for (int round = 0; round < 100; round++)
        {
            float[] current = table.Select(entry => (float)entry).ToArray();
            double[] next = values.GroupBy(value => Nearest(current, value)).OrderBy(group => group.Key).Aggregate((double[])table.Clone(), (all, group) =>
            {
                all[group.Key] = group.Average(value => (double)value);
                return all;
            });
            if (next.SequenceEqual(table))
            {
                break;
            }

            table = next;
        }

        return table.Select(entry => (float)entry).ToArray();
    }

    private static int Nearest(float[] table, float value)
    {
        int nearest = 0;
        for (int i = 1; i < table.Length; i++)
        {
            nearest = Math.Abs(value - table[i]) < Math.Abs(value - table[nearest]) ? i : nearest;
        }

        return nearest;
    }
}
