using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using ModelCase = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Validation.Interfaces;

/// <summary>Which features may be left out, and what stands for them. Source: Apple's validator of interfaces.</summary>
internal static class OptionalRules
{
    private const int DefaultValueVersion = 5;

    /// <summary>Checks the features of a stage.</summary>
    public static void Check(PipelineStage stage, ModelDescription description, Place place, FindingList findings)
    {
        foreach (FeatureDescription output in description.Output.Where(IsOptional))
        {
            findings.Add(ValidationRule.InvalidFeature, place.Of("output", output.Name), "outputs cannot be optional.");
        }

        CheckDefaults(stage, description, place, findings);
        if (!IsRun(stage.Model))
        {
            foreach (FeatureDescription input in description.Input.Where(input => IsOptional(input) && !MayLackInputs(stage.Model)))
            {
                findings.Add(ValidationRule.InvalidFeature, place.Of("input", input.Name), "inputs of a model of this kind cannot be optional.");
            }
        }
        else if (description.Input.Count > 0 && description.Input.All(input => IsOptional(input) && input.Type.TypeCase != FeatureType.TypeOneofCase.StateType))
        {
            findings.Add(ValidationRule.InvalidDescription, place.Of("description"), "all inputs are optional; at least one must not be.");
        }
    }

    private static void CheckDefaults(PipelineStage stage, ModelDescription description, Place place, FindingList findings)
    {
        foreach (FeatureDescription input in description.Input.Where(input => IsOptional(input) && HasDefault(input)))
        {
            string location = place.Of("input", input.Name);
            if (!IsRun(stage.Model))
            {
                findings.Add(ValidationRule.InvalidFeature, location, "there is a default value; only networks and ML Programs have them.");
            }

            VersionRules.Need(stage, DefaultValueVersion, location, "a default value", findings);
        }
    }

    private static bool IsOptional(FeatureDescription feature) => feature.Type is { IsOptional: true };

    private static bool HasDefault(FeatureDescription feature) =>
        feature.Type.MultiArrayType is { DefaultOptionalValueCase: not ArrayFeatureType.DefaultOptionalValueOneofCase.None };

    private static bool IsRun(Model model) => model.TypeCase
        is ModelCase.NeuralNetwork or ModelCase.NeuralNetworkClassifier or ModelCase.NeuralNetworkRegressor or ModelCase.MlProgram or ModelCase.SerializedModel;

    // These fill in what is missing, or leave it to the models inside.
    private static bool MayLackInputs(Model model) => model.TypeCase
        is ModelCase.Imputer or ModelCase.TreeEnsembleClassifier or ModelCase.TreeEnsembleRegressor or ModelCase.ItemSimilarityRecommender or ModelCase.Identity
        or ModelCase.Pipeline or ModelCase.PipelineClassifier or ModelCase.PipelineRegressor;
}
