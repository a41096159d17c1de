using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>What compressing cmdlets make of samples, and tell of it.</summary>
public sealed class CalibrationTests : CalibratedModuleTest
{
    [Theory]
    [InlineData("ConvertTo-QuantizedModel")]
    [InlineData("ConvertTo-PalettizedModel")]
    [InlineData("ConvertTo-PrunedModel -TargetSparsity 0.5")]
    [InlineData("Optimize-CoreMLModel -MinimumSnr 30")]
    public void Convert_WithSamples_TellsWhichStatisticsItWentBy(string command)
    {
        dynamic result = Run($"{command} $args[0] -InputPath $args[1] -Resize Stretch -Count 3 -MinimumElementCount 100 -AllowOpsetUpgrade -WarningAction Ignore", Model, Photos)
            .Clean().Single().BaseObject;
        Assert.Equal(3, (int)result.Calibration.SampleCount);
        Assert.Equal(64, ((string)result.Calibration.StatisticsDigest).Length);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("-InputPath $args[1] -Resize Stretch -Method RoundToNearest", true)]
    [InlineData("-InputPath $args[1] -Resize Stretch", false)]
    public void Convert_NoActOrderWithoutCompensation_Warns(string parameters, bool isWarned) => Assert.Equal(
        isWarned, Run($"ConvertTo-QuantizedModel $args[0] -NoActOrder -MinimumElementCount 100 {parameters}", Model, Photos).Warnings.Any(warning => warning.Contains("-NoActOrder has no effect")));

    [Fact]
    public void Convert_NothingToConvert_HasTheReasonThatAllWeightsHave()
    {
        string model = Folder.Add("nn_cnn/fp32.mlmodel", "n.mlmodel");
        dynamic result = Run("ConvertTo-PrunedModel $args[0] -TargetSparsity 0.5", model).Clean().Single().BaseObject;
        Assert.Equal("Unchanged", (string)result.Status);
        Assert.Equal("nothing to convert: a NeuralNetwork does not support pruned weights", (string)result.Reason);
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel $args[0] -Method RoundToNearest")]
    [InlineData("Optimize-CoreMLModel $args[0] -MinimumOutputSnr 10")]
    public void Convert_WithSamples_TellsTheTimeThatTheUserWaited(string command)
    {
        // The first run loads the runtime, and a busy machine makes any run wait outside the conversion: one of several that was left alone is enough. Without calibrating and measuring, no run
        // tells more than a fourth.
        double[] shares = [.. Run(
            $"foreach ($i in 1..6) {{ $time = [Diagnostics.Stopwatch]::StartNew(); $result = {command} -InputPath $args[1] -Resize Stretch -MinimumElementCount 100 -AllowOpsetUpgrade -Force -WarningAction Ignore; $result.Elapsed / $time.Elapsed }}",
            Model,
            Photos).Clean().Select(value => (double)value.BaseObject)];
        Assert.Equal(6, shares.Length);
        Assert.InRange(shares.Max(), 0.5, 1);
    }

    [Fact]
    public void Convert_WithoutSamples_HasNoCalibration() =>
        Assert.Null(((dynamic)Run("ConvertTo-QuantizedModel $args[0] -WarningAction Ignore", Model).Clean().Single().BaseObject).Calibration);

    [Fact]
    public void Convert_WhatCannotBeDone_IsToldBeforeTheSamplesRun()
    {
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -BitWidth 4 -BlockSize 8 -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2]", Model, Photos, Folder["stats.npz"]);
        Assert.Single(run.Errors);
        Assert.False(File.Exists(Folder["stats.npz"]));
    }

    [Fact]
    public void SampleScript_FromImages_MarksTheSmallestOutputThatIsGoodEnough()
    {
        string script = Path.Combine(Repository.Root, "docs", "samples", "compress-with-data.ps1");
        CommandRun run = Run("& $args[0] $args[1] $args[2] $args[2] $args[3] -Resize Stretch -AllowOpsetUpgrade -MinimumOutputSnr 3 -WarningAction SilentlyContinue", script, Model, Photos, Folder["out"]);
        Assert.Empty(run.Errors);
        Assert.True(run.Output.Count >= 6);
        dynamic best = Assert.Single(run.Output, row => (bool)row.Properties["IsBest"].Value);
        Assert.True(best.OutputSnr >= 3);
        Assert.Equal(run.Output.Where(row => (double)row.Properties["OutputSnr"].Value >= 3).Min(row => (long)row.Properties["Size"].Value), (long)best.Size);
    }
}
