using System;
using System.Collections.Generic;
using System.Diagnostics;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>A process that may not write files as large as its output (<c>ulimit -f</c>): an error, not a process that SIGXFSZ ends.</summary>
public sealed class FileSizeLimitTests : ModuleTest
{
    // Blocks of 512 bytes.
    private const string UnderLimit = "ulimit -f 64; exec \"$@\"";

    // The runtime maps its code through a file that is larger than the limit.
    private static readonly Dictionary<string, string> Environment = new() { ["DOTNET_EnableWriteXorExecute"] = "0" };

    [Theory]
    [InlineData("ConvertTo-Fp16Model", "in.mlpackage")]
    [InlineData("ConvertTo-Fp16Model", "in.mlmodel")]
    [InlineData("Export-CoreMLReport", "in.mlpackage")]
    [InlineData("ConvertTo-OnnxModel", "in.mlpackage")]
    public void Output_BeyondTheLimit_IsOneErrorAndNothingLeft(string command, string model)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Folder.Add("gpt_tiny_iOS18/fp32.mlpackage", "in.mlpackage");
        Folder.Add("nn_rnns/fp32.mlmodel", "in.mlmodel");
        string[] before = Folder.Entries();
        using Process process = ShellProcess.StartUnder(
            ["/bin/sh", "-c", UnderLimit, "sh"],
            Folder.Root,
            Environment,
            "-NoProfile",
            "-Command",
            $"Import-Module '{Repository.Manifest}'; {command} {model} -DestinationPath out -WarningAction Ignore -ErrorAction SilentlyContinue -ErrorVariable failures; "
            + "foreach ($failure in $failures) { $failure.FullyQualifiedErrorId; \"$failure\" }");
        ShellRun run = ShellProcess.Finish(process);

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("WriteFailed,", lines[0], StringComparison.Ordinal);
        Assert.Contains(Folder["out"], lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain("staging", lines[1], StringComparison.Ordinal);
        Assert.Equal(before, Folder.Entries());
    }
}
