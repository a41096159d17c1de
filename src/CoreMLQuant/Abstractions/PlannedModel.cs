using System;
using System.Threading;
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
    public static PlannedModel Open(string path, CompressionRecipe recipe, bool followLinks, CancellationToken cancellationToken)
    {
        ModelFile file = ModelFile.Open(path, followLinks, cancellationToken);
        try
        {
            return new PlannedModel(file, ModelCompressor.Plan(file, recipe, cancellationToken));
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
