using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Coding;
using CoreMLQuant.Conversion.Budget;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>
/// Plans a model for a size or a bound on its outputs by what each way of storing each weight costs at the outputs, encodes what was chosen by all samples that are not held out, and verifies it on those that are.
/// </summary>
/// <param name="runtime">Runs models.</param>
/// <param name="settings">How they are run.</param>
/// <param name="samples">Reads all samples that are given, each time from the first.</param>
public sealed class OutputBudget(IModelRuntime runtime, RunSettings settings, Func<RunFeatures, IEnumerable<RunSample>> samples)
{
    /// <summary>Whether a recipe has a budget that outputs decide about where there are samples. <see cref="OptimizationRecipe.MinimumSnr"/> is about weights.</summary>
    public static bool IsFor(CompressionRecipe recipe) => recipe is OptimizationRecipe { HasBudget: true, MinimumSnr: null };

    /// <summary>Folder for compressed models, which are deleted afterwards.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();

    /// <summary>Plans.</summary>
    /// <param name="model">The open model.</param>
    /// <param name="recipe">The budget.</param>
    /// <param name="options">Which samples are used, for calibration and verification together, and where statistics are kept.</param>
    /// <param name="calibrating">Told each run of the calibration.</param>
    /// <param name="progress">Told each run of the measurement.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    /// <returns>The plan, with what was measured on the held-out samples.</returns>
    /// <exception cref="RecipeException">The budget cannot be met.</exception>
    /// <exception cref="SampleDataException">There are too few samples, or the statistics are of samples that are held out.</exception>
    /// <exception cref="InputMismatchException">Samples do not fit the model.</exception>
    /// <exception cref="ModelNotRunnableException">The model cannot be run.</exception>
    /// <exception cref="IOException">There is no room in the folder for temporary files.</exception>
    public CompressionPlan Plan(
        ModelFile model,
        OptimizationRecipe recipe,
        CalibrationOptions options,
        IProgress<CalibrationProgress>? calibrating = null,
        IProgress<SensitivityProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        recipe.Validate();
        long encodedLength = BudgetPlanner.Preview(model, recipe, cancellationToken);
        TemporaryFile.RequireSpace(TemporaryFolder, encodedLength);
        OutputBound? bound = recipe.TargetSize is null ? OutputBound.Of(recipe.MinimumOutputSnr, recipe.MinimumAgreement) : null;
        using var given = BudgetSamples.Open(new SampleRuns(runtime, settings, samples, TemporaryFolder), model, recipe, bound, options, choosesEncodings: true, calibrating, cancellationToken);
        using var store = new EncodingStore(TemporaryFolder, encodedLength);
        CalibrationStatistics statistics = given.Calibration.Statistics;
        WeightAlternatives[] byValues = BudgetPlanner.Measure(model, recipe, statistics, store, cancellationToken);
        WeightAlternatives[] byOutputs = MeasureNoise(new OutputNoise(model, recipe, statistics, TemporaryFolder), model.Path, byValues, given, progress, cancellationToken);
        var plans = new BudgetPlans(model, recipe, given, byValues, store, cancellationToken);
        return bound is null ? new SizedChoice(plans).Plan(byOutputs, byValues, cancellationToken) : new BoundedChoice(plans, bound, byOutputs, RemedyFor(recipe)).Plan(cancellationToken);
    }

    // No encoding of weights makes good what integers cost the activations.
    private static string RemedyFor(OptimizationRecipe recipe) => recipe.Activations is null
        ? "Specify a lower bound, more precise encodings, or more samples, which leave less to chance."
        : "The recipe quantizes activations, which this bound does not choose about: specify it as a bound of the activations (minimum_output_snr or minimum_agreement there, or ConvertTo-QuantizedModel -ActivationBitWidth 8 -MinimumOutputSnr), which keeps those as floats that cost the most, or a lower bound.";

    // Sessions whose weights can be replaced compute a little differently, so nothing else runs in them.
    private WeightAlternatives[] MeasureNoise(
        OutputNoise noise, string path, WeightAlternatives[] weights, BudgetSamples given, IProgress<SensitivityProgress>? progress, CancellationToken cancellationToken)
    {
        if (weights.Length == 0)
        {
            return weights;
        }

        using IRunnableModel model = runtime.Open(path, settings with { HasReplaceableWeights = true }, cancellationToken);
        return noise.Measure(weights, model, given.Split.ReadMeasured(), given.Split.MeasuredCount, given.Verification.Variety, progress, cancellationToken);
    }
}
