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

    public static Process Start(string workingDirectory, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Repository.ShellAssembly);
        Array.ForEach(arguments, start.ArgumentList.Add);
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
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException("The shell does not end.");
        }

        return new ShellRun(process.ExitCode, output.Result, error.Result);
    }
}

internal sealed record ShellRun(int ExitCode, string Output, string Error);
