using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Abstractions;

/// <summary>
/// Runs engine calls on worker threads, several at once where they are wanted. What a call wants done on the pipeline thread (progress, a
/// question) is queued and done whenever the pipeline thread waits for a call. A stop only cancels: calls end by themselves and are
/// always awaited, so that nothing works on behind the user's back.
/// </summary>
internal sealed class EngineWorker : IDisposable
{
    private const int QueueCapacity = 16;

    private readonly CancellationTokenSource _cancellation = new();
    private readonly ConcurrentQueue<Action> _actions = new();
    private readonly AutoResetEvent _changed = new(initialState: false);
    private readonly HashSet<Task> _running = [];

    /// <summary>Asks all running calls to end. Any thread may.</summary>
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

    /// <summary>Starts a call. Called on the pipeline thread.</summary>
    /// <param name="work">The call. Its first argument hands an action to the pipeline thread, dropping it when that is behind.</param>
    public Task<T> Start<T>(Func<Action<Action>, CancellationToken, T> work)
    {
        _running.RemoveWhere(task => task.IsCompleted);
        Task<T> task = Task.Run(() => work(Post, _cancellation.Token));

        // Whoever waits looks again once the task counts as completed, and not before.
        task.ContinueWith(_ => Wake(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _running.Add(task);
        return task;
    }

    /// <summary>
    /// Waits for a call and does meanwhile what any call wants done here. What the call throws is handed over as
    /// <paramref name="failure"/>; what is thrown on the pipeline thread is PowerShell's own (a stop, a 'break', -WarningAction Stop)
    /// and passes through.
    /// </summary>
    /// <param name="task">The call.</param>
    /// <param name="failure">What the call threw, or <see langword="null"/>.</param>
    public T? Wait<T>(Task<T> task, out Exception? failure)
        where T : class
    {
        try
        {
            DoQueued();
            while (!task.IsCompleted)
            {
                _changed.WaitOne();
                DoQueued();
            }
        }
        catch
        {
            // A Write method throws when the pipeline is being stopped.
            Stop();
            throw;
        }

        failure = task.IsCanceled ? new OperationCanceledException() : task.Exception?.InnerException;
        return failure is null ? task.Result : null;
    }

    /// <summary>Cancels every call and waits until all have ended.</summary>
    public void Stop()
    {
        Cancel();
        Task.WaitAny(Task.WhenAll(_running));
    }

    /// <summary>
    /// For a running call, from any of its threads: does something on the pipeline thread and waits for what it gives. The
    /// wait ends with a stop, so that a pipeline thread that has stopped answering keeps nobody.
    /// </summary>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public T Ask<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _actions.Enqueue(() => Answer(question, answer));
        Wake();
        Task.WaitAny([answer.Task], _cancellation.Token);
        return answer.Task.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _cancellation.Dispose();
        _changed.Dispose();
    }

    /// <summary>Hands an action to the pipeline thread, which does it while it waits; dropped when that is behind. Any thread may call it.</summary>
    public void Post(Action action)
    {
        if (_actions.Count < QueueCapacity)
        {
            _actions.Enqueue(action);
            Wake();
        }
    }

    private void Wake()
    {
        try
        {
            _changed.Set();
        }
        catch (ObjectDisposedException)
        {
            // The last call ended while the run was let go of.
        }
    }

    private void DoQueued()
    {
        while (_actions.TryDequeue(out Action? action))
        {
            action();
        }
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
}
