using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Abstractions;

/// <summary>
/// The models of a run that are under way, in the order of input. Later ones are planned while earlier ones are written, but they are
/// decided about and handed on in their order, and no more are held than are worked on.
/// </summary>
/// <param name="width">Number of models that are planned, and number of models that are written, at the same time.</param>
/// <param name="decide">Decides about a model that is planned: starts to write it, or gives it a result or an error.</param>
/// <param name="awaitWriting">Waits until a model is written, but not until it is on the medium.</param>
/// <param name="handOn">Waits until a model is done, and reports it.</param>
internal sealed class ConversionLine(int width, Action<ConversionJob> decide, Action<ConversionJob> awaitWriting, Action<ConversionJob> handOn) : IDisposable
{
    private readonly Queue<ConversionJob> _undecided = new();
    private readonly Queue<ConversionJob> _decided = new();

    /// <summary>Waits until there is a place for another model, and hands on those that wait for nothing but the medium, except the last ones.</summary>
    public void MakeRoom()
    {
        AwaitWorker();
        while (_decided.Count > width || (_decided.Count > 0 && _decided.Peek().IsDone))
        {
            handOn(_decided.Dequeue());
        }
    }

    /// <summary>Takes in a model whose planning has begun.</summary>
    public void Add(ConversionJob job)
    {
        _undecided.Enqueue(job);
        while (_undecided.Count >= width)
        {
            Decide();
        }
    }

    /// <summary>Decides about every model so far, if one of them may become a file that comes next.</summary>
    /// <param name="mayBecome">Tells whether a path is that file.</param>
    public void Settle(Func<string, bool> mayBecome)
    {
        if (_undecided.Any(job => job.Target is { } target && mayBecome(target)))
        {
            DecideAll();
        }
    }

    /// <summary>Decides about every model and hands all of them on.</summary>
    public void Finish()
    {
        DecideAll();
        while (_decided.Count > 0)
        {
            handOn(_decided.Dequeue());
        }
    }

    /// <summary>Lets go of models that were not handed on. Their calls have ended.</summary>
    public void Dispose()
    {
        foreach (ConversionJob job in _undecided.Concat(_decided))
        {
            job.Dispose();
        }
    }

    private void DecideAll()
    {
        while (_undecided.Count > 0)
        {
            Decide();
        }
    }

    private void Decide()
    {
        AwaitWorker();

        // It stays in the line while it is decided about: whatever ends the run there, it is let go of.
        decide(_undecided.Peek());
        _decided.Enqueue(_undecided.Dequeue());

        // One more than are written may wait for the medium.
        while (_decided.Count > width + 1)
        {
            handOn(_decided.Dequeue());
        }
    }

    private void AwaitWorker()
    {
        while (_decided.FirstOrDefault(job => job.IsWriting) is { } first && _decided.Count(job => job.IsWriting) >= width)
        {
            awaitWriting(first);
        }
    }
}
