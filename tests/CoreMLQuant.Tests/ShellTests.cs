using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class ShellTests : IDisposable
{
    private const int SigInt = 2;

    private readonly Workspace _folder = new();

    public static TheoryData<string?> Legs => new() { null, "netstandard2.0" };

    [Theory]
    [MemberData(nameof(Legs))]
    public void Command_RunsInTheWorkingDirectory(string? leg)
    {
        _folder.Add(Workspace.Package, "models/a.mlpackage");
        _folder.Add(Workspace.NewerNetwork, "models/deep/b.mlmodel");

        ShellRun run = Run(leg, null, "Get-CoreMLModel ./models -Recurse | ConvertTo-Fp16Model -DestinationPath ./out");

        Assert.Equal(string.Empty, run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("a_fp16.mlpackage", run.Output);
        Assert.Contains("Converted", run.Output);
        Assert.DoesNotContain("\u001b", run.Output);
        Assert.True(Directory.Exists(_folder["out/a_fp16.mlpackage"]));
        Assert.True(File.Exists(_folder["out/b_fp16.mlmodel"]));
    }

    [Theory]
    [MemberData(nameof(Legs))]
    public void Import_IsCleanOnEachLeg(string? leg)
    {
        ShellRun run = Run(leg, null, $$"""
            $Error.Count
            1..3 | ForEach-Object { Import-Module '{{Repository.Manifest}}' -Force }
            (Get-Command -Module CoreMLQuant).Count -eq (Test-ModuleManifest '{{Repository.Manifest}}').ExportedCmdlets.Count
            $Error.Count
            [CoreMLQuant.Models.CoreMLModel].FullName
            (Get-Command Get-CoreMLModel).ImplementingType.Assembly.Location
            [AppDomain]::CurrentDomain.GetAssemblies().Location | ForEach-Object { if ($_ -like '*Google.Protobuf.dll') { $_ } }
            """);

        Assert.Equal(string.Empty, run.Error);
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(["0", "True", "0", "CoreMLQuant.Models.CoreMLModel"], lines.Take(4));
        Assert.All(lines.Skip(4), line => Assert.Contains(Path.Combine("bin", leg ?? "net10.0"), line));
    }

    [Fact]
    public void Legs_WriteTheSameBytes()
    {
        _folder.Add(Workspace.Package, "a.mlpackage");
        _folder.Add(Workspace.Network, "b.mlmodel");
        _folder.AddText("recipe.yaml", "steps: [{config_type: OpMagnitudePrunerConfig, global_config: {target_sparsity: 0.5}}, {config_type: OpPalettizerConfig, global_config: {nbits: 4}}]");
        foreach (string? leg in new[] { null, "netstandard2.0" })
        {
            string folder = $"out-{leg ?? "net10.0"}";
            Assert.Equal(0, Run(leg, null, $"ConvertTo-Fp16Model a.mlpackage, b.mlmodel -DestinationPath {folder}").ExitCode);
            Assert.Equal(0, Run(leg, null, $"Optimize-CoreMLModel a.mlpackage -Recipe recipe.yaml -AllowOpsetUpgrade -DestinationPath {folder}").ExitCode);
        }

        Assert.True(Directory.Exists(_folder["out-net10.0/a_optimized.mlpackage"]));

        Assert.Equal(
            Workspace.Hash(_folder["out-net10.0"]).Replace("out-net10.0", "out"),
            Workspace.Hash(_folder["out-netstandard2.0"]).Replace("out-netstandard2.0", "out"));
    }

    [Fact]
    public void Error_IsShownAndMakesTheExitCode()
    {
        _folder.Add(Workspace.Network, "b.mlmodel");
        ShellRun run = Run(null, null, "Get-CoreMLModel ./nosuch.mlmodel, ./b.mlmodel");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nosuch.mlmodel", run.Error);
        Assert.DoesNotContain("nosuch.mlmodel", run.Output);
        Assert.Contains("b.mlmodel", run.Output);
    }

    [Theory]
    [InlineData("throw 'it broke'", 1, "it broke")]
    [InlineData("Get-CoreMLModel nosuch -ErrorAction Stop", 1, "nosuch")]
    [InlineData("Get-CoreMLModel nosuch -ErrorAction SilentlyContinue", 0, "")]
    [InlineData("if (", 1, "if (")]
    [InlineData("exit 3", 3, "")]
    [InlineData("No-Such", 1, "No-Such")]
    public void ExitCode_TellsHowItWent(string command, int exitCode, string error)
    {
        ShellRun run = Run(null, null, "-Command", command);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(error, run.Error);
        Assert.True(error.Length > 0 || run.Error.Length == 0, run.Error);
    }

    [Fact]
    public void StandardInput_IsAScript()
    {
        Assert.Equal("3", Run(null, "$a = 1\n$a + 2\n", "-").Output.Trim());
        Assert.Equal("3", Run(null, "1 + 2", "-Command", "-").Output.Trim());
        Assert.Equal("3", Run(null, "1 + 2").Output.Trim());
    }

    [Fact]
    public void File_GetsItsArguments()
    {
        string script = _folder.AddText("it's.ps1", "param($First, $Second, [switch] $Third) \"$First-$Second-$Third-$PSScriptRoot\"");
        ShellRun run = Run(null, null, "-File", "it's.ps1", "-Third", "-Second", "two $words", "one");
        Assert.Equal($"one-two $words-True-{Path.GetDirectoryName(script)}", run.Output.Trim());
    }

    [Theory]
    [InlineData("'a'; exit 3; 'b'", 3, "a")]
    [InlineData("function Stop-Now { exit 4 } 'a'; Stop-Now; 'b'", 4, "a")]
    [InlineData("Get-CoreMLModel nosuch; exit 0", 0, "")]
    [InlineData("Get-CoreMLModel nosuch; exit 5", 5, "")]
    [InlineData("Get-CoreMLModel nosuch; 'a'", 1, "a")]
    [InlineData("& ([IO.Path]::Combine($PSScriptRoot, 'inner.ps1')); \"a $LASTEXITCODE\"", 0, "a 6")]
    [InlineData("[CmdletBinding()] param() throw 'it broke'", 1, "")]
    [InlineData("if (", 1, "")]
    [InlineData("[IO.Path]::GetFileName($PSCommandPath)", 0, "a[1].ps1")]
    public void File_GivesItsExitCode(string script, int exitCode, string output)
    {
        _folder.AddText("a[1].ps1", script);
        _folder.AddText("inner.ps1", "exit 6");
        ShellRun run = Run(null, null, "-File", "a[1].ps1");
        Assert.Equal((exitCode, output), (run.ExitCode, run.Output.Trim()));
    }

    [Fact]
    public void File_IsNamedByItsErrors()
    {
        _folder.AddText("a[1].ps1", "[CmdletBinding()] param()\n$PSCmdlet.ThrowTerminatingError([Management.Automation.ErrorRecord]::new('it broke', 'It', 0, 0))");
        Assert.StartsWith("a[1].ps1: ", Run(null, null, "-File", "a[1].ps1", "-NoSuch").Error);
        Assert.StartsWith("a[1].ps1: it broke", Run(null, null, "-File", "a[1].ps1").Error);
        _folder.AddText("b.ps1", "\nNo-Such");
        Assert.Contains(_folder["b.ps1"] + ":2", Run(null, null, "-File", "b.ps1").Error);
    }

    [Fact]
    public void File_ThatIsMissing_IsNamed()
    {
        ShellRun run = Run(null, null, "-File", "nosuch.ps1");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(_folder["nosuch.ps1"], run.Error);
    }

    [Theory]
    [InlineData("y\n", 0, true)]
    [InlineData("n\n", 0, false)]
    [InlineData("what\nYes\n", 0, true)]
    [InlineData("", 1, false)]
    public void Confirm_ReadsTheAnswer(string answer, int exitCode, bool written)
    {
        _folder.Add(Workspace.Network, "b.mlmodel");
        ShellRun run = Run(null, answer, "ConvertTo-Fp16Model b.mlmodel -Confirm");
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains("b_fp16.mlmodel", run.Error);
        Assert.Equal(written, File.Exists(_folder["b_fp16.mlmodel"]));
    }

    [Fact]
    public void Module_MayBeNamedByTheEnvironment()
    {
        ShellRun run = ShellProcess.Run(_folder.Root, null, new Dictionary<string, string> { ["COREMLQUANT_MODULE"] = "nosuch.psd1" }, "1");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nosuch.psd1", run.Error);
        run = ShellProcess.Run(_folder.Root, null, new Dictionary<string, string> { ["COREMLQUANT_MODULE"] = Repository.Root }, "1");
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void CtrlC_StopsAndLeavesNothingBehind()
    {
        if (OperatingSystem.IsWindows())
        {
            // A process cannot send Ctrl+C to one other there; StopTests covers the cmdlets' part.
            return;
        }

        LargeNetwork.Write(_folder["large.mlmodel"]);
        string[] before = _folder.Entries();
        using Process process = ShellProcess.Start(_folder.Root, null, "ConvertTo-Fp16Model large.mlmodel -DestinationPath out -ThrottleLimit 1");
        process.StandardInput.Close();
        Assert.True(SpinWait.SpinUntil(
            () => Directory.Exists(_folder["out"]) && Directory.EnumerateFileSystemEntries(_folder["out"]).Any(),
            TimeSpan.FromSeconds(60)));
        Assert.Equal(0, Kill(process.Id, SigInt));

        ShellRun run = ShellProcess.Finish(process);
        Assert.Equal(130, run.ExitCode);
        Assert.Equal(before, _folder.Entries());
    }

    public void Dispose() => _folder.Dispose();

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    private ShellRun Run(string? leg, string? input, params string[] arguments) => ShellProcess.Run(
        _folder.Root,
        input,
        leg is null ? null : new Dictionary<string, string> { ["COREMLQUANT_LEG"] = leg },
        arguments);
}
