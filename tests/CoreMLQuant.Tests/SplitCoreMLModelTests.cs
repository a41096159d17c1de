using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class SplitCoreMLModelTests : ModuleTest
{
    [Theory]
    [InlineData("multifunction_iOS18/fp32.mlpackage", ".mlpackage", "fa", "fb")]
    [InlineData("pipeline_mlprogram/fp32.mlpackage", ".mlpackage", "0", "1")]
    [InlineData("nn_pipeline_classifier/fp32.mlmodel", ".mlmodel", "0", "1")]
    [InlineData("convnet_iOS15/fp32.mlpackage", ".mlpackage", "part1", "part2")]
    public void Model_BecomesItsPartsBesideIt(string fixture, string extension, string first, string second)
    {
        string source = Folder.Add(fixture, "net" + extension);
        string before = Workspace.Hash(source);
        CommandRun run = Run("Split-CoreMLModel $args[0]", source);
        run.Clean();
        Assert.Equal([Folder[$"net_{first}{extension}"], Folder[$"net_{second}{extension}"]], run.Values("Path").Order());
        Assert.Equal([true, true], Run("Test-CoreMLModel $args[0], $args[1]", run.Values("Path")[0], run.Values("Path")[1]).Clean().Select(result => result.BaseObject));
        Assert.Equal(before, Workspace.Hash(source));
    }

    [Fact]
    public void WhatIf_NamesThePlaceAndWritesNothing()
    {
        string source = Folder.Add("pipeline_mlprogram/src_a.mlpackage", "a.mlpackage");
        string[] before = Folder.Entries();
        string shown = Session.Display("Split-CoreMLModel $args[0] -At a_fc -WhatIf", source);
        Assert.Contains("Split after linear 'a_fc', part 1", shown);
        Assert.Equal(before, Folder.Entries());
    }

    [Fact]
    public void Destination_OfOnePartExists_LeavesAllAsItWas()
    {
        string source = Folder.Add("pipeline_mlprogram/src_a.mlpackage", "a.mlpackage");
        Folder.AddText("a_part2.mlpackage", "mine");
        string[] before = Folder.Entries();
        Assert.Equal(["DestinationExists"], Run("Split-CoreMLModel $args[0]", source).ErrorIds);
        Assert.Equal(before, Folder.Entries());
    }

    [Fact]
    public void Destination_ThatIsAFile_IsRefused()
    {
        string source = Folder.Add("pipeline_mlprogram/src_a.mlpackage", "a.mlpackage");
        CommandRun run = Run("try { Split-CoreMLModel $args[0] -DestinationPath $args[1] } catch { Write-Error $_ }", source, Folder["out.mlpackage"]);
        Assert.Equal(["InvalidDestination"], run.ErrorIds.Select(id => id.Split(',')[0]));
    }

    [Theory]
    [InlineData("nn_cnn/fp32.mlmodel", ".mlmodel", "")]
    [InlineData("convnet_iOS15/fp32.mlpackage", ".mlpackage", "-At nothing")]
    [InlineData("pipeline_mlprogram/fp32.mlpackage", ".mlpackage", "-At mid")]
    public void Model_ThatCannotBeSplitSo_IsOneError(string fixture, string extension, string parameters)
    {
        string source = Folder.Add(fixture, "net" + extension);
        string[] before = Folder.Entries();
        Assert.Equal(["AssemblyNotPossible"], Run($"Split-CoreMLModel $args[0] {parameters}", source).ErrorIds);
        Assert.Equal(before, Folder.Entries());
    }

    [Fact]
    public void Part_OfTwo_RunsAndIsPassedOn()
    {
        string source = Folder.Add("gpt_tiny_iOS18/fp32.mlpackage", "gpt.mlpackage");
        CommandRun run = Run("Split-CoreMLModel $args[0] | ConvertTo-Fp16Model -WarningAction Ignore", source);
        run.Clean();
        Assert.Equal(["Converted", "Converted"], run.Values("Status"));
    }
}
