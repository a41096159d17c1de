using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Data;

/// <summary>
/// Outputs as the arrays of a .npz file, by feature: one sample as it is; several stacked along a new first axis, or, where their shapes differ, as
/// <c>name.0</c>, <c>name.1</c>. Class probabilities are <c>name.labels</c> and <c>name.values</c>.
/// </summary>
internal static class OutputArchive
{
    /// <summary>The arrays of runs.</summary>
    public static IEnumerable<(string Name, MultiArray Array)> ArraysOf(IReadOnlyList<ModelRun> runs)
    {
        string[] names = runs.SelectMany(run => run.Outputs.Keys.Cast<string>()).Distinct(StringComparer.Ordinal).ToArray();
        return names.SelectMany(name =>
        {
            object[] values = runs.Where(run => run.Outputs.Contains(name)).Select(run => run.Outputs[name]!).ToArray();
            return values is [ClassProbabilities first, ..]
                ? [($"{name}.labels", new MultiArray(first.Labels, [first.Count])), .. Stack($"{name}.values", Array.ConvertAll(values, value => Of(((ClassProbabilities)value).Values)))]
                : Stack(name, Array.ConvertAll(values, ToArray));
        });
    }

    private static MultiArray ToArray(object value) => value switch
    {
        MultiArray array => array,
        string text => new MultiArray(new[] { text }, []),
        long number => new MultiArray(new[] { number }, []),
        double number => new MultiArray(new[] { number }, []),
        string[] texts => new MultiArray(texts, [texts.Length]),
        IDictionary map => Of(map.Values.Cast<object>().Select(item => Convert.ToDouble(item, CultureInfo.InvariantCulture)).ToArray()),
        _ => throw new NotSupportedException($"A {value.GetType().Name} cannot be written as an array."),
    };

    private static MultiArray Of(double[] values) => new(values, [values.Length]);

    private static IEnumerable<(string Name, MultiArray Array)> Stack(string name, MultiArray[] arrays)
    {
        if (arrays.Length == 1)
        {
            return [(name, arrays[0])];
        }

        MultiArray first = arrays[0];
        if (!Array.TrueForAll(arrays, array => array.Shape.AsSpan().SequenceEqual(first.Shape)))
        {
            return arrays.Select((array, i) => ($"{name}.{i.ToString(CultureInfo.InvariantCulture)}", array));
        }

        int length = first.Values.Length;
        Array all = Array.CreateInstance(first.Values.GetType().GetElementType()!, checked(length * arrays.Length));
        for (int i = 0; i < arrays.Length; i++)
        {
            Array.Copy(arrays[i].Values, 0, all, i * length, length);
        }

        return [(name, new MultiArray(all, [arrays.Length, .. first.Shape]))];
    }
}
