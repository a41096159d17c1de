using System;
using System.Management.Automation;
using CoreMLQuant.Errors;

namespace CoreMLQuant.Abstractions;

/// <summary>A cmdlet that writes models: what is noted of them, and whether they are only to be shown.</summary>
public abstract class LoggedOutputCommand : OutputCommand
{
    private ResultLog? _log;

    /// <summary>A file to which one line of JSON is appended for each result and each error. The file is created if it does not exist.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LogPath { get; set; }

    /// <summary>Whether nothing is to be written, only shown.</summary>
    private protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
        ? LanguagePrimitives.IsTrue(given)
        : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    /// <summary>Finds the log.</summary>
    /// <exception cref="PathException">It cannot be written to.</exception>
    private protected void OpenLog() => _log = LogPath is null ? null : new ResultLog(SessionState.Path.Literal(LogPath));

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
