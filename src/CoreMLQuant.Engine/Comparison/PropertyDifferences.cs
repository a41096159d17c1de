using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;

namespace CoreMLQuant.Comparison;

/// <summary>Finds what two models say differently about themselves.</summary>
internal static class PropertyDifferences
{
    /// <summary>The differences, interface first.</summary>
    public static IReadOnlyList<PropertyDifference> Of(CoreMLModel reference, CoreMLModel difference)
    {
        (string Kind, string Name, string Text)[] before = Properties(reference).ToArray(), after = Properties(difference).ToArray();
        Dictionary<(string, string), string> found = ByName(before), others = ByName(after);
        return before.Concat(after)
            .Select(property => (property.Kind, property.Name))
            .Distinct()
            .OrderBy(key => Array.IndexOf(Kinds, key.Kind))
            .Select(key => new PropertyDifference(
                key.Kind, key.Name, found.TryGetValue(key, out string? one) ? one : null, others.TryGetValue(key, out string? other) ? other : null))
            .Where(property => property.Reference != property.Difference)
            .ToArray();
    }

    private static readonly string[] Kinds = ["ModelType", "Input", "Output", "State", "Stage", "Function", "Metadata"];

    private static IEnumerable<(string Kind, string Name, string Text)> Properties(CoreMLModel model)
    {
        yield return ("ModelType", "ModelType", model.ModelType);
        foreach ((string, string, string) feature in Features(string.Empty, model.Inputs, model.Outputs, model.States))
        {
            yield return feature;
        }

        foreach (string stage in model.Stages)
        {
            int split = stage.LastIndexOf(": ", StringComparison.Ordinal);
            yield return ("Stage", stage.Substring(0, split), stage.Substring(split + 2));
        }

        foreach (ModelFunction function in model.Functions)
        {
            yield return ("Function", function.Name, function.Opset);
            // The features of a single function are the model's own.
            foreach ((string, string, string) feature in model.Functions.Count > 1 ? Features(function.Name + "/", function.Inputs, function.Outputs, function.States) : [])
            {
                yield return feature;
            }
        }

        (string Name, string Text)[] own =
        [
            ("shortDescription", model.Description), ("author", model.Author), ("license", model.License), ("versionString", model.Version),
            ("isUpdatable", model.IsUpdatable ? "true" : string.Empty),
        ];
        foreach ((string name, string text) in own.Where(entry => entry.Text.Length > 0).Concat(model.Metadata.Select(entry => (entry.Key, entry.Value))))
        {
            yield return ("Metadata", name, text);
        }
    }

    private static IEnumerable<(string Kind, string Name, string Text)> Features(
        string prefix, IEnumerable<ModelFeature> inputs, IEnumerable<ModelFeature> outputs, IEnumerable<ModelFeature> states)
    {
        (string Kind, IEnumerable<ModelFeature> Features)[] kinds = [("Input", inputs), ("Output", outputs), ("State", states)];
        return kinds.SelectMany(kind => kind.Features.Select(feature => (
            kind.Kind,
            prefix + feature.Name,
            feature.Type + (feature.IsOptional ? ", optional" : string.Empty) + (feature.Description.Length > 0 ? $": {feature.Description}" : string.Empty))));
    }

    // A damaged model may have a name twice; the last one counts.
    private static Dictionary<(string Kind, string Name), string> ByName(IEnumerable<(string Kind, string Name, string Text)> properties)
    {
        var byName = new Dictionary<(string, string), string>();
        foreach ((string kind, string name, string text) in properties)
        {
            byName[(kind, name)] = text;
        }

        return byName;
    }
}
