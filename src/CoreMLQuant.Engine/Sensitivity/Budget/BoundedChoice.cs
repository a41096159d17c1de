using System;
using System.Globalization;
using System.Linq;
using System.Threading;
using CoreMLQuant.Conversion.Budget;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>Chooses the smallest model whose outputs keep a bound on the held-out samples: plans, measures, and plans again for less noise or more.</summary>
/// <param name="model">The open model.</param>
/// <param name="recipe">The budget.</param>
/// <param name="verification">Runs plans.</param>
/// <param name="planning">Plans a choice.</param>
internal sealed class BoundedChoice(ModelFile model, OptimizationRecipe recipe, OutputVerification verification, Func<Alternative[], CompressionPlan> planning)
{
    private const int MaxAttempts = 6;

    // Agreement has no formula: a signal of 20 dB leaves most classes what they are, and three steps of 9 dB lead from there to one that leaves all.
    private const double FirstNoise = 0.01;
    private const double AgreementStep = 8;

    /// <summary>Chooses.</summary>
    /// <param name="weights">The weights with the noise of each way at the outputs.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The choice, and what comes out on the held-out samples.</returns>
    /// <exception cref="RecipeException">The bound cannot be kept.</exception>
    public (Alternative[] Choices, OutputFidelity Outputs) Choose(WeightAlternatives[] weights, CancellationToken cancellationToken)
    {
        double least = RateDistortion.LeastDistortion(weights) ?? 0;
        var search = new NoiseSearch(recipe.MinimumOutputSnr is { } snr ? Math.Pow(10, -snr / 10) : FirstNoise, least);
        (Alternative[] Choices, OutputFidelity Outputs)? smallest = null;
        OutputFidelity? best = null, measured = null;
        Alternative[] last = [];
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            Alternative[] choices = RateDistortion.ForDistortion(weights, search.Noise);
            if (measured is null || !choices.SequenceEqual(last))
            {
                measured = verification.OnHeldOut(model, () => planning(choices), cancellationToken);
                last = choices;
            }

            bool isHeld = IsHeld(measured);
            if (isHeld && (smallest is not { } held || LengthOf(choices) < LengthOf(held.Choices)))
            {
                smallest = (choices, measured);
            }

            best = best is null || FigureOf(measured) > FigureOf(best) ? measured : best;
            if (!search.Next(isHeld, RoomOf(measured, isHeld)))
            {
                break;
            }
        }

        return smallest ?? throw new RecipeException(
            string.Format(CultureInfo.InvariantCulture, "With the allowed encodings, the best that was measured on {0} held-out samples is {1}; the bound is {2}.", best!.SampleCount, Text(FigureOf(best)), Text(Bound)),
            "Specify a lower bound, or more precise encodings.");
    }

    private double Bound => recipe.MinimumOutputSnr ?? recipe.MinimumAgreement!.Value;

    private bool IsHeld(OutputFidelity outputs) => FigureOf(outputs) >= Bound;

    // What only gives labels has no ratio; nothing but the same labels is good enough then.
    private double FigureOf(OutputFidelity outputs) => recipe.MinimumOutputSnr is null
        ? outputs.Agreement ?? 0
        : outputs.Snr ?? (outputs.Agreement == 1 ? double.PositiveInfinity : double.NegativeInfinity);

    private double RoomOf(OutputFidelity outputs, bool isHeld) =>
        recipe.MinimumOutputSnr is { } snr ? Math.Pow(10, (FigureOf(outputs) - snr) / 10) : isHeld ? AgreementStep : 1 / AgreementStep;

    private string Text(double figure) => recipe.MinimumOutputSnr is null
        ? string.Format(CultureInfo.InvariantCulture, "an agreement of {0}", Figures.Percent(figure))
        : Figures.Decibels(figure);

    private static long LengthOf(Alternative[] choices) => choices.Sum(choice => choice.Length);
}
