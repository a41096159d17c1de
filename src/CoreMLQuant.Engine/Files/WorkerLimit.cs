using System;
using System.Threading;

namespace CoreMLQuant.Files;

/// <summary>Bounds how many workers are busy at the same time in all conversions that share it.</summary>
/// <param name="count">Number of workers.</param>
public sealed class WorkerLimit(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count, count);

    /// <summary>Does a piece of work when a worker is free.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped while it waited.</exception>
    internal void Run(Action work, CancellationToken cancellationToken)
    {
        _free.Wait(cancellationToken);
        try
        {
            work();
        }
        finally
        {
            _free.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();
}
