using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Interfaces;
using LossCase = CoreMLQuant.Specification.Schema.Details.LossDetails.LossLayerTypeOneofCase;
using ModelCase = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Validation.Networks;

/// <summary>Rules for the loss of an updatable network: where it comes from, what it is compared with, and what the gradient passes on its way back.</summary>
internal static class LossRules
{
    /// <summary>Checks the loss layer and the training inputs.</summary>
    public static void Check(PipelineStage stage, IReadOnlyList<NeuralNetworkLayer> layers, UpdateDetails update, Place place, FindingList findings)
    {
        if (update.LossLayers.Count != 1)
        {
            findings.Add(ValidationRule.InvalidUpdate, place.Of("lossLayers"), $"there are {update.LossLayers.Count} loss layers; there is one.");
            return;
        }

        LossDetails loss = update.LossLayers[0];
        LossEndsDetails? ends = loss.CategoricalCrossEntropyLossLayer ?? loss.MeanSquaredErrorLossLayer;
        string location = place.Of("loss layer", loss.Name);
        if (ends is null)
        {
            findings.Add(ValidationRule.InvalidUpdate, location, "the kind of loss is not set; it is cross entropy or mean squared error.");
            return;
        }

        var graph = new GradientGraph(layers);
        CheckEnds(graph, loss.LossLayerTypeCase, ends, location, findings);
        if (graph.Obstacle(ends.Input, loss.LossLayerTypeCase == LossCase.CategoricalCrossEntropyLossLayer) is { } obstacle)
        {
            findings.Add(ValidationRule.InvalidUpdate, place.Of("layer", obstacle), "the layer passes no gradient back, and there is an updatable layer before it.");
        }

        foreach (string problem in TrainingInputs(stage.Model, ends.Target))
        {
            findings.Add(ValidationRule.InvalidUpdate, place.Of("trainingInput"), problem);
        }
    }

    private static void CheckEnds(GradientGraph graph, LossCase kind, LossEndsDetails ends, string location, FindingList findings)
    {
        bool isMade = graph.MakerOf(ends.Input) is not null;
        if (kind == LossCase.CategoricalCrossEntropyLossLayer && !graph.IsSoftmax(ends.Input))
        {
            findings.Add(ValidationRule.InvalidUpdate, location, $"the input '{ends.Input}' is not the output of a softmax, as cross entropy asks{(isMade ? "." : Suggestion.For(ends.Input, graph.Made))}");
        }
        else if (!isMade)
        {
            findings.Add(ValidationRule.InvalidUpdate, location, $"the input '{ends.Input}' is made by no layer{Suggestion.For(ends.Input, graph.Made)}");
        }

        if (graph.MakerOf(ends.Target) is not null)
        {
            findings.Add(ValidationRule.InvalidUpdate, location, $"the target '{ends.Target}' is made by a layer; it is given when the model is trained.");
        }
    }

    private static IEnumerable<string> TrainingInputs(Model model, string target)
    {
        ModelDescription description = model.Description ?? new ModelDescription();
        FeatureDescription[] own = description.TrainingInput.Where(input => !description.Input.Any(known => AreSame(known, input))).ToArray();
        if (description.TrainingInput.Count < 2 || own.Length == 0 || own.Length == description.TrainingInput.Count)
        {
            yield return $"of {description.TrainingInput.Count} training inputs {own.Length} are no inputs of the model; training needs an input of the model and the target.";
            yield break;
        }

        // A classifier may be given its label instead of the loss's target.
        FeatureDescription? label = model.TypeCase == ModelCase.NeuralNetworkClassifier ? own.FirstOrDefault(input => input.Name == description.PredictedFeatureName) : null;
        FeatureDescription? predicted = label is null ? null : description.Output.FirstOrDefault(output => output.Name == label.Name);
        if (predicted is not null && !FeatureTypes.AreSame(label!.Type ?? new FeatureType(), predicted.Type ?? new FeatureType()))
        {
            yield return $"'{predicted.Name}' has another type than the label that the classifier predicts.";
        }
        else if (predicted is null && own.All(input => input.Name != target))
        {
            yield return $"the loss's target '{target}' is not among the training inputs{Suggestion.For(target, own.Select(input => input.Name))}";
        }
    }

    private static bool AreSame(FeatureDescription one, FeatureDescription other) =>
        one.Name == other.Name && FeatureTypes.AreSame(one.Type ?? new FeatureType(), other.Type ?? new FeatureType());
}
