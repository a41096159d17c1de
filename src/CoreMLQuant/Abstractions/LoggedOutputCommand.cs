using System;
using System.IO;
using System.Management.Automation;
using CoreMLQuant.Errors;

namespace CoreMLQuant.Abstractions;

/// <summary>A cmdlet that writes models: what is noted of them, and whether they are only to be shown.</summary>
public abstract class LoggedOutputCommand : OutputCommand
{
    private ResultLog? _log;

    /// <summary>
    /// A file to which one line of JSON is appended for each result and each error. The file and its folder are created if they do not exist.
    /// A path that is a model, or a file that is not such a log, causes an error before anything is written.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LogPath { get; set; }

    /// <summary>Whether nothing is to be written, only shown.</summary>
    private protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
        ? LanguagePrimitives.IsTrue(given)
        : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    /// <summary>Makes certain that the run can be logged, or ends it before anything is converted.</summary>
    /// <param name="isWritten">Whether there will be results, which -WhatIf prevents as well; otherwise no file is created.</param>
    private protected void OpenLog(bool isWritten = true)
    {
        if (LogPath is null)
        {
            return;
        }

        string target = LogPath;
        try
        {
            target = SessionState.Path.Literal(LogPath);
            if (DestinationPath is not null && PathComparer.Equals(SessionState.Path.Literal(DestinationPath), target))
            {
                throw ResultLog.Invalid(target, "is also the -DestinationPath");
            }

            _log = ResultLog.Open(target, isWritten && !IsWhatIf);
        }
        catch (PathException e)
        {
            ThrowTerminatingError(e.Error);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(e.ToWriteError(target));
        }
    }

    /// <summary>Ends the run when parameters contradict each other.</summary>
    private protected void Refuse(bool isWrong, string message)
    {
        if (isWrong)
        {
            ThrowTerminatingError(ErrorRecords.Create(ErrorIds.IncompatibleParameters, ErrorCategory.InvalidArgument, null, message));
        }
    }

    /// <summary>Appends to the log, if there is one.</summary>
    private protected void Log(Action<ResultLog> append)
    {
        if (_log is { } log && !IsWhatIf)
        {
            Run((_, _) => { append(log); return log; }, e => e.ToWriteError(log.Path));
        }
    }
}
