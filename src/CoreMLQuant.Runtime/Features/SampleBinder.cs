using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Data;

namespace CoreMLQuant.Runtime.Features;

/// <summary>Brings a sample to what a model takes, or says everything about it that does not fit.</summary>
/// <param name="features">What the model takes.</param>
/// <param name="modelPath">The model, for errors.</param>
/// <param name="resize">What becomes of images of another size.</param>
internal sealed class SampleBinder(RunFeatures features, string modelPath, ImageResize resize)
{
    /// <summary>Looks whether a sample fits, and whether its values are numbers.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="finiteInputs">Names of inputs that must not hold infinity.</param>
    /// <exception cref="InputMismatchException">The sample does not fit, or holds NaN, or infinity where it must not.</exception>
    /// <exception cref="SampleDataException">The sample or an image cannot be read, and everything else fits.</exception>
    public void Check(RunSample sample, IReadOnlyCollection<string> finiteInputs)
    {
        InputMismatch[] mismatches = NotFinite.Inputs(Bind(sample), finiteInputs).Select(problem => new InputMismatch(problem)).ToArray();
        if (mismatches.Length > 0)
        {
            throw new InputMismatchException(sample.Name, modelPath, mismatches);
        }
    }

    /// <summary>The values by input, each of the type and shape that the input takes; optional inputs may be missing.</summary>
    /// <exception cref="InputMismatchException">The sample does not fit.</exception>
    /// <exception cref="SampleDataException">The sample or an image cannot be read, and everything else fits.</exception>
    public Dictionary<string, object> Bind(RunSample sample)
    {
        if (sample.Problem is { } problem)
        {
            throw problem;
        }

        var bound = new Dictionary<string, object>(StringComparer.Ordinal);
        var mismatches = new List<InputMismatch>();
        SampleDataException? unreadable = null;
        foreach ((string name, object value) in sample.Values)
        {
            if (BareValues.Target(features, name, value) is not { } feature)
            {
                mismatches.Add(new InputMismatch(Untaken(name, value)));
            }
            else if (!bound.ContainsKey(feature.Name))
            {
                try
                {
                    bound.Add(feature.Name, FeatureValues.Bind(feature, value, resize));
                }
                catch (FeatureMismatchException e)
                {
                    mismatches.Add(e.MismatchTo($"Input '{feature.Name}' is {feature.Feature.Type}"));
                    bound.Add(feature.Name, value);
                }
                catch (SampleDataException e)
                {
                    unreadable ??= e;
                    mismatches.Add(new InputMismatch(e.Message) { File = e.File });
                    bound.Add(feature.Name, value);
                }
            }
        }

        mismatches.AddRange(features.Inputs
            .Where(input => !input.Feature.IsOptional && !bound.ContainsKey(input.Name))
            .Select(input => new InputMismatch($"Input '{input.Name}' ({input.Feature.Type}) is missing.")));
        return mismatches.Count == 0 ? bound
            : unreadable is not null && mismatches.Count == 1 ? throw unreadable
            : throw new InputMismatchException(sample.Name, modelPath, mismatches);
    }

    private string Untaken(string name, object value)
    {
        if (name != RunSample.Unnamed)
        {
            return $"There is no input '{name}'; the model takes {Names(features.Inputs)}.";
        }

        string what = value is ImageSource ? "an image" : "an array";
        RunFeature[] takers = BareValues.Takers(features, value);
        return takers.Length == 0
            ? $"No input takes {what}; the model takes {Names(features.Inputs)}."
            : $"Several inputs take {what} ({string.Join(", ", takers.Select(input => input.Name))}): name it, as in -InputObject @{{ {takers[0].Name} = './file' }}.";
    }

    private static string Names(IEnumerable<RunFeature> inputs) => string.Join(", ", inputs.Select(input => $"'{input.Name}' ({input.Feature.Type})"));
}
