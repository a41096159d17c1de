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
            Import-Module '{{Repository.Manifest}}'
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

    [Theory]
    [MemberData(nameof(Legs))]
    public void Import_LoadsCmdletsAndEngine_AndNothingThatOnlySomeCommandsNeed(string? leg)
    {
        ShellRun run = Run(leg, null, $"Import-Module '{Repository.Manifest}'; [AppDomain]::CurrentDomain.GetAssemblies().Location | Where-Object {{ $_ -like '*module*' }} | Split-Path -LeafBase");

        Assert.Equal(string.Empty, run.Error);
        string[] loaded = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] own = [.. loaded.Where(name => name.StartsWith("CoreMLQuant", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(leg is null ? ["CoreMLQuant", "CoreMLQuant.Engine", "CoreMLQuant.Loader"] : ["CoreMLQuant", "CoreMLQuant.Engine"], own.Except(["CoreMLQuant.Shell"]));
        Assert.DoesNotContain("Google.Protobuf", loaded);
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
    public void Error_OfTheLastStatement_MakesTheExitCode()
    {
        ShellRun run = Run(null, null, "Get-CoreMLModel ./nosuch.mlmodel");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nosuch.mlmodel", run.Error);
        Assert.DoesNotContain("nosuch.mlmodel", run.Output);
    }

    [Theory]
    [InlineData("throw 'it broke'", 1, "it broke")]
    [InlineData("Get-CoreMLModel nosuch -ErrorAction Stop", 1, "nosuch")]
    [InlineData("exit 3", 3, "")]
    [InlineData("No-Such", 1, "No-Such")]
    public void Command_GivesItsExitCode(string command, int exitCode, string error)
    {
        ShellRun run = Run(null, null, "-NoProfile", "-Command", command);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(error, run.Error);
        Assert.True(error.Length > 0 || run.Error.Length == 0, run.Error);
    }

    [Fact]
    public void Command_ThatIsIncomplete_Fails() => Assert.Equal(1, Run(null, null, "-NoProfile", "-Command", "if (").ExitCode);

    [Theory]
    [InlineData("'a'; exit 3; 'b'", 3, "a")]
    [InlineData("Get-Item nosuch -ErrorAction SilentlyContinue; 'a'", 0, "a")]
    [InlineData("throw 'it broke'", 1, "")]
    [InlineData("Split-Path -Leaf $PSCommandPath", 0, "a[1].ps1")]
    public void File_GivesItsExitCode(string script, int exitCode, string output)
    {
        _folder.AddText("a[1].ps1", script);
        ShellRun run = Run(null, null, "-NoProfile", "-File", "a[1].ps1");
        Assert.Equal((exitCode, output), (run.ExitCode, run.Output.Trim()));
    }

    [Fact]
    public void File_GetsItsArguments()
    {
        string script = _folder.AddText("it's.ps1", "param($First, $Second, [switch] $Third) \"$First-$Second-$Third-$PSScriptRoot\"");
        ShellRun run = Run(null, null, "-File", "it's.ps1", "-Third", "-Second", "two $words", "one");
        Assert.Equal($"one-two $words-True-{Path.GetDirectoryName(script)}", run.Output.Trim());
    }

    [Theory]
    [InlineData("1 + 2")]
    [InlineData("1", "+", "2")]
    [InlineData("-NoProfile", "1 + 2")]
    [InlineData("-nop", "-WorkingDirectory", "/", "-NonInteractive", "1 + 2")]
    [InlineData("-ExecutionPolicy", "Bypass", "1 + 2")]
    [InlineData("-of", "Text", "1 + 2")]
    [InlineData("-c", "1 + 2")]
    [InlineData("-Command", "1", "+", "2")]
    [InlineData("-CommandWithArgs", "1 + $args[0]", "2")]
    public void Argument_WithoutAParameter_IsACommand(params string[] arguments)
    {
        ShellRun run = Run(null, null, arguments);
        Assert.Equal((0, "3", string.Empty), (run.ExitCode, run.Output.Trim(), run.Error));
    }

    [Fact]
    public void Script_CalledByItsPath_IsACommand()
    {
        _folder.AddText("a.ps1", "param($Value) $Value + 1");
        Assert.Equal("3", Run(null, null, "./a.ps1", "2").Output.Trim());
    }

    [Fact]
    public void StandardInput_HoldsCommands() =>
        Assert.Equal("3", Run(null, "$a = 1\n$a + 2\n", "-NoProfile", "-Command", "-").Output.Trim());

    [Theory]
    [InlineData("Get-ChildItem . | Sort-Object Name -Descending | Select-Object -First 1 -ExpandProperty Name", "b.txt")]
    [InlineData("Get-Item a.txt | Format-List Name | Out-String | ForEach-Object Trim", "Name : a.txt")]
    [InlineData("@{ a = 1 } | ConvertTo-Json -Compress", "{\"a\":1}")]
    [InlineData("Get-Content a.txt | Measure-Object -Line | Select-Object -ExpandProperty Lines", "1")]
    [InlineData("(Get-Process -Id $PID).Id -eq $PID", "True")]
    [InlineData("Add-Type 'public static class Three { public static int Value => 3; }'; [Three]::Value", "3")]
    [InlineData("(ConvertTo-SecureString a -AsPlainText -Force).Length", "1")]
    public void StandardCmdlets_Work(string command, string output)
    {
        _folder.AddText("a.txt", "one line");
        _folder.AddText("b.txt", "another");
        ShellRun run = Run(null, null, "-NoProfile", command);
        Assert.Equal((output, string.Empty), (run.Output.Trim(), run.Error));
    }

    [Fact]
    public void Module_OfTheShell_ComesBeforeAnInstalledOne()
    {
        string data = _folder["data"];
        _folder.AddText("data/powershell/Modules/CoreMLQuant/CoreMLQuant.psd1", "@{ ModuleVersion = '99.0'; CmdletsToExport = @('Get-CoreMLModel') }");
        ShellRun run = ShellProcess.Run(
            _folder.Root,
            null,
            new Dictionary<string, string> { ["XDG_DATA_HOME"] = data, ["PSModulePath"] = _folder["other"] },
            "-NoProfile",
            "Import-Module CoreMLQuant; (Get-Module CoreMLQuant).Version.Major; $env:PSModulePath");
        string[] lines = run.Output.Split('\n', StringSplitOptions.TrimEntries);
        Assert.Equal("0", lines[0]);
        Assert.Contains(_folder["other"], lines[1].Split(Path.PathSeparator));
    }

    [Fact]
    public void Host_TellsAndAsksNobody()
    {
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = Directory.CreateDirectory(_folder["home"]).FullName,
            ["XDG_CACHE_HOME"] = _folder["home/cache"],
            ["POWERSHELL_TELEMETRY_OPTOUT"] = "0",
            ["POWERSHELL_UPDATECHECK"] = "LTS",
        };
        ShellRun run = ShellProcess.Run(_folder.Root, null, environment, "-NoProfile", "$env:POWERSHELL_TELEMETRY_OPTOUT, $env:POWERSHELL_UPDATECHECK; Get-ChildItem . | Out-Null");
        Assert.Equal(["1", "Off"], run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.DoesNotContain(_folder.Entries(), entry => entry.Contains("telemetry") || entry.Contains("update"));
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("-Version")]
    [InlineData("-v")]
    public void Version_IsTheModules(string argument)
    {
        ShellRun run = Run(null, null, argument);
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^CoreMLQuant \d+\.\d+\.\d+ \(PowerShell 7\.6\.\d+\)\s*$", run.Output);
        string version = Run(null, null, "-NoProfile", "(Import-Module CoreMLQuant -PassThru).Version.ToString()").Output.Trim();
        Assert.StartsWith($"CoreMLQuant {version} ", run.Output);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-?")]
    public void Help_IsTheShells(string argument)
    {
        ShellRun run = Run(null, null, argument);
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("Usage: coremlquant ", run.Output);
    }

    [Theory]
    [InlineData("y\n", true)]
    [InlineData("n\n", false)]
    public void Confirm_ReadsTheAnswer(string answer, bool written)
    {
        _folder.Add(Workspace.NewerNetwork, "b.mlmodel");
        Run(null, answer, "ConvertTo-Fp16Model b.mlmodel -Confirm");
        Assert.Equal(written, File.Exists(_folder["b_fp16.mlmodel"]));
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
        ShellRun run = RunUntilCtrlC();
        while (run.ExitCode == 0)
        {
            // It was done before the signal came.
            Directory.Delete(_folder["out"], recursive: true);
            run = RunUntilCtrlC();
        }

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(before, _folder.Entries());
    }

    private ShellRun RunUntilCtrlC()
    {
        using Process process = ShellProcess.Start(_folder.Root, null, "ConvertTo-Fp16Model large.mlmodel -DestinationPath out -ThrottleLimit 1");
        process.StandardInput.Close();
        Assert.True(SpinWait.SpinUntil(
            () => Directory.Exists(_folder["out"]) && Directory.EnumerateFileSystemEntries(_folder["out"]).Any(),
            HangGuard.Time));

        // It fails where the process has ended.
        Kill(process.Id, SigInt);
        return ShellProcess.Finish(process);
    }

    [Fact]
    public void GetHelp_BreaksLinesBetweenWords()
    {
        ShellRun run = Run(null, null, "(Get-Help ConvertTo-Fp16Model -Parameter FollowLinks | Out-String -Width 50); 1.5; '{0:N1}' -f 1234.5");
        string[] words = run.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("Without it, links to files in the same package or Hugging Face cache are followed, and others are an error.", string.Join(' ', words));
        Assert.Equal(["1.5", "1,234.5"], words[^2..]);
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
