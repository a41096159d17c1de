using System;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace CoreMLQuant.Tests.Support;

/// <summary>A session that has imported the module by its manifest, as a user does.</summary>
internal sealed class ModuleSession : IDisposable
{
    public ModuleSession()
        : this(Repository.Manifest)
    {
    }

    /// <summary>A session with the module of another manifest, or with none.</summary>
    public ModuleSession(string? manifest)
    {
        Runspace = RunspaceFactory.CreateRunspace(Host, InitialSessionState.CreateDefault2());
        Runspace.Open();
        if (manifest is not null)
        {
            Run("Import-Module $args[0]", manifest).Clean();
        }
    }

    public RecordingHost Host { get; } = new();

    public Runspace Runspace { get; }

    /// <summary>Runs a script; <c>$args</c> holds the arguments.</summary>
    public CommandRun Run(string script, params object[] arguments)
    {
        // Without the trap, what ends a statement would go to the error stream like everything else.
        using PowerShell shell = Shell("trap { break }\n" + script, arguments);
        var output = new PSDataCollection<PSObject>();
        ErrorRecord? terminating = null;
        try
        {
            shell.Invoke(null, output);
        }
        catch (RuntimeException e)
        {
            terminating = e.ErrorRecord;
        }

        return new CommandRun(
            output.ToArray(),
            shell.Streams.Error.ToArray(),
            shell.Streams.Warning.Select(record => record.Message).ToArray(),
            shell.Streams.Verbose.Select(record => record.Message).ToArray(),
            terminating);
    }

    /// <summary>What a script shows at the prompt.</summary>
    public string Display(string script, params object[] arguments)
    {
        Host.Screen.Clear();
        using PowerShell shell = Shell(script, arguments);
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default").Invoke();
        return Host.Screen.Text;
    }

    /// <summary>What Tab offers at the end of a line.</summary>
    public string[] Complete(string line)
    {
        using PowerShell shell = PowerShell.Create(Runspace);
        Collection<CompletionResult> matches = CommandCompletion.CompleteInput(line, line.Length, null, shell).CompletionMatches;
        return matches.Select(match => match.CompletionText).ToArray();
    }

    /// <summary>Changes the session's location, which is not the process's.</summary>
    public void SetLocation(string path) => Run("$ExecutionContext.SessionState.Path.SetLocation([WildcardPattern]::Escape($args[0]))", path).Clean();

    public PowerShell Shell(string script, params object[] arguments)
    {
        PowerShell shell = PowerShell.Create(Runspace);
        shell.AddScript(script);
        foreach (object argument in arguments)
        {
            shell.AddArgument(argument);
        }

        return shell;
    }

    public void Dispose() => Runspace.Dispose();
}
