using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;

namespace CoreMLQuant.Tests.Support;

/// <summary>CoreMLQuant.Shell as a process.</summary>
internal static class ShellProcess
{
    public static ShellRun Run(string workingDirectory, string? input, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using Process process = Start(workingDirectory, environment, arguments);
        if (input is not null)
        {
            process.StandardInput.Write(input);
        }

        process.StandardInput.Close();
        return Finish(process);
    }

    public static Process Start(string workingDirectory, IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        StartUnder([], workingDirectory, environment, arguments);

    /// <summary>Starts the shell through another program that runs the command line behind its own.</summary>
    /// <param name="launcher">The program and its arguments.</param>
    /// <param name="workingDirectory">Full path.</param>
    /// <param name="environment">More variables.</param>
    /// <param name="arguments">Arguments of the shell.</param>
    public static Process StartUnder(string[] launcher, string workingDirectory, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        string[] line = [.. launcher, "dotnet", Repository.ShellAssembly, .. arguments];
        var start = new ProcessStartInfo(line[0])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Array.ForEach(line[1..], start.ArgumentList.Add);
        start.Environment.Remove("COREMLQUANT_LEG");

        // On a screen the same text has colours.
        start.Environment["NO_COLOR"] = "1";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public static ShellRun Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(HangGuard.Time))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException("The shell does not end.");
        }

        return new ShellRun(process.ExitCode, output.Result, error.Result);
    }
}

internal sealed record ShellRun(int ExitCode, string Output, string Error);
