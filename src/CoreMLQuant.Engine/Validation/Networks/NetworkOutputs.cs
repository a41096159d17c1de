using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Networks.Layers;
using ModelCase = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Validation.Networks;

/// <summary>What the description calls outputs must be made by layers. Source: Apple's validator of networks.</summary>
internal static class NetworkOutputs
{
    private const int MaxNamed = 3;

    /// <summary>Checks the outputs of a network.</summary>
    public static void Check(PipelineStage stage, IReadOnlyList<NeuralNetworkLayer> layers, ModelDescription description, NetworkScope scope, FindingList findings)
    {
        var place = new Place(stage.Name, string.Empty);
        var inputs = new HashSet<string>(description.Input.Select(input => input.Name));
        string[] made = scope.Own.Where(IsMade).ToArray(), unused = Unused(layers, description).Take(MaxNamed).ToArray();
        foreach (FeatureDescription output in description.Output.Where(output => !IsMade(output.Name) && !IsPrediction(output.Name)))
        {
            // A regressor's outputs are looked for when it runs.
            ValidationRule rule = stage.Model.TypeCase == ModelCase.NeuralNetworkRegressor ? ValidationRule.UnmadeRegressorOutput : ValidationRule.UnmadeOutput;
            findings.Add(rule, place.Of("output", output.Name), $"the output is made by no layer{Suggestion.For(output.Name, made, unused)}");
        }

        CheckDuplicates(stage, description, place, findings);
        string probabilities = stage.Model.NeuralNetworkClassifier?.LabelProbabilityLayerName ?? string.Empty;
        if (probabilities.Length > 0 && !IsMade(probabilities))
        {
            findings.Add(ValidationRule.UnmadeOutput, place.Of("labelProbabilityLayerName", probabilities), $"the probabilities are made by no layer{Suggestion.For(probabilities, made)}");
        }

        // An input is an output when something writes over it.
        bool IsMade(string name) => inputs.Contains(name) ? scope.MakersOf(name).Skip(1).Any() : scope.Knows(name);

        bool IsPrediction(string name) => stage.Model.TypeCase == ModelCase.NeuralNetworkClassifier
            && (name == description.PredictedFeatureName || name == description.PredictedProbabilitiesName);
    }

    /// <summary>What layers make for nobody: most likely what was meant.</summary>
    private static IEnumerable<string> Unused(IReadOnlyList<NeuralNetworkLayer> layers, ModelDescription description)
    {
        var used = new HashSet<string>(layers.SelectMany(layer => layer.Input).Concat(description.Output.Select(output => output.Name)));
        return layers.SelectMany(layer => layer.Output).Where(name => !used.Contains(name)).Reverse();
    }

    private static void CheckDuplicates(PipelineStage stage, ModelDescription description, Place place, FindingList findings)
    {
        foreach (string name in stage.Model.TypeCase == ModelCase.NeuralNetwork
            ? description.Output.GroupBy(output => output.Name).Where(group => group.Skip(1).Any()).Select(group => group.Key)
            : [])
        {
            findings.Add(ValidationRule.UnmadeOutput, place.Of("output", name), "the output is described twice and made once.");
        }
    }
}
