using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Names;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Descriptions;

/// <summary>Edits what a model says of its inputs, outputs and states.</summary>
internal static class FeatureTexts
{
    /// <summary>Describes features; in a model of several functions, every one that has the feature.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="texts">Descriptions by the features' names.</param>
    /// <exception cref="EditException">There is no such feature.</exception>
    public static void Set(EditBuilder builder, IReadOnlyDictionary<string, string> texts)
    {
        FeatureDescription[] features = FeatureNames.Inputs(builder.Specification).Concat(FeatureNames.Outputs(builder.Specification)).ToArray();
        NameRules.CheckExist(texts.Keys, features.Select(feature => feature.Name).Distinct().ToArray(), "input or output");
        foreach (KeyValuePair<string, string> text in texts)
        {
            foreach (FeatureDescription feature in features.Where(feature => feature.Name == text.Key && feature.ShortDescription != text.Value))
            {
                builder.Add("feature description", feature.Name, feature.ShortDescription, text.Value);
                feature.ShortDescription = text.Value;
            }
        }
    }
}
