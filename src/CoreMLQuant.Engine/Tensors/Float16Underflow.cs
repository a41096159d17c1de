using System;
using System.Threading;

namespace CoreMLQuant.Tensors;

/// <summary>
/// What the lower end of FP16 takes from a tensor: below 2^-14 numbers are whole multiples of 2^-24, and up to 2^-25 everything
/// becomes zero. A tensor that is small as a whole loses its values so, a divisor that becomes zero makes infinities.
/// </summary>
internal static class Float16Underflow
{
    /// <summary>Least signal-to-noise ratio, dB, that a tensor must keep: an error of a tenth of its values.</summary>
    public const double LeastSnr = 20;

    // Smaller tensors are biases and the like: what they lose is little beside what they are added to, and it must not keep a whole layer FP32.
    private const long FewestValues = 400;

    private const float SmallestNormal = 6.103515625e-5f;

    // The largest error of a subnormal, 2^-25, squared.
    private const double LargestNoise = 8.8817841970012523e-16;

    private static readonly double LeastRatio = Math.Pow(10, LeastSnr / 10);

    /// <summary>Whether a tensor may lose so much: not when it has few values, or when its largest one alone outweighs all errors that there can be.</summary>
    /// <param name="maxMagnitude">Its largest magnitude.</param>
    /// <param name="count">Number of values.</param>
    public static bool MayMatter(float maxMagnitude, long count) =>
        count >= FewestValues && (double)maxMagnitude * maxMagnitude < LeastRatio * count * LargestNoise;

    /// <summary>The signal-to-noise ratio, dB, where what subnormals lose leaves less than <see cref="LeastSnr"/>; otherwise <see langword="null"/>.</summary>
    /// <param name="values">The tensor.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public static double? FindLoss(TensorValues values, CancellationToken cancellationToken)
    {
        double signal = 0, noise = 0;
        ValueTiles.Visit(
            values,
            (_, tile) =>
            {
                foreach (float value in tile)
                {
                    signal += (double)value * value;
                    if (Math.Abs(value) < SmallestNormal)
                    {
                        double difference = value - HalfConversion.ToSingle(HalfConversion.FromSingleBits(SingleBits.ToBits(value)));
                        noise += difference * difference;
                    }
                }
            },
            cancellationToken);

        // False for NaN, too, and infinities outweigh everything: neither is a matter of subnormals.
        return noise > 0 && signal < LeastRatio * noise ? 10 * Math.Log10(signal / noise) : null;
    }

    /// <summary>The first value that is not zero and would become it; <see langword="null"/> when there is none.</summary>
    /// <param name="values">The tensor.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public static float? FindWiped(TensorValues values, CancellationToken cancellationToken)
    {
        float? found = null;
        ValueTiles.Visit(
            values,
            (_, tile) =>
            {
                for (int i = 0; i < tile.Length && found is null; i++)
                {
                    found = tile[i] != 0 && Math.Abs(tile[i]) <= HalfConversion.LargestUnderflow ? tile[i] : null;
                }
            },
            cancellationToken);
        return found;
    }
}
