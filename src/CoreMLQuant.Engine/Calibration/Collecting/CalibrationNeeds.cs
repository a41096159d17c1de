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
        WithGram = recipe is OptimizationRecipe { IsEmpty: true, HasBudget: true } || Compensates(recipe),
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

    /// <summary>Whether errors are compensated, as far as a recipe says it. Where no value changes, there is nothing to compensate.</summary>
    /// <param name="recipe">The recipe.</param>
    public static bool Compensates(CompressionRecipe recipe) => recipe switch
    {
        WeightRecipe weight => weight.Method == CompressionMethod.Calibrated && !weight.IsLossless,
        OptimizationRecipe { IsEmpty: true, HasBudget: true } budget => budget.Method == CompressionMethod.Calibrated,
        OptimizationRecipe optimization => optimization.Steps.SelectMany(step => step.All).Any(Compensates),
        _ => false,
    };
}
