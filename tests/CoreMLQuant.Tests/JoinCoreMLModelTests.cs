using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class JoinCoreMLModelTests : ModuleTest
{
    [Fact]
    public void AsFunctions_IsWrittenBesideTheFirstSourceAndDescribedByGetCoreMLModel()
    {
        string first = Folder.Add("multifunction_iOS18/src_fa.mlpackage", "a.mlpackage"), second = Folder.Add("multifunction_iOS18/src_fb.mlpackage", "b.mlpackage");
        CommandRun run = Run("Join-CoreMLModel $args[0], $args[1] -AsFunctions prefill, decode", first, second);
        run.Clean();
        Assert.Equal([Folder["a_functions.mlpackage"]], run.Values("Path"));
        Assert.Equal(["prefill (CoreML8)", "decode (CoreML8)"], Run("(Get-CoreMLModel $args[0]).Functions", Folder["a_functions.mlpackage"]).Clean().Select(function => function.ToString()));
        Assert.Equal([true], Run("Test-CoreMLModel $args[0]", Folder["a_functions.mlpackage"]).Clean().Select(result => result.BaseObject));
    }

    [Fact]
    public void WhatIf_TellsSizesAndWritesNothing()
    {
        string first = Folder.Add("multifunction_iOS18/src_fa.mlpackage", "a.mlpackage"), second = Folder.Add("multifunction_iOS18/src_fb.mlpackage", "b.mlpackage");
        string[] before = Folder.Entries();
        string shown = Session.Display("Join-CoreMLModel $args[0], $args[1] -AsFunctions f, g -WhatIf -LogPath $args[2]", first, second, Folder["log.jsonl"]);
        Assert.Contains("Join as functions f, g (186 KB -> 109 KB)", shown);
        Assert.Equal(before, Folder.Entries());
    }

    [Fact]
    public void SplitThenAsPipeline_PassesTheModelsOnByPath()
    {
        string source = Folder.Add("gpt_tiny_iOS18/fp32.mlpackage", "gpt.mlpackage");
        CommandRun run = Run("Split-CoreMLModel $args[0] -DestinationPath $args[1] | Join-CoreMLModel -AsPipeline -NoFlush", source, Folder["out"]);
        run.Clean();
        Assert.Equal([Folder["out/gpt_part1_pipeline.mlpackage"]], run.Values("Path"));
        Assert.Equal([true], Run("Test-CoreMLModel $args[0]", Folder["out/gpt_part1_pipeline.mlpackage"]).Clean().Select(result => result.BaseObject));
    }

    [Fact]
    public void NonMaximumSuppression_HasTheThresholdsAsOptionalInputs()
    {
        string source = Folder.Add("detector/fp32.mlpackage", "yolo.mlpackage");
        CommandRun run = Run("(Join-CoreMLModel $args[0] -NonMaximumSuppression -ClassLabel cat, dog, bird).Inputs", source);
        run.Clean();
        Assert.Equal(["features", "iouThreshold", "confidenceThreshold"], run.Values("Name"));
        Assert.Equal(["False", "True", "True"], run.Values("IsOptional"));
    }

    [Fact]
    public void Model_ThatDoesNotExist_LeavesNothingJoined()
    {
        string source = Folder.Add("pipeline_mlprogram/src_a.mlpackage", "a.mlpackage");
        string[] before = Folder.Entries();
        CommandRun run = Run("Join-CoreMLModel $args[0], $args[1] -AsPipeline", source, Folder["b.mlpackage"]);
        Assert.Equal(["ModelNotFound"], run.ErrorIds);
        Assert.Equal(before, Folder.Entries());
    }

    [Theory]
    [InlineData("", "IncompatibleParameters")]
    [InlineData("-AsPipeline -AsFunctions a, b", "IncompatibleParameters")]
    [InlineData("-AsPipeline -ClassLabel a", "IncompatibleParameters")]
    [InlineData("-AsPipeline -DefaultFunction a", "IncompatibleParameters")]
    [InlineData("-AsFunctions a, b -OutputName c", "IncompatibleParameters")]
    [InlineData("-AsFunctions a", "AssemblyNotPossible")]
    [InlineData("-AsFunctions a, b -DefaultFunction c", "AssemblyNotPossible")]
    [InlineData("-AsPipeline -OutputName nothing", "AssemblyNotPossible")]
    [InlineData("-AsPipeline -DestinationPath out.mlmodel", "DestinationExtensionMismatch")]
    public void Parameters_ThatDoNotFit_AreAnErrorAndNothingIsWritten(string parameters, string error)
    {
        string first = Folder.Add("pipeline_mlprogram/src_a.mlpackage", "a.mlpackage"), second = Folder.Add("pipeline_mlprogram/src_b.mlpackage", "b.mlpackage");
        string[] before = Folder.Entries();
        Session.SetLocation(Folder.Root);
        CommandRun run = Run($"try {{ Join-CoreMLModel $args[0], $args[1] {parameters} }} catch {{ Write-Error $_ }}", first, second);
        Assert.Equal([error], run.ErrorIds.Select(id => id.Split(',')[0]));
        Assert.Equal(before, Folder.Entries());
    }

    [Fact]
    public void Destination_ThatExists_NeedsForceAndASourceIsNeverReplaced()
    {
        string first = Folder.Add("pipeline_mlprogram/src_a.mlpackage", "a.mlpackage"), second = Folder.Add("pipeline_mlprogram/src_b.mlpackage", "b.mlpackage");
        Run("Join-CoreMLModel $args[0], $args[1] -AsPipeline", first, second).Clean();
        Assert.Equal(["DestinationExists"], Run("Join-CoreMLModel $args[0], $args[1] -AsPipeline", first, second).ErrorIds);
        Run("Join-CoreMLModel $args[0], $args[1] -AsPipeline -Force", first, second).Clean();
        string before = Workspace.Hash(second);
        Assert.Equal(["DestinationIsSource"], Run("Join-CoreMLModel $args[0], $args[1] -AsPipeline -Force -DestinationPath $args[1]", first, second).ErrorIds);
        Assert.Equal(before, Workspace.Hash(second));
    }

    [Fact]
    public void LogPath_HasALineForEachResultAndError()
    {
        string first = Folder.Add("pipeline_mlprogram/src_a.mlpackage", "a.mlpackage"), second = Folder.Add("pipeline_mlprogram/src_b.mlpackage", "b.mlpackage");
        string log = Folder["log.jsonl"];
        Run("Join-CoreMLModel $args[0], $args[1] -AsPipeline -LogPath $args[2]", first, second, log).Clean();
        Run("Join-CoreMLModel $args[0], $args[1] -AsPipeline -LogPath $args[2]", first, second, log);
        string[] lines = File.ReadAllLines(log);
        Assert.Equal(2, lines.Length);
        Assert.Contains("\"status\": \"Written\"", lines[0]);
        Assert.Contains("DestinationExists", lines[1]);
    }
}
