using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using ModelCase = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Validation.Interfaces;

/// <summary>What a model says of itself. Source: Apple's validator of interfaces.</summary>
internal static class DescriptionRules
{
    // No inputs, states and several functions came together.
    private const int FunctionsVersion = 9;

    /// <summary>Checks the description of a stage.</summary>
    public static void Check(PipelineStage stage, FindingList findings)
    {
        var place = new Place(stage.Name, string.Empty);
        ModelDescription description = stage.Model.Description ?? new ModelDescription();
        CheckPredictions(stage, description, place, findings);
        if (description.Functions.Count == 0 && description.DefaultFunctionName.Length == 0)
        {
            CheckFeatures(stage, place, description.Input, description.Output, description.State, findings);
            return;
        }

        VersionRules.Need(stage, FunctionsVersion, place.Of("description"), "describing functions", findings);
        CheckFunctions(stage, description, place, findings);
        foreach (FunctionDescription function in description.Functions)
        {
            CheckFeatures(stage, place with { Function = function.Name }, function.Input, function.Output, function.State, findings);
        }
    }

    private static void CheckFeatures(
        PipelineStage stage, Place place, IReadOnlyList<FeatureDescription> inputs, IReadOnlyList<FeatureDescription> outputs, IReadOnlyList<FeatureDescription> states, FindingList findings)
    {
        if (inputs.Count == 0)
        {
            VersionRules.Need(stage, FunctionsVersion, place.Of("description"), "a model without inputs", findings);
        }

        if (outputs.Count == 0)
        {
            findings.Add(ValidationRule.InvalidDescription, place.Of("description"), "there are no outputs.");
        }

        FeatureRules.Check(stage, place, FeatureKind.Input, inputs, findings);
        FeatureRules.Check(stage, place, FeatureKind.Output, outputs, findings);
        FeatureRules.Check(stage, place, FeatureKind.State, states, findings);
        bool runs = stage.Model.TypeCase is ModelCase.MlProgram or ModelCase.NeuralNetwork or ModelCase.NeuralNetworkClassifier or ModelCase.NeuralNetworkRegressor;
        if (runs && inputs.Count > 0 && inputs.All(input => input.Type is { IsOptional: true }))
        {
            findings.Add(ValidationRule.InvalidDescription, place.Of("description"), "all inputs are optional; at least one must not be.");
        }
    }

    private static void CheckFunctions(PipelineStage stage, ModelDescription description, Place place, FindingList findings)
    {
        if (stage.Model.TypeCase != ModelCase.MlProgram)
        {
            findings.Add(ValidationRule.InvalidDescription, place.Of("description"), "functions are described; only an ML Program has functions.");
        }

        if (description.Input.Count + description.Output.Count + description.State.Count + description.TrainingInput.Count > 0
            || description.PredictedFeatureName.Length + description.PredictedProbabilitiesName.Length > 0)
        {
            findings.Add(ValidationRule.InvalidDescription, place.Of("description"), "features are described beside those of the functions.");
        }

        if (description.Functions.All(function => function.Name != description.DefaultFunctionName))
        {
            findings.Add(ValidationRule.InvalidDescription, place.Of("description"), $"the default function '{description.DefaultFunctionName}' is not described.");
        }
    }

    private static void CheckPredictions(PipelineStage stage, ModelDescription description, Place place, FindingList findings)
    {
        bool needsPrediction = stage.Model.TypeCase is ModelCase.NeuralNetworkClassifier or ModelCase.NeuralNetworkRegressor;
        if (description.PredictedFeatureName.Length == 0)
        {
            if (needsPrediction)
            {
                findings.Add(ValidationRule.InvalidDescription, place.Of("description"), "a classifier or regressor needs 'predictedFeatureName'.");
            }

            return;
        }

        foreach (string name in new[] { description.PredictedFeatureName, description.PredictedProbabilitiesName })
        {
            if (name.Length > 0 && description.Functions.Count == 0 && description.Output.All(output => output.Name != name))
            {
                findings.Add(ValidationRule.InvalidDescription, place.Of("output", name), "the predicted feature is not among the outputs.");
            }
        }
    }
}
