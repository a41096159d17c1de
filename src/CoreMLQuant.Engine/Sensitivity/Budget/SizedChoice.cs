using System;
using System.Threading;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>Chooses for a size, with the least noise at the outputs.</summary>
/// <param name="plans">Plans choices.</param>
internal sealed class SizedChoice(BudgetPlans plans)
{
    /// <summary>Plans.</summary>
    /// <param name="byOutputs">The weights with the noise of each way at the outputs.</param>
    /// <param name="byValues">The weights with the errors of their values.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="RecipeException">The size cannot be met.</exception>
    public CompressionPlan Plan(WeightAlternatives[] byOutputs, WeightAlternatives[] byValues, CancellationToken cancellationToken)
    {
        Alternative[] choices = Choose(byOutputs, byValues);
        if (plans.CalibrateWithAll() is { } all)
        {
            Alternative[] encoded = plans.Encodings(all.Statistics).Of(choices, cancellationToken);
            if (plans.Plan(encoded, all.Statistics).SizeAfter <= plans.Recipe.TargetSize)
            {
                return plans.Verified(encoded, plans.OnHeldOut(encoded, all.Statistics), all);
            }
        }

        return plans.Verified(choices, plans.OnHeldOut(choices, plans.First.Statistics), plans.First);
    }

    private Alternative[] Choose(WeightAlternatives[] byOutputs, WeightAlternatives[] byValues)
    {
        Alternative[] choice = plans.ForSize(byOutputs), other = plans.ForSize(byValues);

        // Large errors add up to more or less than their sum, so the other choice gets its chance on the samples that choose. Where both reproduce them exactly, as
        // a sure classifier does with a few samples of one class, these tell nothing of others, and the values do.
        return SnrOf(other) >= SnrOf(choice) ? other : choice;
    }

    private double SnrOf(Alternative[] choices) => Math.Min(plans.OnMeasured(choices).Snr ?? NoiseFloor.Snr, NoiseFloor.Snr);
}
