using System;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class ExpandCoreMLModelTests : ModuleTest
{
    [Theory]
    [InlineData("nn_cnn/linear8.mlmodel", ".mlmodel")]
    [InlineData("convnet_iOS18/joint_prune50_pal4.mlpackage", ".mlpackage")]
    public void CompressedModel_BecomesPlainBesideItsSource(string fixture, string extension)
    {
        string source = Folder.Add(fixture, "net" + extension);
        string before = Workspace.Hash(source);

        CommandRun run = Run("Expand-CoreMLModel $args[0]", source);

        run.Clean();
        Assert.Equal([Folder["net_expanded" + extension]], run.Values("Path"));
        Assert.Equal(["plain floats"], run.Values("Recipe"));
        Assert.Equal(["0"], run.Values("MaxError"));
        Assert.Equal(before, Workspace.Hash(source));
        Assert.Equal(["None"], Run("Get-CoreMLModel $args[0]", Folder["net_expanded" + extension]).Values("Compression"));
        Assert.True((double)run.Output[0].Properties["Ratio"].Value < 1);
    }

    [Fact]
    public void PlainModel_IsUnchanged()
    {
        string source = Folder.Add(Workspace.Package, "net.mlpackage");
        CommandRun run = Run("Expand-CoreMLModel $args[0]", source);
        run.Clean();
        Assert.Equal(["Unchanged"], run.Values("Status"));
        Assert.Equal([source], run.Values("Path"));
    }

    [Fact]
    public void Precision_IsThatOfTheWeights()
    {
        string source = Folder.Add("nn_cnn/kmeans_lut4.mlmodel", "net.mlmodel");
        Run("Expand-CoreMLModel $args[0] -Precision Float16 -DestinationPath $args[1]", source, Folder["half.mlmodel"]).Clean();
        Assert.Contains("Float16", Run("Get-CoreMLWeight $args[0]", Folder["half.mlmodel"]).Values("ElementType"));
        CommandRun run = Run("Expand-CoreMLModel $args[0] -Precision Float32 -DestinationPath $args[1]", Folder["half.mlmodel"], Folder["single.mlmodel"]);
        run.Clean();
        Assert.Equal(["plain Float32"], run.Values("Recipe"));
        Assert.All(Run("Get-CoreMLWeight $args[0]", Folder["single.mlmodel"]).Values("ElementType"), type => Assert.Equal("Float32", type));
    }

    [Fact]
    public void Include_ExpandsOnlyWhatMatches()
    {
        string source = Folder.Add("convnet_iOS18/q8sym.mlpackage", "net.mlpackage");
        CommandRun run = Run("(Expand-CoreMLModel $args[0] -Include linear).Weights | Where-Object Action -eq Convert", source);
        Assert.NotEmpty(run.Clean());
        Assert.All(run.Values("OpType"), type => Assert.Equal("linear", type));
        Assert.Contains(Run("Get-CoreMLWeight $args[0]", Folder["net_expanded.mlpackage"]).Values("Encoding"), name => name == "Linear 8-bit");
    }

    [Fact]
    public void WhatIf_TellsTheSizeAndWritesNothing()
    {
        string source = Folder.Add("convnet_iOS18/q8sym.mlpackage", "net.mlpackage");
        string[] before = Folder.Entries();
        string shown = Session.Display("Expand-CoreMLModel $args[0] -WhatIf", source);
        Assert.Matches(@"Convert to plain floats \(\d+ of \d+ weights, \S+ KB -> \S+ KB\)", shown);
        Assert.Equal(before, Folder.Entries());
    }

    [Fact]
    public void DamagedConstant_IsOneErrorWithItsPlace()
    {
        // The record's length no longer is that of the scales: nothing can be decoded, and nothing is written.
        string source = Folder.Add("convnet_iOS18/q8sym.mlpackage", "net.mlpackage");
        string weights = Folder["net.mlpackage/Data/com.apple.CoreML/weights/weight.bin"];
        byte[] bytes = System.IO.File.ReadAllBytes(weights);
        Array.Clear(bytes, 64 + 8, 8);
        System.IO.File.WriteAllBytes(weights, bytes);
        CommandRun run = Run("Expand-CoreMLModel $args[0]", source);
        Assert.Equal(["WeightSizeMismatch"], run.ErrorIds);
        Assert.DoesNotContain(Folder.Entries(), entry => entry.Contains("_expanded"));
    }
}
