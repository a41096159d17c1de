using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil.Activations;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>What a recipe wants to know of a model.</summary>
public static class CalibrationNeeds
{
    /// <summary>The options with what a recipe needs.</summary>
    /// <param name="options">What the user says.</param>
    /// <param name="model">The model.</param>
    /// <param name="recipe">The recipe.</param>
    public static CalibrationOptions For(CalibrationOptions options, ModelFile model, CompressionRecipe recipe) => options with
    {
        Values = CalibratedActivations.Of(model, recipe),
        WithGram = IsUsualBudget(recipe) || StepsOf(recipe).Any(GoesByOutputs),
        Compensates = Compensates(recipe),
    };

    /// <summary>
    /// Whether a plan without samples already tells what would go wrong, and whether anything is to be done at all: not where samples give the ranges
    /// of values, nor under a budget, whose plan costs as much as the calibration.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="recipe">The recipe.</param>
    public static bool CanPlanWithout(ModelFile model, CompressionRecipe recipe) =>
        recipe is not OptimizationRecipe { HasBudget: true } && ActivationQuantization.Of(recipe) is not { HasBound: true } && CalibratedActivations.Of(model, recipe).Count == 0;

    /// <summary>Whether what weights become depends on samples.</summary>
    /// <param name="recipe">The recipe.</param>
    public static bool Encodes(CompressionRecipe recipe) => IsUsualBudget(recipe) ? recipe is OptimizationRecipe { Method: CompressionMethod.Calibrated } : StepsOf(recipe).Any(GoesByOutputs);

    /// <summary>Whether errors are compensated by Gram matrices, as far as a recipe says it: those of vectors and of tables from a function of the user's own are not.</summary>
    /// <param name="recipe">The recipe.</param>
    public static bool Compensates(CompressionRecipe recipe) => IsUsualBudget(recipe)
        ? Encodes(recipe)
        : StepsOf(recipe).Any(step => GoesByOutputs(step) && step is not (PalettizationRecipe { VectorSize: > 1 } or PalettizationRecipe { LookupTableFunction: not null }));

    private static bool IsUsualBudget(CompressionRecipe recipe) => recipe is OptimizationRecipe { IsEmpty: true, HasBudget: true };

    private static IEnumerable<WeightRecipe> StepsOf(CompressionRecipe recipe) => recipe switch
    {
        WeightRecipe weight => [weight],
        OptimizationRecipe optimization => optimization.Steps.SelectMany(step => step.All),
        _ => [],
    };

    // Where no value changes, there is nothing to compensate and no error at the output.
    private static bool GoesByOutputs(WeightRecipe recipe) => recipe.Method == CompressionMethod.Calibrated && !recipe.IsLossless;
}
