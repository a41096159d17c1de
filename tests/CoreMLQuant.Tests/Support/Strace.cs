using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Linq;

namespace CoreMLQuant.Tests.Support;

/// <summary>Runs a process whose system calls fail, or end it, at a place of the test's choice. Only Linux has it, and not every Linux.</summary>
internal static class Strace
{
    private const string Program = "strace";

    private static readonly Lazy<bool> Works = new(() =>
    {
        try
        {
            // It may be there and not be allowed to trace.
            using Process process = Process.Start(new ProcessStartInfo(Program, ["-f", "-o", "/dev/null", "true"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    });

    /// <summary>Whether processes can be traced here.</summary>
    public static bool IsAvailable => OperatingSystem.IsLinux() && Works.Value;

    /// <summary>The command line to put before another one.</summary>
    /// <param name="injections">What happens to which call, as strace spells it.</param>
    public static string[] Injecting(params string[] injections) =>
    [
        Program, "-f", "-o", "/dev/null", "-e", "trace=" + string.Join(',', injections.Select(injection => injection.Split(':')[0])),
        .. injections.SelectMany(injection => new[] { "-e", "inject=" + injection }),
    ];
}
