using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>A source is replaced only when -InPlace says so, and the user is told whether it can be recovered.</summary>
public sealed class InPlaceTests : ModuleTest
{
    private const string CannotBeRecovered = "cannot be recovered";
    private const string CanBeRecovered = "can be recovered";

    [Theory]
    [InlineData("ConvertTo-Fp16Model", Workspace.Package, "a.mlpackage")]
    [InlineData("ConvertTo-Fp16Model", Workspace.Network, "a.mlmodel")]
    [InlineData("ConvertTo-QuantizedModel", Workspace.Network, "a.mlmodel")]
    [InlineData("ConvertTo-PalettizedModel", Workspace.Network, "a.mlmodel")]
    [InlineData("ConvertTo-PrunedModel -TargetSparsity 0.5", Workspace.Package, "a.mlpackage")]
    [InlineData("Optimize-CoreMLModel -Preset NeuralEngine16", Workspace.Package, "a.mlpackage")]
    public void Source_AsItsOwnDestination_IsRefused_HoweverForced(string command, string fixture, string name)
    {
        string source = Folder.Add(fixture, name);
        string before = Workspace.Hash(source);
        foreach (string destination in new[] { source, Folder[$"sub/../{name}"] })
        {
            CommandRun run = Run($"{command} $args[0] -DestinationPath $args[1] -Force -WarningAction Ignore", source, destination);
            Assert.Equal(["DestinationIsSource"], run.ErrorIds);
            Assert.Equal(ErrorCategory.InvalidArgument, run.Errors[0].CategoryInfo.Category);
            Assert.Contains("-InPlace", run.Errors[0].ToString());
        }

        Assert.Equal(before, Workspace.Hash(source));
        Assert.Equal([name], Directory.EnumerateFileSystemEntries(Folder.Root).Select(Path.GetFileName));
    }

    [Fact]
    public void Source_ThroughALinkedFolder_IsRefused()
    {
        string source = Folder.Add(Workspace.Network, "real/a.mlmodel");
        string before = Workspace.Hash(source);
        Directory.CreateSymbolicLink(Folder["link"], Folder["real"]);
        Assert.Equal(["DestinationIsSource"], Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1] -Force", source, Folder["link/a.mlmodel"]).ErrorIds);
        Assert.Equal(before, Workspace.Hash(source));
    }

    [Fact]
    public void OtherSource_OfTheRun_IsRefused()
    {
        string other = Folder.Add(Workspace.Network, "a_fp16.mlmodel");
        string source = Folder.Add(Workspace.Network, "a.mlmodel");
        string before = Workspace.Hash(other);
        CommandRun run = Run("$args | ConvertTo-Fp16Model -Force -WarningAction Ignore", other, source);
        Assert.Equal([Folder["a_fp16_fp16.mlmodel"]], run.Values("Path"));
        Assert.Equal(["DestinationIsSource"], run.ErrorIds);
        Assert.Equal(before, Workspace.Hash(other));
    }

    [Theory]
    [InlineData(Workspace.Package, "a.mlpackage")]
    [InlineData(Workspace.Network, "a.mlmodel")]
    public void InPlace_ReplacesTheSource_AndSaysThatItIsLost(string fixture, string name)
    {
        string source = Folder.Add(fixture, name);
        PSObject result = Run("ConvertTo-Fp16Model $args[0] -InPlace -WarningAction Ignore", source).Clean().Single();
        Assert.Equal((source, source, true, false), (result.Properties["Path"].Value, result.Properties["SourcePath"].Value, result.Properties["IsSourceReplaced"].Value, result.Properties["IsLossless"].Value));
        Assert.Contains(CannotBeRecovered, string.Join('\n', Run("$args[0].Notes", result).Output));
        Assert.Equal(["Float16"], Run("Get-CoreMLModel $args[0]", source).Values("Precision"));
        Assert.Equal([name], Directory.EnumerateFileSystemEntries(Folder.Root).Select(Path.GetFileName));
    }

    [Fact]
    public void InPlace_WithItsOwnPathAsDestination_IsTheSame()
    {
        string source = Folder.Add(Workspace.Network, "a.mlmodel");
        Assert.Equal([source], Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[0] -InPlace -WarningAction Ignore", source).Values("Path"));
    }

    [Fact]
    public void InPlace_ThatChangesNoValue_SaysThatTheWeightsCanBeRecovered()
    {
        string source = Folder.Add("nn_cnn/linear8.mlmodel", "a.mlmodel");
        Assert.Contains(CanBeRecovered, Session.Display("Expand-CoreMLModel $args[0] -InPlace -WhatIf", source));
        PSObject result = Run("Expand-CoreMLModel $args[0] -InPlace", source).Clean().Single();
        Assert.True((bool)result.Properties["IsLossless"].Value);
        Assert.Contains(CanBeRecovered, string.Join('\n', Run("$args[0].Notes", result).Output));
    }

    [Fact]
    public void InPlace_WhatIfAndConfirm_SayThatTheOriginalIsLost()
    {
        string source = Folder.Add(Workspace.Network, "a.mlmodel");
        string before = Workspace.Hash(source);
        Assert.Contains(CannotBeRecovered, Session.Display("ConvertTo-Fp16Model $args[0] -InPlace -WhatIf -WarningAction Ignore", source));
        Session.Host.Screen.Answer = "No";
        Run("ConvertTo-Fp16Model $args[0] -InPlace -Confirm -WarningAction Ignore", source).Clean();
        Assert.Contains(CannotBeRecovered, Assert.Single(Session.Host.Screen.Questions));
        Assert.Equal(before, Workspace.Hash(source));
    }

    [Theory]
    [InlineData("ConvertTo-Fp16Model $args[0] -InPlace")]
    [InlineData("Get-ChildItem $args[0] | ConvertTo-Fp16Model -InPlace")]
    public void InPlace_WithSeveralModels_ChangesNone(string command)
    {
        string[] sources = [Folder.Add(Workspace.Network, "a.mlmodel"), Folder.Add(Workspace.Network, "b.mlmodel")];
        string[] before = sources.Select(Workspace.Hash).ToArray();
        CommandRun run = Run(command, Folder["*.mlmodel"]);
        Assert.Equal("IncompatibleParameters", CommandRun.Id(run.Terminating!));
        Assert.Empty(run.Output);
        Assert.Equal(before, sources.Select(Workspace.Hash));
    }

    [Fact]
    public void InPlace_WithAnotherDestination_IsRefused()
    {
        string source = Folder.Add(Workspace.Network, "a.mlmodel");
        Assert.Equal(["IncompatibleParameters"], Run("ConvertTo-Fp16Model $args[0] -InPlace -DestinationPath $args[1]", source, Folder["out"]).ErrorIds);
        Assert.Equal("IncompatibleParameters", CommandRun.Id(Run("ConvertTo-Fp16Model $args[0] -InPlace -SkipExisting", source).Terminating!));
    }
}
