using System;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.InteropServices;

namespace CoreMLQuant.Shell;

/// <summary>The module in PowerShell's own engine: one command, one script or standard input, then the exit code.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int WrongUsage = 64;
    private const int Interrupted = 130;

    private const string Usage = """
        Usage: CoreMLQuant.Shell [-Command] <command>...    runs the command
               CoreMLQuant.Shell -File <script> [<arg>...]  runs a script
               CoreMLQuant.Shell [-Command] -               runs what comes from standard input

        The CoreMLQuant module is imported. Of PowerShell's own cmdlets there are those of Microsoft.PowerShell.Core.
        COREMLQUANT_MODULE may name another CoreMLQuant.psd1. The exit code is what was
        given to exit, or else 1 when an error was written.
        """;

    private static int Main(string[] args)
    {
        if (!Invocation.TryParse(args, Console.IsInputRedirected, out Invocation? invocation))
        {
            Console.Error.WriteLine(Usage);
            return WrongUsage;
        }

        try
        {
            return Run(invocation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return Failed;
        }
    }

    private static int Run(Invocation invocation)
    {
        string script = invocation.ReadScript(Console.In);
        string manifest = ModuleManifest.Find();

        var host = new ShellHost();
        InitialSessionState state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            // The user named the script; a policy made for double-clicking has nothing to add.
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        }

        using Runspace runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();
        Runspace.DefaultRunspace = runspace;
        runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(Environment.CurrentDirectory));

        using PowerShell shell = PowerShell.Create(runspace);
        using var interruption = new Interruption(shell);
        try
        {
            shell.AddCommand("Import-Module").AddParameter("Name", manifest).AddParameter("ErrorAction", ActionPreference.Stop).Invoke();
            shell.Commands.Clear();

            shell.AddScript(script);
            if (invocation.File is { } file)
            {
                shell.AddArgument(ScriptOf(file, runspace.SessionStateProxy));
            }

            // As at the prompt: errors and objects take the same way to the screen, so that they keep their order.
            shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
            shell.AddCommand("Out-Default").Invoke();
        }
        catch (RuntimeException e)
        {
            if (!interruption.Happened)
            {
                host.Show(runspace, e.ErrorRecord);
            }
        }

        return interruption.Happened ? Interrupted : host.ExitCode ?? (host.ErrorWasWritten ? Failed : 0);
    }

    // A script that is called by its path keeps what it gives to exit from the host. As a function it tells, still knows its
    // file, and errors name it.
    private static CommandInfo ScriptOf(string file, SessionStateProxy session)
    {
        ScriptBlock script = session.InvokeCommand.GetCommand(file, CommandTypes.ExternalScript) is ExternalScriptInfo found
            ? found.ScriptBlock
            : throw new FileNotFoundException($"There is no script '{file}'. A script's name ends in .ps1.");
        string name = Path.GetFileName(file);
        session.InvokeProvider.Item.Set(["Function:" + name], script, force: true, literalPath: true);
        return session.InvokeCommand.GetCommand(name, CommandTypes.Function);
    }

    /// <summary>Ctrl+C and a polite kill stop the pipeline; cmdlets then put away what they had begun.</summary>
    private sealed class Interruption : IDisposable
    {
        private readonly PosixSignalRegistration[] _signals;

        public Interruption(PowerShell shell)
        {
            void Stop(PosixSignalContext signal)
            {
                signal.Cancel = true;
                Happened = true;
                shell.BeginStop(null, null);
            }

            _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];
        }

        public bool Happened { get; private set; }

        public void Dispose() => Array.ForEach(_signals, signal => signal.Dispose());
    }
}
