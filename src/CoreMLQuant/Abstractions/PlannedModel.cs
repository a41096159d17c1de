using System;
using System.Diagnostics;
using System.Threading;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;

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

    /// <summary>Opens a model and plans what becomes of it.</summary>
    /// <param name="path">Full path of the model.</param>
    /// <param name="followLinks">Whether links may lead out of the model.</param>
    /// <param name="planning">Plans the open model.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    public static PlannedModel Open(string path, bool followLinks, Func<ModelFile, CompressionPlan> planning, CancellationToken cancellationToken)
    {
        Stopwatch time = Stopwatch.StartNew();
        ModelFile file = ModelFile.Open(path, followLinks, cancellationToken);
        try
        {
            CompressionPlan plan = planning(file);
            return new PlannedModel(file, plan with { PlanningTime = time.Elapsed });
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Dispose();
        Plan.Dispose();
    }
}
