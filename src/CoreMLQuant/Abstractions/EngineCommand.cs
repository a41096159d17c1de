using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Formatting;
using CoreMLQuant.Loading;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;

namespace CoreMLQuant.Abstractions;

/// <summary>A cmdlet that calls the engine: off the pipeline thread, stoppable, failures as error records.</summary>
public abstract class EngineCommand : PSCmdlet, IDisposable
{
    private readonly EngineWorker _worker = new();

    /// <summary>Whether an error has been written.</summary>
    private protected bool HasFailed { get; private set; }

    /// <summary>Writes an error; what it says is shown without the controls that names and paths may hold.</summary>
    public new void WriteError(ErrorRecord errorRecord)
    {
        HasFailed = true;
        base.WriteError(errorRecord.Printable());
    }

    /// <summary>Ends the run with an error; what it says is shown without the controls that names and paths may hold.</summary>
    public new void ThrowTerminatingError(ErrorRecord errorRecord) => base.ThrowTerminatingError(errorRecord.Printable());

    /// <summary>Writes a warning without the controls that names and paths may hold.</summary>
    public new void WriteWarning(string text) => base.WriteWarning(PrintableText.Of(text));

    /// <summary>Writes a verbose message without the controls that names and paths may hold.</summary>
    public new void WriteVerbose(string text) => base.WriteVerbose(PrintableText.Of(text));

    /// <inheritdoc/>
    protected override void StopProcessing() => _worker.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the cmdlet holds from one input to the next.</summary>
    /// <param name="disposing">Whether it is disposed of, and not finalized.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _worker.Dispose();
        }
    }

    /// <summary>Runs an engine call off the pipeline thread; on failure writes the error that it is and gives <see langword="null"/>.</summary>
    private protected T? Run<T>(Func<Action<Action>, CancellationToken, T> work, Func<Exception, ErrorRecord> toError)
        where T : class
    {
        T? result = Await(Start(work), toError, out ErrorRecord? error);
        if (error is not null)
        {
            WriteError(error);
        }

        return result;
    }

    /// <summary>Reads patterns on names; one that is not valid ends the run.</summary>
    private protected NamePatterns ReadPatterns(string[] patterns)
    {
        try
        {
            return NamePatterns.Parse(patterns);
        }
        catch (ArgumentException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, ErrorIds.InvalidPattern, ErrorCategory.InvalidArgument, null));
            throw;
        }
    }

    /// <summary>Ends the run when what was specified is not valid or does not go together.</summary>
    private protected void Require(Action check)
    {
        try
        {
            check();
        }
        catch (Exception e) when (e.ToParameterError() is { } error)
        {
            ThrowTerminatingError(error);
        }
    }

    /// <summary>Loads what runs models; ends the pipeline where there is none.</summary>
    private protected IModelRuntime LoadRuntime()
    {
        try
        {
            return RuntimeLoader.Load();
        }
        catch (RuntimeNotAvailableException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, ErrorIds.RuntimeNotAvailable, ErrorCategory.NotInstalled, null));
            throw;
        }
    }

    /// <summary>Starts an engine call that goes on while the cmdlet does something else.</summary>
    private protected Task<T> Start<T>(Func<Action<Action>, CancellationToken, T> work) => _worker.Start(work);

    /// <summary>Hands an action to the pipeline thread, which does it while it waits for a call; dropped when that is behind. Any thread may call it.</summary>
    private protected void Post(Action action) => _worker.Post(action);

    /// <summary>Waits for an engine call; on failure gives <see langword="null"/> and the error that it is.</summary>
    private protected T? Await<T>(Task<T> call, Func<Exception, ErrorRecord> toError, out ErrorRecord? error)
        where T : class
    {
        T? result = _worker.Wait(call, out Exception? failure);
        if (failure is OperationCanceledException || (failure is not null && Stopping))
        {
            throw new PipelineStoppedException();
        }

        error = failure is null ? null : toError(failure);
        return result;
    }

    /// <summary>Cancels all engine calls and waits until they have ended.</summary>
    private protected void StopCalls() => _worker.Stop();

    /// <summary>Writes an output with <see cref="Run"/>, and tells where its file system has no flush.</summary>
    /// <param name="target">Full path of the output.</param>
    /// <param name="save">Writes it; <see langword="false"/> when nothing confirms that it is on disk.</param>
    /// <returns>Whether it was written.</returns>
    private protected bool Save(string target, Func<bool> save)
    {
        object? isConfirmed = Run<object>((_, _) => save(), e => e.ToWriteError(target));
        if (isConfirmed is false)
        {
            WriteVerbose($"'{target}': {OutputOptions.NotConfirmed}.");
        }

        return isConfirmed is not null;
    }

    /// <summary>For the engine call that runs: does something on the pipeline thread and waits for what it gives. Any thread may call it.</summary>
    private protected T Ask<T>(Func<T> question) => _worker.Ask(question);
}
