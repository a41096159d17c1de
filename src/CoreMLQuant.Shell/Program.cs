using System;
using Microsoft.PowerShell;

namespace CoreMLQuant.Shell;

/// <summary>PowerShell with the CoreMLQuant module at hand: <c>pwsh</c> for machines that have the .NET SDK and nothing else.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        CommandLine commandLine = CommandLine.Parse(args);
        switch (commandLine.Request)
        {
            case Request.Help:
                Console.Out.WriteLine(ShellText.Help);
                return 0;
            case Request.Version:
                Console.Out.WriteLine(ShellText.Version);
                return 0;
            default:
                HostEnvironment.Prepare();
                PlainCulture.Use();
                return ConsoleShell.Start(ShellText.Version, ShellText.Help, commandLine.HostArguments);
        }
    }
}
