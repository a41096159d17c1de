using System;
using System.Collections.Concurrent;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Abstractions;

/// <summary>
/// Runs engine calls on a worker thread. What the call wants done on the pipeline thread (progress) travels through a bounded
/// queue that the pipeline thread empties meanwhile. A stop only cancels: the call ends by itself and is always awaited, so
/// that nothing works on behind the user's back.
/// </summary>
internal sealed class EngineWorker : IDisposable
{
    private const int QueueCapacity = 16;

    private readonly CancellationTokenSource _cancellation = new();
    private BlockingCollection<Action?>? _queue;

    /// <summary>Asks the running call to end. Any thread may.</summary>
    public void Cancel()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The stop came after the last call had ended.
        }
    }

    /// <summary>
    /// Runs a call. What the call throws is handed over as <paramref name="failure"/>; what is thrown on the pipeline thread
    /// meanwhile is PowerShell's own (a stop, a 'break', -WarningAction Stop) and passes through.
    /// </summary>
    /// <param name="work">The call. Its first argument hands an action to the pipeline thread, dropping it when that is behind.</param>
    /// <param name="failure">What the call threw, or <see langword="null"/>.</param>
    public T? Run<T>(Func<Action<Action>, CancellationToken, T> work, out Exception? failure)
        where T : class
    {
        using var queue = new BlockingCollection<Action?>(QueueCapacity);
        _queue = queue;
        Task<T> task = Task.Run(() =>
        {
            try
            {
                return work(action => queue.TryAdd(action), _cancellation.Token);
            }
            finally
            {
                queue.Add(null);
            }
        });

        try
        {
            while (queue.Take() is { } action)
            {
                action();
            }
        }
        catch
        {
            // A Write method throws when the pipeline is being stopped.
            Cancel();
            while (queue.Take() is not null)
            {
            }

            throw;
        }
        finally
        {
            Task.WaitAny(task);
            _queue = null;
        }

        failure = task.Exception?.InnerException;
        return failure is null ? task.Result : null;
    }

    /// <summary>
    /// For the running call, from any of its threads: does something on the pipeline thread and waits for what it gives. The
    /// wait ends with a stop, so that a pipeline thread that has stopped answering keeps nobody.
    /// </summary>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public T Ask<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationToken stop = _cancellation.Token;
        BlockingCollection<Action?> queue = _queue ?? throw new InvalidOperationException("No call is running.");
        queue.Add(() => Answer(question, answer), stop);
        Task.WaitAny([answer.Task], stop);
        return answer.Task.GetAwaiter().GetResult();
    }

    // What fails is the asker's. A stop, a 'break' or an 'exit' in a script block is the pipeline's and passes through.
    private static void Answer<T>(Func<T> question, TaskCompletionSource<T> answer)
    {
        try
        {
            answer.SetResult(question());
        }
        catch (Exception e) when (e is RecipeException or RuntimeException and not PipelineStoppedException)
        {
            answer.SetException(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _cancellation.Dispose();
}
