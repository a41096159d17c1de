using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>The scripts in docs/samples: what they do, and that they run on every edition of PowerShell.</summary>
public sealed partial class SampleTests : ModuleTest
{
    public static TheoryData<string> Samples => new(Documents.FilesOf("*.ps1"));

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_IsAsciiAndUsesParametersThatExist(string path)
    {
        string text = Documents.Text(path);
        Assert.True(text.All(char.IsAscii), "Windows PowerShell 5.1 reads scripts without a byte order mark as ANSI.");
        ScriptParameters.Require(Session, text);
        string help = ScriptParameters.Parse(text).GetHelpContent().Examples.Single();
        ScriptParameters.Require(Session, help);
        ScriptParameters.Require(Session, ShellCall().Match(text).Groups[1].Value);
    }

    [Fact]
    public void FindCandidates_ListsTheLargestSavingFirst()
    {
        Folder.Add(Workspace.Network, "models/network.mlmodel");
        string package = Folder.Add(Workspace.Package, "models/deep/package.mlpackage");
        Folder.Add(Workspace.Half, "models/half.mlpackage");
        string script = Path.Combine(Repository.Root, "docs", "samples", "find-candidates.ps1");

        CommandRun run = Run("& $args[0] $args[1]", script, Folder["models"]);
        run.Clean();
        Assert.Equal(["package.mlpackage", "network.mlmodel"], run.Values("Model"));

        // The estimate is what a conversion saves, but for a few casts.
        CommandRun converted = Run("& $args[0] $args[1] -MinimumSaving 100KB | ConvertTo-Fp16Model -DestinationPath $args[2]", script, Folder["models"], Folder["out"]);
        converted.Clean();
        Assert.Equal([package], converted.Values("SourcePath"));
        dynamic result = converted.Output[0].BaseObject;
        long saving = (long)run.Output[0].Properties["Saving"].Value;
        Assert.InRange((long)(result.Before - result.After), saving * 0.95, saving);
    }

    [Fact]
    public void ConvertFolder_MirrorsTheTree_AndFailsForOneBadModel()
    {
        Folder.Add(Workspace.Package, "models/a.mlpackage");
        Folder.Add(Workspace.NewerNetwork, "models/deep/b.mlmodel");
        string[] arguments = ["-File", Path.Combine(Repository.Root, "docs", "samples", "convert-folder.ps1"), "models", "models/out", "-MinimumSnr", "60"];

        ShellRun run = ShellProcess.Run(Folder.Root, null, null, arguments);
        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        Assert.True(Directory.Exists(Folder["models/out/a_fp16.mlpackage"]));
        Assert.True(File.Exists(Folder["models/out/deep/b_fp16.mlmodel"]));

        Folder.AddText("bad/bad.mlmodel", "This is no model.");
        run = ShellProcess.Run(Folder.Root, null, null, [.. arguments[..2], "bad", "out"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("NotAModel", run.Output);
    }

    [Theory]
    [InlineData("-MinimumSnr 60 -Force", 0, "")]
    [InlineData("-MinimumSnr 60 -WeightsOnly -KeepFloat32 linear, softmax -Force", 0, "")]
    [InlineData("-MinimumSnr 200 -Force", 1, "SnrTooLow")]
    [InlineData("", 1, "DestinationExists")]
    public void ConvertFolder_TellsProblemsByRowAndExitCode(string arguments, int exitCode, string problem)
    {
        Folder.Add(Workspace.Package, "models/a.mlpackage");
        Folder.Add(Workspace.Package, "out/a_fp16.mlpackage");
        string script = Path.Combine(Repository.Root, "docs", "samples", "convert-folder.ps1");

        CommandRun run = Run($"& $args[0] $args[1] $args[2] {arguments}", script, Folder["models"], Folder["out"]);

        Assert.Null(run.Terminating);
        Assert.Equal([problem], run.Values("Problem"));
        Assert.Equal([problem.Length == 0 ? "Converted" : "Failed"], run.Values("Status"));
        Assert.Equal(problem.Length == 0 ? [] : [problem], run.ErrorIds);
        Assert.Equal(exitCode, Run("$LASTEXITCODE").Clean().Single().BaseObject);
    }

    [GeneratedRegex("src/CoreMLQuant\\.Shell -- -File (.+)")]
    private static partial Regex ShellCall();
}
