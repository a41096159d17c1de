using System;
using System.Globalization;

namespace CoreMLQuant.Runtime.Features;

/// <summary>Numbers of one type as numbers of another.</summary>
internal static class ArrayConversion
{
    /// <summary>Values as FP32; an array that is FP32 is given as it is.</summary>
    public static float[] ToSingle(Array values) => values switch
    {
        float[] same => same,
        double[] numbers => Array.ConvertAll(numbers, value => (float)value),
        Half[] numbers => Array.ConvertAll(numbers, value => (float)value),
        int[] numbers => Array.ConvertAll(numbers, value => (float)value),
        long[] numbers => Array.ConvertAll(numbers, value => (float)value),
        bool[] flags => Array.ConvertAll(flags, value => value ? 1f : 0f),
        _ => Each(values, value => Convert.ToSingle(value, CultureInfo.InvariantCulture)),
    };

    /// <summary>Values as FP64; an array that is FP64 is given as it is.</summary>
    public static double[] ToDouble(Array values) => values switch
    {
        double[] same => same,
        float[] numbers => Array.ConvertAll(numbers, value => (double)value),
        Half[] numbers => Array.ConvertAll(numbers, value => (double)value),
        bool[] flags => Array.ConvertAll(flags, value => value ? 1.0 : 0.0),
        _ => Each(values, value => Convert.ToDouble(value, CultureInfo.InvariantCulture)),
    };

    /// <summary>Values as 32-bit integers; an array of those is given as it is.</summary>
    /// <exception cref="OverflowException">A value is too large, or not whole.</exception>
    public static int[] ToInt32(Array values) => values switch
    {
        int[] same when values.GetType() == typeof(int[]) => same,
        long[] numbers when values.GetType() == typeof(long[]) => Array.ConvertAll(numbers, value => checked((int)value)),
        float[] numbers => Array.ConvertAll(numbers, value => Whole(value)),
        double[] numbers => Array.ConvertAll(numbers, Whole),
        Half[] numbers => Array.ConvertAll(numbers, value => Whole((double)value)),
        bool[] flags => Array.ConvertAll(flags, value => value ? 1 : 0),
        _ => Each(values, value => Convert.ToInt32(value, CultureInfo.InvariantCulture)),
    };

    // What is not whole would be cut silently: the sample is wrong, or meant for another input.
    private static int Whole(double value) => value == Math.Floor(value) && Math.Abs(value) <= int.MaxValue
        ? (int)value
        : throw new OverflowException($"{value.ToString(CultureInfo.InvariantCulture)} is not a 32-bit integer.");

    private static T[] Each<T>(Array values, Func<object, T> convert)
    {
        var converted = new T[values.Length];
        for (int i = 0; i < converted.Length; i++)
        {
            converted[i] = convert(values.GetValue(i)!);
        }

        return converted;
    }
}
