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
    [InlineData("ConvertTo-QuantizedModel", "NoActOrder", "", true)]
    [InlineData("ConvertTo-QuantizedModel", "NoActOrder", "-InputPath $args[1] -Resize Stretch -Method RoundToNearest", true)]
    [InlineData("ConvertTo-QuantizedModel", "NoActOrder", "-InputPath $args[1] -Resize Stretch", false)]
    [InlineData("ConvertTo-QuantizedModel", "NoActOrder:$false", "", false)]
    [InlineData("ConvertTo-PalettizedModel", "NoBiasCorrection", "", true)]
    [InlineData("ConvertTo-PrunedModel -TargetSparsity 0.5", "NoBiasCorrection", "-InputPath $args[1] -Resize Stretch -Method RoundToNearest", true)]
    [InlineData("ConvertTo-PalettizedModel", "NoBiasCorrection", "-InputPath $args[1] -Resize Stretch", false)]
    [InlineData("Optimize-CoreMLModel -MinimumSnr 30", "NoBiasCorrection", "", true)]
    [InlineData("ConvertTo-QuantizedModel -ActivationRanges $args[2] -AllowOpsetUpgrade", "ActivationRangeEstimator MinMax", "", true)]
    [InlineData("ConvertTo-QuantizedModel -ActivationRanges $args[2] -AllowOpsetUpgrade", "ActivationPercentile 99.9", "", true)]
    [InlineData("ConvertTo-QuantizedModel -ActivationRanges $args[2] -AllowOpsetUpgrade", "ActivationRangeEstimator MinMax", "-InputPath $args[1] -Resize Stretch", false)]
    public void Convert_ParameterThatChangesNothing_IsWarnedOf(string command, string parameter, string others, bool isWarned)
    {
        string ranges = Folder.AddText("ranges.json", "{}");
        string[] warnings = [.. Run($"{command} -LiteralPath $args[0] -{parameter} -MinimumElementCount 100 {others}", Model, Photos, ranges).Warnings.Where(warning => warning.Contains("has no effect"))];
        Assert.Equal(isWarned ? 1 : 0, warnings.Length);
        Assert.All(warnings, warning => Assert.Matches($"^-{parameter.Split(' ')[0]} has no effect, because .* -StatisticsPath\\)", warning));
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel")]
    [InlineData("ConvertTo-PalettizedModel")]
    [InlineData("ConvertTo-PrunedModel -TargetSparsity 0.5")]
    [InlineData("Optimize-CoreMLModel -MinimumSnr 30")]
    public void Convert_CalibratedWithoutData_IsRefused(string command) => Assert.Equal(
        "-Method Calibrated requires calibration data (-InputPath, -InputObject or -StatisticsPath).",
        Run($"{command} -LiteralPath $args[0] -Method Calibrated", Model).Terminating!.ToString());

    // Statistics are of all weights.
    [Fact]
    public void Convert_WeightsThatTheRecipeLeaves_AreNotCountedInWarnings()
    {
        string[] Told(string include) => [.. Run($"ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -MinimumElementCount 100 {include}", Model, Photos)
            .Warnings.Where(warning => warning.Contains(" weights met fewer vectors"))];
        string name = Run("(Get-CoreMLWeight $args[0] -MinimumElementCount 100).Name | Select-Object -Last 1", Model).Clean().Single().ToString();
        Assert.DoesNotContain(Told(string.Empty), warning => warning.Contains(" of 1 weights "));
        Assert.Contains($" 1 of 1 weights met fewer vectors than they have inputs ('{name}' ", Assert.Single(Told($"-Include {name}")));
    }

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
