using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Collections;
using CoreMLQuant.Conversion.Budget;
using CoreMLQuant.Conversion.Stages;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Clustering;

namespace CoreMLQuant.Conversion;

/// <summary>Plans what a recipe does to a model, and does it.</summary>
public static class ModelCompressor
{
    /// <summary>Decides about every weight. Reads what the decision needs, writes nothing.</summary>
    /// <param name="model">The open model; it stays as it is.</param>
    /// <param name="recipe">What to do.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    /// <exception cref="CoreMLFormatException">The model breaks a rule of the format.</exception>
    /// <exception cref="RecipeException">The recipe cannot be applied to this model.</exception>
    /// <exception cref="ArgumentException">The recipe is not known.</exception>
    public static CompressionPlan Plan(ModelFile model, CompressionRecipe recipe, CancellationToken cancellationToken = default) =>
        Plan(model, recipe, null, cancellationToken);

    /// <summary>Decides about every weight, with what calibration found out. Reads what the decision needs, writes nothing.</summary>
    /// <param name="model">The open model; it stays as it is.</param>
    /// <param name="recipe">What to do.</param>
    /// <param name="statistics">Statistics of this model; <see langword="null"/> to go by the weights alone.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    /// <exception cref="CoreMLFormatException">The model breaks a rule of the format.</exception>
    /// <exception cref="RecipeException">The recipe cannot be applied to this model.</exception>
    /// <exception cref="ArgumentException">The recipe is not known.</exception>
    public static CompressionPlan Plan(
        ModelFile model, CompressionRecipe recipe, CalibrationStatistics? statistics, CancellationToken cancellationToken = default)
    {
        recipe.Validate();
        return Plan(model, () => PlanOf(model, recipe, statistics, cancellationToken), cancellationToken);
    }

    /// <summary>Plans in a way of the caller's own, with the checks that every plan has.</summary>
    internal static CompressionPlan Plan(ModelFile model, Func<CompressionPlan> planning, CancellationToken cancellationToken)
    {
        Stopwatch time = Stopwatch.StartNew();
        model.Container.NoteState(cancellationToken);
        using SourceCheck check = SourceCheck.Start(model, cancellationToken);
        CompressionPlan plan;
        try
        {
            plan = planning();
        }
        finally
        {
            ScratchArray.Trim();
        }

        // The graphs, and all that was decided about them.
        DroppedObjects.CollectWithinModel();
        IReadOnlyList<string> errors = check.Join();
        if (errors.Count == 0)
        {
            SourceCheck.CheckRaised(model, plan.SpecificationVersionBefore, plan.SpecificationVersionAfter);
        }

        return plan with { SourceErrors = errors, PlanningTime = time.Elapsed };
    }

    private static CompressionPlan PlanOf(ModelFile model, CompressionRecipe recipe, CalibrationStatistics? statistics, CancellationToken cancellationToken)
    {
        if (recipe is OptimizationRecipe { HasBudget: true } budget)
        {
            return BudgetPlanner.Plan(model, budget, statistics, cancellationToken);
        }

        var builder = new PlanBuilder(model, recipe) { Statistics = statistics };
        switch (recipe)
        {
            case Float16Recipe float16:
                Float16Planner.Plan(builder, float16, cancellationToken);
                break;
            case WeightRecipe or OptimizationRecipe:
                WeightCompressionPlanner.Plan(builder, cancellationToken);
                break;
            case PackagingRecipe:
                PackagingPlanner.Plan(builder);
                break;
            case ExpansionRecipe expansion:
                ExpansionPlanner.Plan(builder, expansion, cancellationToken);
                break;
            default:
                throw new ArgumentException($"'{recipe.GetType().Name}' is not a supported recipe.", nameof(recipe));
        }

        return builder.Build();
    }

    /// <summary>
    /// Executes a plan: writes the new model next to the destination, checks it there, flushes it to disk and renames it into
    /// place. A plan without changes writes nothing, or a copy of the model. When the destination is the model itself, its files are closed first.
    /// </summary>
    /// <param name="model">The model that was planned, still open.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="destinationPath">Full path of the .mlmodel file or .mlpackage folder to write.</param>
    /// <param name="options">How to carry it out.</param>
    /// <param name="progress">Told how far it is; from any thread.</param>
    /// <param name="cancellationToken">Stops the run; the destination then is as it was.</param>
    /// <exception cref="DestinationExistsException">The destination exists and must not be replaced.</exception>
    /// <exception cref="DestinationIsSourceException">The destination is the model itself and must not be replaced.</exception>
    /// <exception cref="IOException">The model cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public static ConversionResult Run(
        ModelFile model,
        CompressionPlan plan,
        string destinationPath,
        ConversionOptions options,
        IProgress<ConversionProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        using PendingConversion pending = Write(model, plan, destinationPath, options, progress, cancellationToken);
        return pending.Complete();
    }

    /// <summary>
    /// The first part of <see cref="Run"/>: everything but the wait for the medium and the rename, which <see cref="PendingConversion.Complete"/>
    /// does while the next model is computed. The source may be closed meanwhile.
    /// </summary>
    /// <param name="model">The model that was planned, still open.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="destinationPath">Full path of the .mlmodel file or .mlpackage folder to write.</param>
    /// <param name="options">How to carry it out.</param>
    /// <param name="progress">Told how far it is; from any thread.</param>
    /// <param name="cancellationToken">Stops the run; the destination then is as it was.</param>
    /// <exception cref="DestinationExistsException">Something stands at the destination and may not be replaced.</exception>
    /// <exception cref="DestinationIsSourceException">The destination is the model itself and may not be replaced.</exception>
    /// <exception cref="IOException">The model cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public static PendingConversion Write(
        ModelFile model,
        CompressionPlan plan,
        string destinationPath,
        ConversionOptions options,
        IProgress<ConversionProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        Stopwatch time = Stopwatch.StartNew();
        string destination = StagedModel.FullPath(destinationPath);
        bool isInPlace = SamePath.Is(destination, model.Path);
        if (!plan.HasChanges && (isInPlace || !options.CopyUnchanged))
        {
            return new PendingConversion(Result(plan, plan.SourcePath, ConversionStatus.Unchanged, plan.PlanningTime));
        }

        StagedModel staged = StagedModel.Write(
            model, plan.Output, plan.Form, destination, options, path => Write(plan, path, options, progress, cancellationToken), cancellationToken);
        ConversionStatus status = plan.HasChanges ? ConversionStatus.Converted : ConversionStatus.Copied;
        ConversionResult result = Result(plan, destination, status, plan.PlanningTime + time.Elapsed);
        return new PendingConversion(isInPlace ? result.WithReplacementNote() : result, staged);
    }

    /// <summary>Removes what killed runs left for a destination, and puts back an old model that one had put aside.</summary>
    /// <param name="destinationPath">Full path of the file or folder that they were to make.</param>
    /// <exception cref="IOException">An old model cannot be put back.</exception>
    public static void CleanUp(string destinationPath) => StagedOutput.CleanUp(Path.GetFullPath(destinationPath));

    private static void Write(
        CompressionPlan plan,
        string path,
        ConversionOptions options,
        IProgress<ConversionProgress>? progress,
        CancellationToken cancellationToken)
    {
        IProgress<long>? bytes = progress is null ? null : new ByteProgress(progress, plan.SourcePath, plan.SizeBefore);
        try
        {
            OutputWriter.Write(plan.Output, path, options.MaxDegreeOfParallelism, options.WorkerLimit, bytes, cancellationToken);
        }
        finally
        {
            ScratchArray.Trim();
        }
    }

    private static ConversionResult Result(CompressionPlan plan, string path, ConversionStatus status, TimeSpan elapsed)
    {
        WeightResult[] weights = plan.Weights.Select(weight => new WeightResult(
            weight.Site.Name,
            weight.Site.Stage,
            weight.Site.Function,
            weight.Site.OpType,
            weight.Action.ToString(),
            WeightEncodings.Describe(weight.Site),
            weight.Encoding,
            weight.Site.ElementCount,
            weight.SizeBefore,
            weight.SizeAfter,
            Joined(weight.Reason, weight.Part?.Remark ?? string.Empty),
            status == ConversionStatus.Converted ? weight.Part?.Error : null)
        {
            LayerError = status == ConversionStatus.Converted ? weight.Part?.LayerError : null,
        }).ToArray();
        WeightError[] errors = weights.Select(weight => weight.Error).OfType<WeightError>().ToArray();
        var result = new ConversionResult
        {
            Path = path,
            SourcePath = plan.SourcePath,
            Status = status.ToString(),
            Format = plan.Format.ToString(),
            Recipe = plan.Description,
            Before = plan.SizeBefore,
            After = plan.SizeAfter,
            SpecificationVersionBefore = plan.SpecificationVersionBefore,
            SpecificationVersionAfter = plan.SpecificationVersionAfter,
            RequiredVersionBefore = plan.RequiredVersionBefore,
            RequiredVersionAfter = plan.RequiredVersionAfter,
            Converted = status == ConversionStatus.Converted ? plan.ConvertedCount : 0,
            Skipped = plan.Weights.Count - plan.ConvertedCount,
            Reason = status == ConversionStatus.Converted ? string.Empty : plan.UnchangedReason,
            MinSnr = errors.Length > 0 ? errors.Min(error => error.Snr) : null,
            MaxError = errors.Length > 0 ? errors.Max(error => error.MaxAbsoluteError) : null,
            Weights = weights,
            Activations = plan.Activations,
            Calibration = plan.Calibration,
            SourceErrors = plan.SourceErrors,
            Notes = [.. plan.Warnings, .. plan.Notes],
            Elapsed = elapsed,
        };
        return plan.Outputs is { } outputs ? result.WithOutputs(outputs) : result;
    }

    private static string Joined(string reason, string remark) => reason.Length == 0 ? remark : remark.Length == 0 ? reason : $"{reason}; {remark}";

    private sealed class ByteProgress(IProgress<ConversionProgress> progress, string path, long total) : IProgress<long>
    {
        public void Report(long value) => progress.Report(new ConversionProgress(path, Math.Min(value, total), total));
    }
}
