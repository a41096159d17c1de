using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Conversion;
using CoreMLQuant.Files;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Sensitivity;

/// <summary>
/// A model with all its weights compressed by one recipe, in a folder of its own that is deleted with it: what each weight becomes. What a killed process left is deleted by the next one.
/// </summary>
internal sealed class CompressedVariant : IDisposable
{
    // Folders that are recognized as abandoned by their lock go by such a name.
    private const string FolderName = "CoreMLQuant-sensitivity";

    private readonly StagingFolder _folder;
    private readonly ModelFile? _file;
    private readonly Dictionary<WeightKey, FoundWeight> _weights;

    private CompressedVariant(StagingFolder folder, string recipe, CompressionPlan plan, ModelFile? file, ConversionResult? result)
    {
        _folder = folder;
        _file = file;
        Recipe = recipe;
        LargestSkipped = plan.Weights.Where(weight => weight.Action == WeightAction.Skip).OrderByDescending(weight => weight.Site.ByteCount).FirstOrDefault();
        _weights = file is null ? [] : WeightSites.Find(file).GroupBy(weight => WeightKey.Of(weight.Site)).ToDictionary(group => group.Key, group => group.First());
        Results = (result?.Weights ?? [])
            .Where(weight => weight.Action == nameof(WeightAction.Convert) && weight.Error is not null)
            .GroupBy(weight => new WeightKey(weight.Stage, weight.Function, weight.Name))
            .ToDictionary(group => group.Key, group => group.First());
    }

    /// <summary>The recipe.</summary>
    public string Recipe { get; }

    /// <summary>The largest weight that the recipe leaves as it is, with the reason; <see langword="null"/> when it leaves none.</summary>
    public WeightPlan? LargestSkipped { get; }

    /// <summary>The weights that are compressed, with their errors.</summary>
    public IReadOnlyDictionary<WeightKey, WeightResult> Results { get; }

    /// <summary>Full path of the compressed model; <see langword="null"/> when nothing is compressed.</summary>
    public string? Path => _file?.Path;

    /// <summary>How large the error of a weight is.</summary>
    public ErrorLevel LevelOf(WeightKey weight) => new(_weights[weight].Site.Encoding, Results[weight].LayerError?.Snr, Results[weight].Snr!.Value);

    /// <summary>Compresses a model.</summary>
    /// <param name="path">Full path of the model.</param>
    /// <param name="followLinks">Whether links may lead out of the model.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="statistics">Statistics of the model.</param>
    /// <param name="temporaryFolder">Where the folder is made.</param>
    /// <param name="cancellationToken">Stops compressing.</param>
    /// <exception cref="System.IO.IOException">The model cannot be written there.</exception>
    public static CompressedVariant Of(
        string path, bool followLinks, CompressionRecipe recipe, CalibrationStatistics statistics, string temporaryFolder, CancellationToken cancellationToken)
    {
        using ModelFile model = ModelFile.Open(path, followLinks, cancellationToken);
        return Of(model, recipe.Description, () => ModelCompressor.Plan(model, recipe, statistics, cancellationToken), temporaryFolder, cancellationToken);
    }

    /// <summary>Carries out a plan.</summary>
    /// <param name="model">The open model.</param>
    /// <param name="recipe">What the plan does.</param>
    /// <param name="planning">Plans.</param>
    /// <param name="temporaryFolder">Where the folder is made.</param>
    /// <param name="cancellationToken">Stops compressing.</param>
    /// <exception cref="System.IO.IOException">The model cannot be written there.</exception>
    public static CompressedVariant Of(
        ModelFile model, string recipe, Func<CompressionPlan> planning, string temporaryFolder, CancellationToken cancellationToken)
    {
        StagingFolder folder = TemporaryFile.Create(temporaryFolder, () => NewFolder(System.IO.Path.Combine(temporaryFolder, FolderName)));
        ModelFile? file = null;
        try
        {
            CompressionPlan plan = planning();
            if (!plan.HasChanges)
            {
                return new CompressedVariant(folder, recipe, plan, null, null);
            }

            string target = System.IO.Path.Combine(folder.Path, plan.WritesPackage ? "model.mlpackage" : "model.mlmodel");
            ConversionResult result = Write(model, plan, target, temporaryFolder, cancellationToken);
            file = ModelFile.Open(target, followLinks: false, cancellationToken);
            return new CompressedVariant(folder, recipe, plan, file, result);
        }
        catch
        {
            file?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The values that a weight has become.</summary>
    public float[] Decode(WeightKey weight)
    {
        TensorValues values = _weights[weight].Decode() ?? throw new InvalidOperationException($"The weight '{weight}' cannot be decoded.");
        float[] all = new float[checked((int)values.Count)];
        values.Read(0, all);
        return all;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _folder.Dispose();
    }

    // What fails where the source is read names the source.
    private static ConversionResult Write(ModelFile model, CompressionPlan plan, string target, string temporaryFolder, CancellationToken cancellationToken)
    {
        try
        {
            return ModelCompressor.Run(model, plan, target, new ConversionOptions { Flush = false }, null, cancellationToken);
        }
        catch (Exception e) when (e.Message.Contains(target) && TemporaryFile.InWords(e, temporaryFolder, plan.SizeAfter) is { } told)
        {
            throw told;
        }
    }

    private static StagingFolder NewFolder(string name)
    {
        foreach (StagingFolder abandoned in StagingFolder.TakeAbandoned(name))
        {
            abandoned.Dispose();
        }

        return StagingFolder.Create(name);
    }
}
