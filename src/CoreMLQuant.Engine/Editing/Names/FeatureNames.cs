using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Names;

/// <summary>The names by which a stage is given values and gives them, in its description and in those of its functions.</summary>
internal static class FeatureNames
{
    /// <summary>Names of inputs, states and training inputs.</summary>
    public static IEnumerable<string> InputsOf(Model model) => Inputs(model).Select(feature => feature.Name).Distinct();

    /// <summary>Names of outputs.</summary>
    public static IEnumerable<string> OutputsOf(Model model) => Outputs(model).Select(feature => feature.Name).Distinct();

    /// <summary>Inputs, states and training inputs.</summary>
    public static IEnumerable<FeatureDescription> Inputs(Model model) => model.Description is not { } description ? [] : description.Input
        .Concat(description.State)
        .Concat(description.TrainingInput)
        .Concat(description.Functions.SelectMany(function => function.Input.Concat(function.State)));

    /// <summary>Outputs.</summary>
    public static IEnumerable<FeatureDescription> Outputs(Model model) => model.Description is not { } description ? [] : description.Output
        .Concat(description.Functions.SelectMany(function => function.Output));

    /// <summary>Gives the features of a stage their new names, and the predictions that name them.</summary>
    public static void Rename(Model model, Renames names)
    {
        foreach (FeatureDescription input in Inputs(model))
        {
            input.Name = names.Input(input.Name);
        }

        foreach (FeatureDescription output in Outputs(model))
        {
            output.Name = names.Output(output.Name);
        }

        if (model.Description is { } description)
        {
            description.PredictedFeatureName = names.Output(description.PredictedFeatureName);
            description.PredictedProbabilitiesName = names.Output(description.PredictedProbabilitiesName);
            foreach (FunctionDescription function in description.Functions)
            {
                function.PredictedFeatureName = names.Output(function.PredictedFeatureName);
                function.PredictedProbabilitiesName = names.Output(function.PredictedProbabilitiesName);
            }
        }
    }
}
