using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
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
    /// <param name="stage">The stage.</param>
    /// <param name="reader">Reads what the description keeps as bytes.</param>
    /// <param name="findings">Takes what is found.</param>
    public static void Check(PipelineStage stage, DetailReader reader, FindingList findings)
    {
        var place = new Place(stage.Name, string.Empty);
        ModelDescription description = stage.Model.Description ?? new ModelDescription();
        OptionalRules.Check(stage, description, place, findings);
        UpdatableRules.Check(stage, place, findings);
        PredictionRules.Check(stage, description, reader, place, findings);
        if (description.Functions.Count == 0 && description.DefaultFunctionName.Length == 0)
        {
            CheckFeatures(stage, place, description.Input, description.Output, description.State, reader, findings);
            return;
        }

        VersionRules.Need(stage, FunctionsVersion, place.Of("description"), "describing functions", findings);
        CheckFunctions(stage, description, place, findings);
        foreach (FunctionDescription function in description.Functions)
        {
            CheckFeatures(stage, place with { Function = function.Name }, function.Input, function.Output, function.State, reader, findings);
        }
    }

    private static void CheckFeatures(
        PipelineStage stage,
        Place place,
        IReadOnlyList<FeatureDescription> inputs,
        IReadOnlyList<FeatureDescription> outputs,
        IReadOnlyList<FeatureDescription> states,
        DetailReader reader,
        FindingList findings)
    {
        if (inputs.Count == 0 && MayHaveNoInputs(stage.Model))
        {
            VersionRules.Need(stage, FunctionsVersion, place.Of("description"), "a model without inputs", findings);
        }
        else if (inputs.Count == 0)
        {
            findings.Add(ValidationRule.InvalidDescription, place.Of("description"), "there are no inputs; a model of this kind has at least one.");
        }

        if (outputs.Count == 0)
        {
            findings.Add(ValidationRule.InvalidDescription, place.Of("description"), "there are no outputs.");
        }

        FeatureRules.Check(stage, place, FeatureKind.Input, inputs, reader, findings);
        FeatureRules.Check(stage, place, FeatureKind.Output, outputs, reader, findings);
        FeatureRules.Check(stage, place, FeatureKind.State, states, reader, findings);
    }

    private static bool MayHaveNoInputs(Model model) => model.TypeCase
        is ModelCase.NeuralNetwork or ModelCase.NeuralNetworkClassifier or ModelCase.NeuralNetworkRegressor
        or ModelCase.Pipeline or ModelCase.PipelineClassifier or ModelCase.PipelineRegressor
        or ModelCase.MlProgram;

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
            findings.Add(
                ValidationRule.InvalidDescription,
                place.Of("description"),
                $"the default function '{description.DefaultFunctionName}' is not described{Suggestion.For(description.DefaultFunctionName, description.Functions.Select(function => function.Name))}");
        }
    }
}
