using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;

namespace CoreMLQuant.Files;

/// <summary>
/// Items that several workers take in order. The first failure stops the others and is what the caller sees, not the
/// cancellation that it caused. Starting and joining are apart, so that the caller can do something else meanwhile.
/// </summary>
internal sealed class ParallelWork<T> : IDisposable
{
    private readonly IReadOnlyList<T> _items;
    private readonly Action<T, CancellationToken> _run;
    private readonly CancellationTokenSource _stop;
    private readonly Task[] _others;
    private int _next = -1;

    private ParallelWork(IReadOnlyList<T> items, int workers, Action<T, CancellationToken> run, CancellationToken cancellationToken)
    {
        _items = items;
        _run = run;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        int count = workers > 0 ? workers : Environment.ProcessorCount;
        _others = new Task[Math.Max(0, Math.Min(count, items.Count) - 1)];
        for (int i = 0; i < _others.Length; i++)
        {
            _others[i] = Task.Run(Work, CancellationToken.None);
        }
    }

    /// <summary>Starts all workers but the caller, who becomes one when it joins.</summary>
    /// <param name="items">The items.</param>
    /// <param name="workers">Number of workers; 0 takes one for each processor.</param>
    /// <param name="run">Does one item; called from any thread.</param>
    /// <param name="cancellationToken">Stops between items.</param>
    public static ParallelWork<T> Start(IReadOnlyList<T> items, int workers, Action<T, CancellationToken> run, CancellationToken cancellationToken) =>
        new(items, workers, run, cancellationToken);

    /// <summary>Works along until nothing is left, then waits for the others.</summary>
    public void Join()
    {
        Exception? failure = null;
        foreach (Action wait in _others.Select<Task, Action>(task => () => task.GetAwaiter().GetResult()).Prepend(Work))
        {
            try
            {
                wait();
            }
            catch (OperationCanceledException e)
            {
                failure ??= e;
            }
            catch (Exception e) when (failure is null or OperationCanceledException)
            {
                failure = e;
            }
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Capture(failure).Throw();
        }
    }

    /// <summary>Stops workers that were not joined and waits for them, so that none outlives its files.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        Task.WaitAny(Task.WhenAll(_others));
        _stop.Dispose();
    }

    private void Work()
    {
        try
        {
            int index;
            while ((index = Interlocked.Increment(ref _next)) < _items.Count)
            {
                _stop.Token.ThrowIfCancellationRequested();
                _run(_items[index], _stop.Token);
            }
        }
        catch
        {
            _stop.Cancel();
            throw;
        }
    }
}
