using System;
using System.Globalization;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Conversion.Budget;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>Chooses the smallest model that keeps a bound on its outputs as far as the held-out samples show: plans, measures, and plans again for less noise or more.</summary>
/// <param name="plans">Plans choices.</param>
/// <param name="bound">The bound.</param>
/// <param name="weights">The weights with the noise of each way at the outputs.</param>
internal sealed class BoundedChoice(BudgetPlans plans, OutputBound bound, WeightAlternatives[] weights)
{
    private const int MaxAttempts = 10;

    private OutputFidelity? _best;

    /// <summary>Plans.</summary>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="RecipeException">The bound cannot be kept.</exception>
    public CompressionPlan Plan(CancellationToken cancellationToken)
    {
        CalibrationStatistics first = plans.First.Statistics;
        HeldChoice? held = Find(bound.FirstNoise, choices => plans.OnHeldOut(choices, first));
        if (plans.CalibrateWithAll() is { } all)
        {
            // Other encodings have other outputs, so there can be room for a smaller model, or need of a larger one. Where none was precise enough, only the most precise one is tried.
            ChosenEncodings encodings = plans.Encodings(all.Statistics);
            HeldChoice? again = Find(held?.Noise ?? 0, choices => plans.OnHeldOut(encodings.Of(choices, cancellationToken), all.Statistics));
            if (again is not null && !(held?.Length < again.Length))
            {
                return plans.Verified(encodings.Of(again.Choices, cancellationToken), again.Outputs, all);
            }
        }

        return held is not null ? plans.Verified(held.Choices, held.Outputs, plans.First) : throw new RecipeException(
            string.Format(CultureInfo.InvariantCulture, "With the allowed encodings, the best that was measured on {0} is {1}; the bound is {2}.", BudgetSamples.Counted(_best!.SampleCount), bound.Describe(_best), bound),
            "Specify a lower bound, more precise encodings, or more samples, which leave less to chance.");
    }

    private HeldChoice? Find(double noise, Func<Alternative[], OutputFidelity> verify)
    {
        (double least, double most) = RateDistortion.Range(weights);
        var search = new NoiseSearch(noise, least, most);
        HeldChoice? smallest = null;
        OutputFidelity? measured = null;
        Alternative[] last = [];
        for (int attempt = 0; attempt < MaxAttempts;)
        {
            Alternative[] choices = RateDistortion.ForDistortion(weights, search.Noise);
            if (measured is null || !choices.SequenceEqual(last))
            {
                measured = verify(choices);
                last = choices;
                attempt++;
            }

            bool isHeld = bound.IsHeldBy(measured);
            var choice = new HeldChoice(choices, measured, search.Noise);
            if (isHeld && (smallest is null || choice.Length < smallest.Length))
            {
                smallest = choice;
            }

            _best = _best is null || bound.FigureOf(measured) > bound.FigureOf(_best) ? measured : _best;
            if (!search.Next(isHeld, bound.RoomOf(measured)))
            {
                break;
            }
        }

        return smallest;
    }
}
