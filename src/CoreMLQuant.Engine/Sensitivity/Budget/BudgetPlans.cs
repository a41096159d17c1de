using System;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Coding;
using CoreMLQuant.Conversion;
using CoreMLQuant.Conversion.Budget;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>Plans of what is chosen for a model, and what comes out of them.</summary>
/// <param name="model">The open model.</param>
/// <param name="recipe">The budget.</param>
/// <param name="given">The samples.</param>
/// <param name="weights">The weights with all ways that come into question.</param>
/// <param name="store">Keeps encodings meanwhile.</param>
/// <param name="cancellationToken">Stops.</param>
internal sealed class BudgetPlans(ModelFile model, OptimizationRecipe recipe, BudgetSamples given, WeightAlternatives[] weights, EncodingStore store, CancellationToken cancellationToken)
{
    /// <summary>The budget.</summary>
    public OptimizationRecipe Recipe => recipe;

    /// <summary>What the samples gave that calibrate; the others choose, or are held out.</summary>
    public CalibrationResult First => given.Calibration;

    /// <summary>What all samples gave that are not held out, once a choice is made; <see langword="null"/> where it would be the same.</summary>
    public CalibrationResult? CalibrateWithAll() => given.CalibrateWithAll();

    /// <summary>What is chosen, encoded by other statistics.</summary>
    public ChosenEncodings Encodings(CalibrationStatistics by) => new(model, recipe, by, store);

    /// <summary>The least distortion for <see cref="OptimizationRecipe.TargetSize"/>.</summary>
    /// <param name="distortions">The weights with what each way costs.</param>
    /// <exception cref="RecipeException">The size cannot be met.</exception>
    public Alternative[] ForSize(WeightAlternatives[] distortions) => BudgetPlanner.PlanForSize(model, recipe, distortions, First.Statistics, cancellationToken).Choices;

    /// <summary>The plan of a choice.</summary>
    /// <param name="choices">One way for each weight.</param>
    /// <param name="by">What it is encoded by.</param>
    public CompressionPlan Plan(Alternative[] choices, CalibrationStatistics by) =>
        ModelCompressor.Plan(model, () => BudgetPlanner.Plan(model, recipe, weights, choices, by, cancellationToken), cancellationToken);

    /// <summary>What comes out on the samples that choose.</summary>
    /// <param name="choices">One way for each weight, encoded by the first statistics.</param>
    public OutputFidelity OnMeasured(Alternative[] choices) => given.Verification.OnMeasured(model, () => Plan(choices, First.Statistics), cancellationToken);

    /// <summary>What comes out on the samples that choose; <see langword="null"/> when these are the ones that calibrate, to which encodings are fitted.</summary>
    /// <param name="choices">One way for each weight, encoded by the first statistics.</param>
    public OutputFidelity? OnMeasuredApart(Alternative[] choices) => given.Split.IsParted ? OnMeasured(choices) : null;

    /// <summary>What comes out on the samples that are held out.</summary>
    /// <param name="choices">One way for each weight.</param>
    /// <param name="by">What it is encoded by.</param>
    public OutputFidelity OnHeldOut(Alternative[] choices, CalibrationStatistics by) => given.Verification.OnHeldOut(model, () => Plan(choices, by), cancellationToken);

    /// <summary>The plan that is carried out.</summary>
    /// <param name="choices">One way for each weight.</param>
    /// <param name="outputs">What comes out on the samples that are held out.</param>
    /// <param name="by">What it is encoded by.</param>
    public CompressionPlan Verified(Alternative[] choices, OutputFidelity outputs, CalibrationResult by) =>
        given.Verified(Plan(Array.ConvertAll(choices, Unkept), by.Statistics), outputs, by);

    // Whoever carries the plan out encodes once more: what is kept goes now.
    private static Alternative Unkept(Alternative choice) => choice with { Record = null };
}
