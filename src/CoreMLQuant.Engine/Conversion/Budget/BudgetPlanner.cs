using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Coding;
using CoreMLQuant.Conversion.Stages;
using CoreMLQuant.Mil.Compression;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.NeuralNetworks.Compression;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Conversion.Budget;

/// <summary>
/// Plans a model for a size or a signal-to-noise ratio: measures every encoding of every weight that comes into question,
/// chooses, and plans the choice.
/// </summary>
internal static class BudgetPlanner
{
    // A plan knows its size to the byte; what is estimated before is off by records and alignment, so it converges at once.
    private const int MaxAttempts = 8;

    /// <summary>Plans.</summary>
    /// <exception cref="RecipeException">The target size cannot be met.</exception>
    public static CompressionPlan Plan(ModelFile model, OptimizationRecipe recipe, CalibrationStatistics? statistics, CancellationToken cancellationToken)
    {
        recipe.RequireNoSamples();
        if (recipe.TargetSize is not null)
        {
            Preview(model, recipe, cancellationToken);
        }

        WeightAlternatives[] weights = Measure(model, recipe, statistics, null, cancellationToken);
        if (recipe.MinimumSnr is { } snr)
        {
            return Plan(model, recipe, weights, RateDistortion.ForSnr(weights, snr), statistics, cancellationToken);
        }

        return PlanForSize(model, recipe, weights, statistics, cancellationToken).Plan;
    }

    /// <summary>Looks at all encodings before anything is measured. Sizes do not depend on errors, so that it is known then whether a <see cref="OptimizationRecipe.TargetSize"/> can be met at all.</summary>
    /// <returns>Bytes of all encodings together.</returns>
    /// <exception cref="RecipeException">The target size cannot be met.</exception>
    public static long Preview(ModelFile model, OptimizationRecipe recipe, CancellationToken cancellationToken)
    {
        WeightAlternatives[] weights = AlternativeMeasurement.Lengths(WaysOf(model, recipe, null), cancellationToken);
        if (recipe.TargetSize is not null)
        {
            Smallest(model, recipe, weights, null, cancellationToken);
        }

        return weights.Sum(weight => weight.Alternatives.Skip(1).Sum(encoding => encoding.Length));
    }

    /// <summary>Plans for <see cref="OptimizationRecipe.TargetSize"/> with the least distortion of the given ways.</summary>
    /// <exception cref="RecipeException">The target size cannot be met.</exception>
    public static (CompressionPlan Plan, Alternative[] Choices) PlanForSize(
        ModelFile model, OptimizationRecipe recipe, WeightAlternatives[] weights, CalibrationStatistics? statistics, CancellationToken cancellationToken)
    {
        // Smallest first: whether the target can be met at all does not depend on the way there.
        (CompressionPlan smallest, Alternative[] least) = Smallest(model, recipe, weights, statistics, cancellationToken);
        long target = recipe.TargetSize!.Value;
        long stored = weights.Sum(weight => weight.Alternatives[0].Length);
        long budget = target - (smallest.SizeBefore - stored);
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            Alternative[] choices = RateDistortion.ForBytes(weights, budget, out long length);
            CompressionPlan plan = Plan(model, recipe, weights, choices, statistics, cancellationToken);
            if (plan.SizeAfter <= target)
            {
                return (plan, choices);
            }

            // What was taken is the base: a budget that it undercut already says nothing.
            budget = System.Math.Min(budget, length) - (plan.SizeAfter - target);
        }

        return (smallest, least);
    }

    private static (CompressionPlan Plan, Alternative[] Choices) Smallest(
        ModelFile model, OptimizationRecipe recipe, WeightAlternatives[] weights, CalibrationStatistics? statistics, CancellationToken cancellationToken)
    {
        Alternative[] least = RateDistortion.ForBytes(weights, 0, out _);
        CompressionPlan smallest = Plan(model, recipe, weights, least, statistics, cancellationToken);
        return smallest.SizeAfter <= recipe.TargetSize ? (smallest, least) : throw new RecipeException(
            string.Format(CultureInfo.InvariantCulture, "With the allowed encodings, the model takes at least {0} bytes; the target is {1}.", smallest.SizeAfter, recipe.TargetSize),
            recipe.AllowOpsetUpgrade || !PipelineStages.Of(model.Specification).Any(stage => stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram) ? "Specify a larger target."
                : recipe.NoOpsetUpgrade ? "Specify a larger target, or omit -NoOpsetUpgrade, which allows only the encodings of the opset that the model has."
                : "Specify a larger target, or allow smaller encodings (-AllowOpsetUpgrade adds those of CoreML8).");
    }

    /// <summary>Plans a choice of one way for each weight.</summary>
    public static CompressionPlan Plan(
        ModelFile model,
        OptimizationRecipe recipe,
        WeightAlternatives[] weights,
        Alternative[] choices,
        CalibrationStatistics? statistics,
        CancellationToken cancellationToken)
    {
        var builder = new PlanBuilder(model, recipe)
        {
            Statistics = statistics,
            Choices = new WeightChoices(weights.Zip(choices, (weight, choice) => (weight, choice))),
        };
        WeightCompressionPlanner.Plan(builder, cancellationToken);
        return builder.Build();
    }

    /// <summary>Measures every way of storing each weight that comes into question.</summary>
    /// <param name="model">The model.</param>
    /// <param name="recipe">The budget, with the encodings as its steps; without steps, the usual ones.</param>
    /// <param name="statistics">Statistics of the model; <see langword="null"/> without calibration.</param>
    /// <param name="store">Keeps the encodings; <see langword="null"/> when they are only measured.</param>
    /// <param name="cancellationToken">Stops measuring.</param>
    public static WeightAlternatives[] Measure(
        ModelFile model, OptimizationRecipe recipe, CalibrationStatistics? statistics, EncodingStore? store, CancellationToken cancellationToken) =>
        AlternativeMeasurement.Run(WaysOf(model, recipe, statistics), store, cancellationToken);

    /// <summary>The ways of storing each weight that come into question, in the order of <see cref="Measure"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="recipe">The budget.</param>
    /// <param name="statistics">Statistics of the model; <see langword="null"/> without calibration.</param>
    public static IEnumerable<WeightWays> WaysOf(ModelFile model, OptimizationRecipe recipe, CalibrationStatistics? statistics)
    {
        var rules = new SelectionRules(recipe);
        return PipelineStages.Of(model.Specification).SelectMany(stage =>
            stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram ? MilAlternatives.Of(model, stage, recipe, rules, statistics)
            : NetworkLayers.Of(stage.Model) is not null ? NetworkAlternatives.Of(model, stage, recipe, rules, statistics)
            : []);
    }
}
