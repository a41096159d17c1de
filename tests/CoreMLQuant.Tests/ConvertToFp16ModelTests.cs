using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class ConvertToFp16ModelTests : ModuleTest
{
    [Theory]
    [InlineData(Workspace.Network, ".mlmodel")]
    [InlineData(Workspace.Package, ".mlpackage")]
    public void Model_BecomesHalfPrecisionBesideItsSource(string fixture, string extension)
    {
        string source = Folder.Add(fixture, "net" + extension);
        string before = Workspace.Hash(source);

        CommandRun run = Run("ConvertTo-Fp16Model $args[0]", source);

        run.Clean();
        string expected = Folder["net_fp16" + extension];
        Assert.Equal([expected], run.Values("Path"));
        Assert.Equal([source], run.Values("SourcePath"));
        Assert.Equal(["Converted"], run.Values("Status"));
        Assert.Equal(before, Workspace.Hash(source));
        Assert.Equal(["Float16"], Run("Get-CoreMLModel $args[0]", expected).Values("Precision"));
        double ratio = (double)run.Output[0].Properties["Ratio"].Value;
        Assert.InRange(ratio, 1.5, 2.1);
    }

    [Fact]
    public void ConvertedModel_IsUnchanged()
    {
        Folder.Add(Workspace.Network, "net.mlmodel");
        Run("ConvertTo-Fp16Model $args[0]", Folder["net.mlmodel"]).Clean();
        string[] before = Folder.Entries();

        CommandRun run = Run("ConvertTo-Fp16Model $args[0]", Folder["net_fp16.mlmodel"]);

        run.Clean();
        Assert.Equal(["Unchanged"], run.Values("Status"));
        Assert.Equal([Folder["net_fp16.mlmodel"]], run.Values("Path"));
        Assert.Equal(before, Folder.Entries());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-DestinationPath $args[1]")]
    public void WhatIf_WritesNothing(string destination)
    {
        string source = Folder.Add(Workspace.Package, "net.mlpackage");
        string[] before = Folder.Entries();

        string shown = Session.Display($"ConvertTo-Fp16Model $args[0] {destination} -WhatIf", source, Folder["new/folder"]);

        Assert.Equal(before, Folder.Entries());
        Assert.Matches(@"Convert to FP16 \(\d+ of \d+ weights, \S+ KB -> \S+ KB\)", shown);
        Assert.Contains(destination.Length == 0 ? Folder["net_fp16.mlpackage"] : Folder["new/folder/net_fp16.mlpackage"], shown);
    }

    [Theory]
    [InlineData("No", 0)]
    [InlineData("Yes", 2)]
    [InlineData("No to All", 0)]
    public void Confirm_AsksOncePerOutput(string answer, int written)
    {
        Folder.Add(Workspace.Network, "a.mlmodel");
        Folder.Add(Workspace.Network, "b.mlmodel");
        Session.Host.Screen.Answer = answer;

        CommandRun run = Run("ConvertTo-Fp16Model $args[0] -Confirm", Folder["*.mlmodel"]);

        Assert.Equal(written, run.Clean().Count);
        Assert.Equal(answer == "No to All" ? 1 : 2, Session.Host.Screen.Questions.Count);
        Assert.Equal(written, Folder.Entries().Count(entry => entry.Contains("_fp16")));
    }

    [Fact]
    public void KeepFloat32_KeepsWhatItNames_AndVerboseSaysWhy()
    {
        string source = Folder.Add(Workspace.Network, "net.mlmodel");
        string name = Run("Get-CoreMLWeight $args[0] -MinimumElementCount 100", source).Values("Name")[0];

        CommandRun run = Run("ConvertTo-Fp16Model $args[0] -KeepFloat32 $args[1] -Verbose", source, name);

        run.Clean();
        Assert.Contains(run.Verbose, message => message.Contains(name) && message.StartsWith("Skipped ", System.StringComparison.Ordinal));
        Assert.Equal(
            ["Float32"],
            Run("Get-CoreMLWeight $args[0] -Name $args[1]", Folder["net_fp16.mlmodel"], name).Values("StorageType"));
    }

    [Fact]
    public void Pattern_ThatMatchesNothing_Warns()
    {
        string source = Folder.Add(Workspace.Network, "net.mlmodel");
        CommandRun run = Run("ConvertTo-Fp16Model $args[0] -KeepFloat32 nosuchop -Exclude 're:nor this'", source);
        run.Clean();
        Assert.Contains(run.Warnings, warning => warning.Contains("'nosuchop'"));
        Assert.Contains(run.Warnings, warning => warning.Contains("'re:nor this'"));
    }

    [Fact]
    public void RequiredSystem_WhenItRises_IsAWarning()
    {
        string source = Folder.Add(Workspace.Package, "net.mlpackage");
        CommandRun run = Run("ConvertTo-Fp16Model $args[0] -WeightsOnly", source);
        run.Clean();
        Assert.Contains(run.Warnings, warning => warning.Contains("iOS 16, macOS 13") && warning.Contains("iOS 15, macOS 12"));
    }

    [Theory]
    [InlineData("-KeepFloat32 're:('", "InvalidPattern")]
    [InlineData("-Include 're:['", "InvalidPattern")]
    [InlineData("-Exclude ' '", "InvalidPattern")]
    [InlineData("-DestinationPath Env:/x", "NotFileSystemPath")]
    public void BrokenArgument_EndsTheRunBeforeAnyFile(string argument, string id)
    {
        CommandRun run = Run($"ConvertTo-Fp16Model nosuchmodel.mlmodel {argument}");
        Assert.Equal(id, CommandRun.Id(run.Terminating!));
        Assert.Empty(run.Errors);
    }

    [Theory]
    [InlineData("-WeightsOnly -InputOutputPrecision Float16", true)]
    [InlineData("-WeightsOnly -InputOutputPrecision Float32", false)]
    [InlineData("-WeightsOnly:$false -InputOutputPrecision Float16", false)]
    public void WeightsOnly_WithHalfPrecisionInputs_IsRefusedBeforeAnyFile(string arguments, bool refused)
    {
        CommandRun run = Run($"'nosuchmodel.mlmodel' | ConvertTo-Fp16Model {arguments}");
        Assert.Equal(refused ? [] : ["ModelNotFound"], run.ErrorIds);
        Assert.Equal(refused, run.Terminating is not null);
        if (refused)
        {
            Assert.Equal("IncompatibleParameters", CommandRun.Id(run.Terminating!));
            Assert.Equal(ErrorCategory.InvalidArgument, run.Terminating!.CategoryInfo.Category);
            Assert.Contains("-WeightsOnly", run.Terminating.ToString());
            Assert.Contains("-InputOutputPrecision Float16", run.Terminating.ToString());
        }
    }

    [Fact]
    public void Throttle_GivesTheSameBytes()
    {
        string source = Folder.Add(Workspace.Package, "net.mlpackage");
        Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1] -ThrottleLimit 1", source, Folder["one.mlpackage"]).Clean();
        Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1] -ThrottleLimit 8", source, Folder["many.mlpackage"]).Clean();
        Assert.Equal(Workspace.Hash(Folder["one.mlpackage"]).Replace("one.mlpackage", "many.mlpackage"), Workspace.Hash(Folder["many.mlpackage"]));
    }

    [Fact]
    public void Source_MayBeReadOnly()
    {
        string source = Folder.Add(Workspace.Network, "net.mlmodel");
        File.SetAttributes(source, FileAttributes.ReadOnly);
        Run("ConvertTo-Fp16Model $args[0]", source).Clean();
        Assert.True(File.Exists(Folder["net_fp16.mlmodel"]));
        File.SetAttributes(source, FileAttributes.Normal);
    }
}
