using System;
using System.Threading;
using CoreMLQuant.Conversion;

namespace CoreMLQuant.Abstractions;

/// <summary>Carries plans out, on workers.</summary>
/// <param name="options">How.</param>
/// <param name="look">Looks at a model that is written and not in its place yet; is given what hands an action to the pipeline thread.</param>
internal sealed class ConversionWriter(ConversionOptions options, Action<Action<Action>, PendingConversion, CancellationToken> look)
{
    /// <summary>Writes a model and begins to flush it.</summary>
    /// <param name="post">Hands an action to the pipeline thread.</param>
    /// <param name="job">What is written where.</param>
    /// <param name="planned">The model and its plan, closed when they are not needed any more.</param>
    /// <param name="cancellationToken">Stops; nothing is left of the model then.</param>
    public FlushingOutput Write(Action<Action> post, ConversionJob job, PlannedModel planned, CancellationToken cancellationToken)
    {
        PendingConversion written = ModelCompressor.Write(planned.File, planned.Plan, job.Target!, options, job.Progress, cancellationToken);
        try
        {
            look(post, written, cancellationToken);
        }
        catch
        {
            written.Dispose();
            throw;
        }

        // The model is flushed while others are computed; its source is not needed any more.
        planned.Dispose();
        return new FlushingOutput(written);
    }
}
