using System;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Abstractions;

/// <summary>A cmdlet that calls the engine: off the pipeline thread, stoppable, failures as error records.</summary>
public abstract class EngineCommand : PSCmdlet, IDisposable
{
    private readonly EngineWorker _worker = new();

    /// <summary>Writes an error; what it says is shown without the controls that names and paths may hold.</summary>
    public new void WriteError(ErrorRecord errorRecord) => base.WriteError(errorRecord.Printable());

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
        T? result = _worker.Run(work, out Exception? failure);
        if (failure is OperationCanceledException || (failure is not null && Stopping))
        {
            throw new PipelineStoppedException();
        }

        if (failure is not null)
        {
            WriteError(toError(failure));
        }

        return result;
    }

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
