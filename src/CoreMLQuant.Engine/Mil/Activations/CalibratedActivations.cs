using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Activations;

/// <summary>Which activations of a model calibration has to look at.</summary>
internal static class CalibratedActivations
{
    /// <summary>The names of the values whose ranges a recipe needs and does not have; none when it leaves activations as they are.</summary>
    /// <param name="model">The model.</param>
    /// <param name="recipe">The recipe.</param>
    public static IReadOnlyList<string> Of(ModelFile model, CompressionRecipe recipe)
    {
        if (ActivationQuantization.Of(recipe) is not { } quantization)
        {
            return [];
        }

        var rules = new SelectionRules(recipe);
        return PipelineStages.Of(model.Specification)
            .Where(stage => stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram)
            .SelectMany(stage => MilActivationPlanner.Needed(stage, quantization, rules))
            .Where(name => quantization.Ranges?.ByName.ContainsKey(name) != true)
            .Distinct()
            .ToArray();
    }
}
