using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Running;

namespace CoreMLQuant.Comparison.Outputs;

/// <summary>
/// What a reference makes of samples, run before the model that is measured against it is opened, so that two large models are not in memory together. Where the
/// outputs of all samples would take too much memory themselves, the reference stays open and runs the others when they are asked for.
/// </summary>
internal sealed class ReferenceRuns : IDisposable
{
    /// <summary>Bytes of outputs that are kept by default: those of 32 samples of 64 positions with probabilities of 50 000 words fit in.</summary>
    public const long DefaultMaxKept = 512L << 20;

    private readonly Queue<ModelRun> _kept = new();
    private IRunnableModel? _open;

    private ReferenceRuns(IRunnableModel reference) => _open = reference;

    /// <summary>Whether the reference is still open, since not all outputs are kept.</summary>
    public bool IsOpen => _open is not null;

    /// <summary>Runs samples ahead.</summary>
    /// <param name="reference">The reference, which is closed when it has run all of them, and with this in any case.</param>
    /// <param name="samples">The samples, in the order in which they will be asked for.</param>
    /// <param name="maxKept">Bytes of outputs that are kept.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    public static ReferenceRuns Of(IRunnableModel reference, IEnumerable<RunSample> samples, long maxKept = DefaultMaxKept, CancellationToken cancellationToken = default)
    {
        var runs = new ReferenceRuns(reference);
        try
        {
            long kept = 0;
            foreach (RunSample sample in samples)
            {
                if (kept > maxKept)
                {
                    return runs;
                }

                cancellationToken.ThrowIfCancellationRequested();
                ModelRun run = reference.Run(sample, cancellationToken);
                runs._kept.Enqueue(run);
                kept += SizeOf(run.Outputs) + SizeOf(run.IntermediateValues);
            }

            runs.Dispose();
            return runs;
        }
        catch
        {
            runs.Dispose();
            throw;
        }
    }

    /// <summary>What the reference makes of the next sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    public ModelRun Run(RunSample sample, CancellationToken cancellationToken) => _kept.Count > 0
        ? _kept.Dequeue()
        : (_open ?? throw new InvalidOperationException("All samples have been asked for.")).Run(sample, cancellationToken);

    public void Dispose()
    {
        _open?.Dispose();
        _open = null;
    }

    // Text and single numbers are nothing beside arrays of numbers.
    private static long SizeOf(IDictionary values) =>
        values.Values.OfType<MultiArray>().Select(array => array.Values).Where(array => array.GetType().GetElementType()!.IsPrimitive).Sum(array => (long)Buffer.ByteLength(array));
}
