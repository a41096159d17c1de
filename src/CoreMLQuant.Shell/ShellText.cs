using System.Management.Automation;

namespace CoreMLQuant.Shell;

/// <summary>What the shell says about itself.</summary>
internal static class ShellText
{
    /// <summary>The usage.</summary>
    public const string Help = """
        Usage: coremlquant [<parameter>...] [[-Command] <command>...]
               coremlquant [<parameter>...] -File <script> [<argument>...]
               coremlquant --version | --help

        PowerShell with the CoreMLQuant module. A command is run and its result shown; without a
        command or a file, a prompt appears. Parameters and exit codes are those of pwsh, among
        them -NoProfile, -NoExit, -NonInteractive, -WorkingDirectory <folder>, and -Command - for
        commands from standard input. Unlike pwsh, an argument without a parameter is a command
        rather than a script file.

        Examples:
          coremlquant "Get-CoreMLModel ./models -Recurse"
          coremlquant "Get-ChildItem ./models | ConvertTo-Fp16Model -DestinationPath ./out"
          coremlquant "Get-Help ConvertTo-Fp16Model -Full"
        """;

    /// <summary>The module's version and PowerShell's, e.g. <c>CoreMLQuant 1.2.3 (PowerShell 7.6.9)</c>.</summary>
    public static string Version =>
        $"CoreMLQuant {typeof(ShellText).Assembly.GetName().Version!.ToString(3)} (PowerShell {PSVersionInfo.PSVersion.ToString(3)})";
}
