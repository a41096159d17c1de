using System;
using System.Globalization;
using System.Linq;
using System.Threading;
using CoreMLQuant.Conversion.Budget;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>Chooses the smallest model that keeps a bound on its outputs as far as the held-out samples show: plans, measures, and plans again for less noise or more.</summary>
/// <param name="model">The open model.</param>
/// <param name="bound">The bound.</param>
/// <param name="verification">Runs plans.</param>
/// <param name="planning">Plans a choice.</param>
/// <param name="remedy">What to specify where the bound cannot be kept.</param>
internal sealed class BoundedChoice(ModelFile model, OutputBound bound, OutputVerification verification, Func<Alternative[], CompressionPlan> planning, string remedy)
{
    private const int MaxAttempts = 10;

    /// <summary>Chooses.</summary>
    /// <param name="weights">The weights with the noise of each way at the outputs.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The choice, and what comes out on the held-out samples.</returns>
    /// <exception cref="RecipeException">The bound cannot be kept.</exception>
    public (Alternative[] Choices, OutputFidelity Outputs) Choose(WeightAlternatives[] weights, CancellationToken cancellationToken)
    {
        (double least, double most) = RateDistortion.Range(weights);
        var search = new NoiseSearch(bound.FirstNoise, least, most);
        (Alternative[] Choices, OutputFidelity Outputs)? smallest = null;
        OutputFidelity? best = null, measured = null;
        Alternative[] last = [];
        for (int attempt = 0; attempt < MaxAttempts;)
        {
            Alternative[] choices = RateDistortion.ForDistortion(weights, search.Noise);
            if (measured is null || !choices.SequenceEqual(last))
            {
                measured = verification.OnHeldOut(model, () => planning(choices), cancellationToken);
                last = choices;
                attempt++;
            }

            bool isHeld = bound.IsHeldBy(measured);
            if (isHeld && (smallest is not { } held || LengthOf(choices) < LengthOf(held.Choices)))
            {
                smallest = (choices, measured);
            }

            best = best is null || bound.FigureOf(measured) > bound.FigureOf(best) ? measured : best;
            if (!search.Next(isHeld, bound.RoomOf(measured)))
            {
                break;
            }
        }

        return smallest ?? throw new RecipeException(
            string.Format(CultureInfo.InvariantCulture, "With the allowed encodings, the best that was measured on {0} is {1}; the bound is {2}.", BudgetSamples.Counted(best!.SampleCount), bound.Describe(best), bound),
            remedy);
    }

    private static long LengthOf(Alternative[] choices) => choices.Sum(choice => choice.Length);
}
