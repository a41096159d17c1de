using System;
using System.Collections.Generic;
using System.Threading;

namespace CoreMLQuant.Running;

/// <summary>A model that is open for the samples of a pipeline, and what came out so far where it is to be written.</summary>
/// <param name="model">The model.</param>
/// <param name="keepsRuns">Whether results are wanted together at the end.</param>
internal sealed class OpenedModel(IRunnableModel model, bool keepsRuns) : IDisposable
{
    private readonly List<ModelRun> _runs = [];

    /// <summary>The model.</summary>
    public IRunnableModel Model => model;

    /// <summary>What came out.</summary>
    public IReadOnlyList<ModelRun> Runs => _runs;

    /// <summary>Runs a sample.</summary>
    public ModelRun Run(RunSample sample, CancellationToken cancellationToken)
    {
        ModelRun run = model.Run(sample, cancellationToken);
        if (keepsRuns)
        {
            _runs.Add(run);
        }

        return run;
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
