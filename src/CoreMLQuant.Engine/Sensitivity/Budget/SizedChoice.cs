using System;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Conversion.Budget;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>Chooses for a size, with the least noise at the outputs.</summary>
/// <param name="model">The open model.</param>
/// <param name="recipe">The budget.</param>
/// <param name="statistics">Statistics of the model.</param>
/// <param name="verification">Runs plans.</param>
/// <param name="planning">Plans a choice.</param>
internal sealed class SizedChoice(
    ModelFile model, OptimizationRecipe recipe, CalibrationStatistics statistics, OutputVerification verification, Func<Alternative[], CompressionPlan> planning)
{
    /// <summary>Chooses.</summary>
    /// <param name="byOutputs">The weights with the noise of each way at the outputs.</param>
    /// <param name="byValues">The weights with the errors of their values.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="RecipeException">The size cannot be met.</exception>
    public Alternative[] Choose(WeightAlternatives[] byOutputs, WeightAlternatives[] byValues, CancellationToken cancellationToken)
    {
        Alternative[] choice = ChoiceOf(byOutputs, cancellationToken), other = ChoiceOf(byValues, cancellationToken);

        // Large errors add up to more or less than their sum, so the other choice gets its chance on the samples that choose. Where both reproduce them exactly, as
        // a sure classifier does with a few samples of one class, these tell nothing of others, and the values do.
        return SnrOf(other, cancellationToken) >= SnrOf(choice, cancellationToken) ? other : choice;
    }

    private Alternative[] ChoiceOf(WeightAlternatives[] weights, CancellationToken cancellationToken) =>
        BudgetPlanner.PlanForSize(model, recipe, weights, statistics, cancellationToken).Choices;

    private double SnrOf(Alternative[] choices, CancellationToken cancellationToken) =>
        Math.Min(verification.OnMeasured(model, () => planning(choices), cancellationToken).Snr ?? NoiseFloor.Snr, NoiseFloor.Snr);
}
