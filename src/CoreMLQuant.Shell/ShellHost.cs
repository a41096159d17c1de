using System;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;

namespace CoreMLQuant.Shell;

/// <summary>PowerShell's host for one command.</summary>
internal sealed class ShellHost : PSHost
{
    private readonly ShellUI _ui = new();

    /// <inheritdoc/>
    public override string Name => "CoreMLQuant.Shell";

    /// <inheritdoc/>
    public override Version Version { get; } = typeof(ShellHost).Assembly.GetName().Version!;

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override PSHostUserInterface UI => _ui;

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <summary>What the script gave to <c>exit</c>.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Whether an error was shown.</summary>
    public bool ErrorWasWritten => _ui.ErrorWasWritten;

    /// <summary>Shows the error that ended the run, formatted as every other.</summary>
    public void Show(Runspace runspace, ErrorRecord error)
    {
        using PowerShell shell = PowerShell.Create(runspace);
        shell.AddScript("param($record) & { [CmdletBinding()] param() $PSCmdlet.WriteError($record) }").AddArgument(error);
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default").Invoke();
    }

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw new NotSupportedException("There is no prompt to suspend to.");

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => throw new NotSupportedException("There is no nested prompt.");

    /// <inheritdoc/>
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
    }
}
