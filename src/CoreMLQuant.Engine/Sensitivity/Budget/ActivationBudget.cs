using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Conversion;
using CoreMLQuant.Mil.Activations;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>
/// Plans a model with quantized activations for a bound on its outputs: the operations that cost the outputs the most keep floats, as few of them as possible. Weights become what
/// the recipe says in either case.
/// </summary>
/// <param name="runtime">Runs models.</param>
/// <param name="settings">How they are run.</param>
/// <param name="samples">Reads all samples that are given, each time from the first.</param>
public sealed class ActivationBudget(IModelRuntime runtime, RunSettings settings, Func<RunFeatures, IEnumerable<RunSample>> samples)
{
    // The most expensive operations differ by several dB, which few samples tell.
    private const int CostSamples = 16;

    /// <summary>Whether a recipe has a bound on the outputs that activations decide about.</summary>
    public static bool IsFor(CompressionRecipe recipe) => ActivationQuantization.Of(recipe) is { HasBound: true };

    /// <summary>Folder for compressed models, which are deleted afterwards.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();

    /// <summary>Plans.</summary>
    /// <param name="model">The open model.</param>
    /// <param name="recipe">The recipe, with the bound.</param>
    /// <param name="options">Which samples are used, for calibration and verification together, and where statistics are kept.</param>
    /// <param name="calibrating">Told each run of the calibration.</param>
    /// <param name="progress">Told each operation before it is measured.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    /// <returns>The plan, with what was measured on the held-out samples.</returns>
    /// <exception cref="RecipeException">The bound cannot be kept.</exception>
    /// <exception cref="SampleDataException">There are too few samples, or the statistics are of samples that are held out.</exception>
    /// <exception cref="InputMismatchException">Samples do not fit the model.</exception>
    /// <exception cref="ModelNotRunnableException">The model cannot be run.</exception>
    public CompressionPlan Plan(
        ModelFile model,
        CompressionRecipe recipe,
        CalibrationOptions options,
        IProgress<CalibrationProgress>? calibrating = null,
        IProgress<SensitivityProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        recipe.Validate();
        ActivationQuantization quantization = ActivationQuantization.Of(recipe)!;
        var bound = OutputBound.Of(quantization.MinimumOutputSnr, quantization.MinimumAgreement);
        using var given = BudgetSamples.Open(new SampleRuns(runtime, settings, samples, TemporaryFolder), model, recipe, bound, options, choosesEncodings: false, calibrating, cancellationToken);
        string[] operations = CalibratedActivations.OperationsOf(model, recipe).ToArray();
        CompressionPlan PlanWith(IReadOnlyList<string> floats) =>
            ModelCompressor.Plan(model, ActivationQuantization.In(recipe, quantization.WithFloats(floats)), given.Calibration.Statistics, cancellationToken);
        double CostOf(string operation) => NoiseOf(given.Verification.OnSome(
            model, () => ModelCompressor.Plan(model, Only(recipe, quantization, operations, operation), given.Calibration.Statistics, cancellationToken), CostSamples, cancellationToken));

        (string[] kept, OutputFidelity outputs) = Choose(
            operations, bound, floats => given.Verification.OnHeldOut(model, () => PlanWith(floats), cancellationToken), () => ByCost(operations, CostOf, progress));
        CompressionPlan plan = given.Verified(PlanWith(kept), outputs, given.Calibration);
        return plan with { Warnings = [.. plan.Warnings, .. WarningsOn(plan, kept)], Notes = [.. plan.Notes, .. NotesOn(plan, kept, operations)] };
    }

    private static string[] WarningsOn(CompressionPlan plan, string[] kept) => kept.Length > 0 && plan.Activations.Count == 0
        ? ["no activation is quantized, because the bound on the outputs does not hold with any of them"]
        : [];

    // More operations with floats do not lose more, but for chance.
    private static (string[] Floats, OutputFidelity Outputs) Choose(string[] operations, OutputBound bound, Func<string[], OutputFidelity> verify, Func<string[]> byCost)
    {
        OutputFidelity all = verify([]);
        if (bound.IsHeldBy(all))
        {
            return ([], all);
        }

        // A NeuralNetwork has no operations of its own for activations.
        OutputFidelity none = operations.Length == 0 ? all : verify(operations);
        if (!bound.IsHeldBy(none))
        {
            string what = operations.Length == 0 ? "The model has no operation that could keep its activations as floats, and what" : "With all activations as floats, what";
            throw new RecipeException(
                FormattableString.Invariant($"{what} was measured on {BudgetSamples.Counted(none)} is {bound.Describe(none)}; the bound is {bound}."),
                "Specify a lower bound, more precise weights, or more samples, which leave less to chance.");
        }

        string[] order = byCost();
        (string[] Floats, OutputFidelity Outputs) least = (order, none);
        for (int low = 0, high = order.Length; high - low > 1;)
        {
            int middle = (low + high) / 2;
            string[] floats = order.Take(middle).ToArray();
            OutputFidelity outputs = verify(floats);
            if (bound.IsHeldBy(outputs))
            {
                (high, least) = (middle, (floats, outputs));
            }
            else
            {
                low = middle;
            }
        }

        return least;
    }

    private static string[] ByCost(string[] operations, Func<string, double> costOf, IProgress<SensitivityProgress>? progress) => operations
        .Select((operation, i) =>
        {
            progress?.Report(new SensitivityProgress(i, operations.Length, operation));
            return (operation, Cost: costOf(operation));
        })
        .OrderByDescending(measured => measured.Cost)
        .Select(measured => measured.operation)
        .ToArray();

    private static OptimizationRecipe Only(CompressionRecipe recipe, ActivationQuantization quantization, IEnumerable<string> operations, string operation) => new()
    {
        Steps = [],
        Activations = quantization.WithFloats([.. operations.Where(other => other != operation)]),
        AllowOpsetUpgrade = true,
        Include = recipe.Include,
        Exclude = recipe.Exclude,
    };

    // What only gives labels has no ratio.
    private static double NoiseOf(OutputFidelity outputs) => outputs.Snr is { } snr ? Math.Pow(10, -snr / 10) : 1 - (outputs.Agreement ?? 1);

    private static string[] NotesOn(CompressionPlan plan, string[] floats, string[] operations) => floats.Length == 0 || plan.Activations.Count == 0 ? [] :
    [
        FormattableString.Invariant(
            $"{floats.Length} of {operations.Length} operations {(floats.Length == 1 ? "keeps its" : "keep their")} activations as floats, because they cost the outputs the most: {string.Join(", ", floats)}"),
    ];
}
