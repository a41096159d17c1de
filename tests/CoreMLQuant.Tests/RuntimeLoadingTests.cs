using System;
using System.Collections.Generic;
using System.IO;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>What running a model loads, and what it must not do: in a process of its own, since a library is loaded once.</summary>
public sealed class RuntimeLoadingTests : IDisposable
{
    private readonly Workspace _folder = new();

    [Fact]
    public void Run_LeavesNoFileInTheHomeFolder()
    {
        string model = _folder.Add("convnet_iOS16/fp32.mlpackage", "net.mlpackage"), home = _folder["home"];
        Directory.CreateDirectory(home);
        var environment = new Dictionary<string, string> { ["HOME"] = home, ["USERPROFILE"] = home, ["LOCALAPPDATA"] = home };
        ShellRun run = ShellProcess.Run(_folder.Root, null, environment, "-Command", $"Invoke-CoreMLModel '{model}' -RandomInput | ForEach-Object Sample");
        Assert.Equal((0, "random 1"), (run.ExitCode, run.Output.Trim()));
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(home, "*", SearchOption.AllDirectories),
            path => path.Contains("onnxruntime", StringComparison.OrdinalIgnoreCase) || path.Contains("DeveloperTools", StringComparison.Ordinal));
    }

    [Fact]
    public void OtherCommands_DoNotLoadTheRuntime()
    {
        string model = _folder.Add("convnet_iOS16/fp32.mlpackage", "net.mlpackage");
        ShellRun run = ShellProcess.Run(
            _folder.Root,
            null,
            null,
            "-Command",
            $"Get-CoreMLModel '{model}' | Out-Null; Compare-CoreMLModel '{model}' '{model}' | Out-Null; "
            + "[AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.GetName().Name } | Where-Object { $_ -like '*OnnxRuntime*' -or $_ -eq 'CoreMLQuant.Runtime' }");
        Assert.Equal((0, string.Empty), (run.ExitCode, run.Output.Trim()));
    }

    [Fact]
    public void OlderLeg_SaysWhatIsNeeded()
    {
        string model = _folder.Add("convnet_iOS16/fp32.mlpackage", "net.mlpackage");
        var environment = new Dictionary<string, string> { ["COREMLQUANT_LEG"] = "netstandard2.0" };
        ShellRun run = ShellProcess.Run(_folder.Root, null, environment, "-Command", $"try {{ Invoke-CoreMLModel '{model}' -RandomInput }} catch {{ $_.FullyQualifiedErrorId; $_.Exception.Message }}");
        Assert.Contains("RuntimeNotAvailable", run.Output);
        Assert.Contains("PowerShell 7.6 or later", run.Output);
    }

    public void Dispose() => _folder.Dispose();
}
