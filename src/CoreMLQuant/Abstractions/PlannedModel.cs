using System;
using System.Threading;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Abstractions;

/// <summary>An open model and what is to become of it.</summary>
internal sealed class PlannedModel : IDisposable
{
    private PlannedModel(ModelFile file, CompressionPlan plan)
    {
        File = file;
        Plan = plan;
    }

    /// <summary>The open file.</summary>
    public ModelFile File { get; }

    /// <summary>What is to be done.</summary>
    public CompressionPlan Plan { get; }

    /// <summary>Opens a model and plans a recipe for it.</summary>
    /// <param name="path">Full path of the model.</param>
    /// <param name="recipe">What to do.</param>
    /// <param name="followLinks">Whether links may lead out of the model.</param>
    /// <param name="calibrate">Finds out about the open model; <see langword="null"/> without calibration.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    public static PlannedModel Open(
        string path, CompressionRecipe recipe, bool followLinks, Func<ModelFile, CalibrationResult?>? calibrate, CancellationToken cancellationToken)
    {
        ModelFile file = ModelFile.Open(path, followLinks, cancellationToken);
        try
        {
            // What goes wrong, and what changes nothing, is known before the samples run.
            if (calibrate is not null && CalibrationNeeds.CanPlanWithout(file, recipe) && ModelCompressor.Plan(file, recipe, cancellationToken) is { HasChanges: false } unchanged)
            {
                return new PlannedModel(file, unchanged);
            }

            CalibrationResult? calibration = calibrate?.Invoke(file);
            CompressionPlan plan = ModelCompressor.Plan(file, recipe, calibration?.Statistics, cancellationToken);
            return new PlannedModel(file, calibration is null ? plan : plan with
            {
                Warnings = [.. calibration.Warnings, .. plan.Warnings],
                Notes = [.. calibration.Notes, .. plan.Notes],
            });
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();
}
