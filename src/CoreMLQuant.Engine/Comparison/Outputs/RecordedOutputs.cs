using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Comparison.Outputs;

/// <summary>Outputs that were recorded elsewhere, sample after sample: on a Mac, or by the framework that the model comes from.</summary>
/// <param name="path">The file, for errors and results.</param>
/// <param name="arrays">Arrays by output; class probabilities as <c>name.labels</c> and <c>name.values</c>.</param>
/// <param name="sampleCount">Number of samples.</param>
public sealed class RecordedOutputs(string path, IReadOnlyDictionary<string, MultiArray> arrays, int sampleCount)
{
    private const string Labels = ".labels";
    private const string Values = ".values";

    private int _next;

    /// <summary>The outputs of the next sample.</summary>
    /// <exception cref="SampleDataException">There are not as many as samples.</exception>
    public ModelRun Next(RunSample sample)
    {
        int index = _next++;
        var outputs = new OrderedDictionary(StringComparer.Ordinal);
        foreach ((string name, MultiArray array) in arrays.Select(pair => (pair.Key, pair.Value)))
        {
            if (name.EndsWith(Values, StringComparison.Ordinal) && arrays.TryGetValue(Stem(name, Values) + Labels, out MultiArray? labels))
            {
                double[] values = Of(array, index, name).Values.Cast<object>().Select(item => Convert.ToDouble(item, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
                outputs.Add(Stem(name, Values), new ClassProbabilities(labels.Values.Cast<object>().Select(item => item.ToString()!).ToArray(), values));
            }
            else if (!name.EndsWith(Labels, StringComparison.Ordinal))
            {
                MultiArray one = Of(array, index, name);
                outputs.Add(name, one.Values is string[] { Length: 1 } text ? text[0] : one);
            }
        }

        return new ModelRun { ModelPath = path, Sample = sample.Name, IsRandom = sample.IsRandom, Outputs = outputs, Elapsed = TimeSpan.Zero };
    }

    private static string Stem(string name, string ending) => name.Substring(0, name.Length - ending.Length);

    private MultiArray Of(MultiArray stack, int index, string name)
    {
        if (sampleCount == 1)
        {
            return stack;
        }

        return stack.Shape.Length > 0 && stack.Shape[0] == sampleCount
            ? stack.Slice(index)
            : throw new SampleDataException(path, $"'{name}' has the shape [{string.Join(", ", stack.Shape)}]; for {sampleCount} samples its first axis has to have that size.");
    }
}
