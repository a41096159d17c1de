using System.Collections.Generic;
using System.Globalization;
using CoreMLQuant.Onnx;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>A classifier's label and probabilities, from the numbers that its network computes.</summary>
internal static class ClassOutputs
{
    /// <summary>Adds both features.</summary>
    /// <exception cref="ModelRunException">The network gives another number of values than there are labels.</exception>
    public static void Add(IDictionary<string, object> values, OnnxClassifier classifier, double[] probabilities, string path)
    {
        if (probabilities.Length != classifier.Labels.Count || probabilities.Length == 0)
        {
            throw new ModelRunException(string.Format(
                CultureInfo.InvariantCulture,
                "'{0}': its network gives {1} values for {2} class labels.",
                path,
                probabilities.Length,
                classifier.Labels.Count));
        }

        var classes = new ClassProbabilities(classifier.Labels, probabilities);
        string label = classes.Top(1)[0].Label;
        if (classifier.PredictedFeatureName.Length > 0)
        {
            values[classifier.PredictedFeatureName] = classifier.HasNumberLabels && long.TryParse(label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
                ? number
                : label;
        }

        if (classifier.ProbabilitiesFeatureName.Length > 0)
        {
            values[classifier.ProbabilitiesFeatureName] = classes;
        }
    }
}
