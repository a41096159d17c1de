using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Activations;

/// <summary>Which activations of a model calibration has to look at, and whose they are.</summary>
internal static class CalibratedActivations
{
    /// <summary>The names of the values whose ranges a recipe needs and does not have; none when it leaves activations as they are.</summary>
    /// <param name="model">The model.</param>
    /// <param name="recipe">The recipe.</param>
    public static IReadOnlyList<string> Of(ModelFile model, CompressionRecipe recipe) =>
        InPrograms(model, recipe, MilActivationPlanner.Needed).Where(name => ActivationQuantization.Of(recipe)!.Ranges?.ByName.ContainsKey(name) != true).ToArray();

    /// <summary>The names of the operations whose activations are to be quantized, in their order; none when activations are left as they are.</summary>
    /// <param name="model">The model.</param>
    /// <param name="recipe">The recipe.</param>
    public static IReadOnlyList<string> OperationsOf(ModelFile model, CompressionRecipe recipe) =>
        InPrograms(model, recipe, MilActivationPlanner.Quantized).Where(name => name.Length > 0).ToArray();

    private static IEnumerable<string> InPrograms(
        ModelFile model, CompressionRecipe recipe, System.Func<PipelineStage, ActivationQuantization, SelectionRules, IEnumerable<string>> find)
    {
        if (ActivationQuantization.Of(recipe) is not { } quantization)
        {
            return [];
        }

        var rules = new SelectionRules(recipe);
        return PipelineStages.Of(model.Specification)
            .Where(stage => stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram)
            .SelectMany(stage => find(stage, quantization, rules))
            .Distinct();
    }
}
