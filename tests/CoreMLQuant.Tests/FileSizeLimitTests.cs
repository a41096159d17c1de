using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>A process that may not write files as large as its output (<c>ulimit -f</c>): an error, not a process that SIGXFSZ ends.</summary>
public sealed class FileSizeLimitTests : ModuleTest
{
    // Blocks of 512 bytes.
    private const string UnderLimit = "ulimit -f 64; exec \"$@\"";

    // The runtime maps its code through a file that is larger than the limit.
    private Dictionary<string, string> Environment => new() { ["DOTNET_EnableWriteXorExecute"] = "0", ["TMPDIR"] = Folder["temporary"] };

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
        string[] before = Entries();
        string[] lines = Errors($"{command} {model} -DestinationPath out");
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("WriteFailed,", lines[0], StringComparison.Ordinal);
        Assert.Contains(Folder["out"], lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain("staging", lines[1], StringComparison.Ordinal);
        Assert.Equal(before, Entries());
    }

    // Encodings, and compressed models: what users do not choose a place for.
    [Theory]
    [InlineData("Optimize-CoreMLModel", "-MinimumOutputSnr 20")]
    [InlineData("Measure-CoreMLSensitivity", "-Recipe @{ config_type = 'OpLinearQuantizerConfig'; global_config = @{} }")]
    public void TemporaryFile_BeyondTheLimit_IsOneErrorThatSaysWhatToDo(string command, string parameters)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Folder.Add(Workspace.Package, "in.mlpackage");
        string[] before = Entries();
        string[] lines = Errors($"{command} in.mlpackage {parameters} -InputObject (1..2 | ForEach-Object {{ @{{ image = (1..3072 | ForEach-Object {{ $_ % 7 }}) }} }})");
        Assert.Equal(2, lines.Length);
        Assert.Matches($"^Temporary files of [0-9.]+ KB cannot be written to '{Regex.Escape(Folder["temporary"])}/?': a file would be larger .*TMPDIR", lines[1]);
        Assert.Equal(before, Entries());
    }

    // PowerShell and .NET have files of their own in the folder for temporary files.
    private string[] Entries() => [.. Folder.Entries().Where(entry => !entry.StartsWith("temporary", StringComparison.Ordinal) || entry.Contains("coremlquant", StringComparison.OrdinalIgnoreCase))];

    // Id and message of each error.
    private string[] Errors(string command)
    {
        Directory.CreateDirectory(Folder["temporary"]);
        using Process process = ShellProcess.StartUnder(
            ["/bin/sh", "-c", UnderLimit, "sh"],
            Folder.Root,
            Environment,
            "-NoProfile",
            "-Command",
            $"Import-Module '{Repository.Manifest}'; {command} -WarningAction Ignore -ErrorAction SilentlyContinue -ErrorVariable failures; "
            + "foreach ($failure in $failures) { $failure.FullyQualifiedErrorId; \"$failure\" }");
        ShellRun run = ShellProcess.Finish(process);

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
