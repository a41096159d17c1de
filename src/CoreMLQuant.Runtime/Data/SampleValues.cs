using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Data;

/// <summary>What a value means for its feature: a text is itself for a feature of text, a number where it reads as one, and a path otherwise.</summary>
/// <param name="features">What the model takes.</param>
/// <param name="source">What the values come from, for errors.</param>
/// <param name="resolvePath">From a path as written to a full path.</param>
internal sealed class SampleValues(RunFeatures features, string source, Func<string, string> resolvePath)
{
    /// <summary>Interprets the values of a sample.</summary>
    /// <exception cref="SampleDataException">A file that is named cannot be read, or a list has no shape.</exception>
    public RunSample ToSample(string name, IReadOnlyDictionary<string, object> values) => new(
        name,
        values.ToDictionary(pair => pair.Key, pair => Interpret(pair.Value, pair.Key), StringComparer.Ordinal));

    private object Interpret(object value, string name)
    {
        FeatureKind kind = features.Inputs.FirstOrDefault(input => input.Name == name)?.Kind ?? FeatureKind.Unknown;
        return value switch
        {
            MultiArray or ImageSource => value,
            FileInfo file => ReadFile(file.FullName, name),
            char letter => Interpret(letter.ToString(), name),
            string text => kind is FeatureKind.String or FeatureKind.Unknown ? text
                : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? Scalar(number, text)
                : ReadFile(resolvePath(text), name),
            IDictionary map => Numbers(map.Keys.Cast<object>().Select(key => (key, map[key])), name),
            IReadOnlyDictionary<string, object> map => Numbers(map.Select(pair => ((object)pair.Key, (object?)pair.Value)), name),
            Array { Rank: > 1 } array => Flat(array, name),
            IEnumerable list => NestedLists.ToArray(list, Error(name)),
            IConvertible => NestedLists.ToArray(new[] { value }, Error(name)) is var one ? new MultiArray(one.Values, []) : value,
            _ => throw Error(name)($"A {value.GetType().Name} is no value of a feature."),
        };
    }

    private object ReadFile(string path, string name)
    {
        if (!File.Exists(path))
        {
            throw Error(name)($"There is no file '{path}'.");
        }

        return SampleFiles.ReadValue(path) ?? throw Error(name)($"'{path}' is no image, sound or array by its name (.png, .jpg, .bmp, .wav, .npy).");
    }

    private MultiArray Flat(Array array, string name) => new(
        NestedLists.ToArray(array.Cast<object>(), Error(name)).Values,
        Enumerable.Range(0, array.Rank).Select(axis => (long)array.GetLength(axis)).ToArray());

    private Dictionary<string, double> Numbers(IEnumerable<(object Key, object? Value)> pairs, string name)
    {
        try
        {
            return pairs.ToDictionary(
                pair => Convert.ToString(pair.Key, CultureInfo.InvariantCulture)!,
                pair => Convert.ToDouble(pair.Value, CultureInfo.InvariantCulture),
                StringComparer.Ordinal);
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException)
        {
            throw Error(name)("A dictionary feature takes numbers by their keys.");
        }
    }

    private static MultiArray Scalar(double number, string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer) ? new MultiArray(new[] { integer }, []) : new MultiArray(new[] { number }, []);

    private Func<string, SampleDataException> Error(string name) => problem => new SampleDataException(source, $"Input '{name}': {problem}");
}
