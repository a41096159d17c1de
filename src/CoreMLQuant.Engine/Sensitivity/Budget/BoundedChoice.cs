using System;
using System.Globalization;
using System.Linq;
using System.Threading;
using CoreMLQuant.Conversion.Budget;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>
/// Chooses the smallest model that keeps a bound on its outputs as far as samples show that did not calibrate: plans, measures, and plans again for less noise or more. Those that are held out decide, and those that measured
/// encodings have to keep the bound as well: what is planned until a few samples keep it was chosen by these, too.
/// </summary>
/// <param name="plans">Plans choices.</param>
/// <param name="bound">The bound.</param>
/// <param name="weights">The weights with the noise of each way at the outputs.</param>
/// <param name="remedy">What to specify where the bound cannot be kept.</param>
internal sealed class BoundedChoice(BudgetPlans plans, OutputBound bound, WeightAlternatives[] weights, string remedy)
{
    private const int MaxAttempts = 10;

    /// <summary>Plans.</summary>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="RecipeException">The bound cannot be kept.</exception>
    public CompressionPlan Plan(CancellationToken cancellationToken)
    {
        if (plans.CalibrateWithAll() is not { } all)
        {
            (Alternative[] choices, OutputFidelity outputs) = Choose(choices => plans.OnHeldOut(choices, plans.First.Statistics));
            return plans.Verified(choices, outputs, plans.First);
        }

        ChosenEncodings encodings = plans.Encodings(all.Statistics);
        (Alternative[] chosen, OutputFidelity measured) = Choose(choices => plans.OnHeldOut(encodings.Of(choices, cancellationToken), all.Statistics));
        return plans.Verified(encodings.Of(chosen, cancellationToken), measured, all);
    }

    private (Alternative[] Choices, OutputFidelity Outputs) Choose(Func<Alternative[], OutputFidelity> verify)
    {
        (double least, double most) = RateDistortion.Range(weights);
        var search = new NoiseSearch(bound.FirstNoise, least, most);
        (Alternative[] Choices, OutputFidelity Outputs)? smallest = null;
        OutputFidelity? best = null, worse = null;
        OutputFidelity outputs = null!;
        Alternative[] last = [];
        for (int attempt = 0; attempt < MaxAttempts;)
        {
            Alternative[] choices = RateDistortion.ForDistortion(weights, search.Noise);
            if (worse is null || !choices.SequenceEqual(last))
            {
                outputs = verify(choices);
                worse = WorseOf(outputs, plans.OnMeasuredApart(choices));
                last = choices;
                attempt++;
            }

            bool isHeld = bound.IsHeldBy(worse);
            if (isHeld && (smallest is not { } held || LengthOf(choices) < LengthOf(held.Choices)))
            {
                smallest = (choices, outputs);
            }

            best = best is null || bound.FigureOf(worse) > bound.FigureOf(best) ? worse : best;
            if (!search.Next(isHeld, bound.RoomOf(worse)))
            {
                break;
            }
        }

        return smallest ?? throw new RecipeException(
            string.Format(CultureInfo.InvariantCulture, "With the allowed encodings, the best that was measured on {0} is {1}; the bound is {2}.", BudgetSamples.Counted(best!), bound.Describe(best!), bound),
            remedy);
    }

    private OutputFidelity WorseOf(OutputFidelity heldOut, OutputFidelity? measured) => measured is not null && bound.FigureOf(measured) < bound.FigureOf(heldOut) ? measured : heldOut;

    private static long LengthOf(Alternative[] choices) => choices.Sum(choice => choice.Length);
}
