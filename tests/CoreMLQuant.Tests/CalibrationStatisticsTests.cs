using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Statistics files of compressing cmdlets.</summary>
public sealed class CalibrationStatisticsTests : CalibratedModuleTest
{
    [Fact]
    public void Convert_SamplesThatAreNotThereBesideCompleteStatistics_AreToldNonetheless()
    {
        string statistics = Folder["stats.npz"];
        Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -WarningAction Ignore", Model, Photos, statistics).Clean();

        ErrorRecord error = Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -StatisticsPath $args[2] -Force", Model, Folder["nowhere.npz"], statistics).Terminating!;

        Assert.StartsWith("InvalidSampleData", error.FullyQualifiedErrorId, System.StringComparison.Ordinal);
        Assert.Contains("does not exist", error.ToString());
    }

    [Fact]
    public void Convert_NaNInASampleBesideCompleteStatistics_IsWarnedOf()
    {
        string model = Folder.Add(Workspace.Package, "b.mlpackage"), statistics = Folder["stats.npz"];
        const string Good = "$good = 1..2 | ForEach-Object { $sample = $_; @{ image = (1..3072 | ForEach-Object { ($_ * $sample) % 7 }) } }; ";
        const string Convert = "ConvertTo-QuantizedModel $args[0] -StatisticsPath $args[1] -Force -InputObject ";
        Run($"{Good}{Convert} $good -WarningAction Ignore", model, statistics).Clean();
        string[] warnings = [.. Run($"{Good}{Convert} ($good + @{{ image = @([float]::NaN) * 3072 }})", model, statistics).Warnings];
        Assert.Single(warnings, warning => warning.Contains("'3': Input 'image' holds NaN (value 1); values that are no numbers do not count"));
    }

    [Fact]
    public void Convert_WithStatisticsPath_RunsTheSamplesOnce()
    {
        string statistics = Folder["stats.npz"];
        dynamic first = Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -WarningAction Ignore", Model, Photos, statistics).Clean().Single().BaseObject;
        DateTime written = File.GetLastWriteTimeUtc(statistics);
        dynamic second = Run("ConvertTo-QuantizedModel $args[0] -BitWidth 4 -BlockSize 8 -AllowOpsetUpgrade -StatisticsPath $args[1] -WarningAction Ignore", Model, statistics).Clean().Single().BaseObject;
        Assert.Equal((string)first.Calibration.StatisticsDigest, (string)second.Calibration.StatisticsDigest);
        Assert.Equal(written, File.GetLastWriteTimeUtc(statistics));
        Directory.Delete(Photos, recursive: true);
        Assert.Equal(4, (int)second.Calibration.SampleCount);
    }

    [Theory]
    [InlineData("-Count 2", "'{0}' holds the statistics of 4 other samples")]
    [InlineData("-Resize Fit", "holds the statistics of samples that were resized in another way (-Resize Stretch)")]
    [InlineData("", null)]
    public void Convert_OtherSamplesThanTheStatisticsAreOf_Warns(string parameters, string? warning)
    {
        string statistics = Folder["stats.npz"], resize = parameters.Contains("-Resize") ? string.Empty : "-Resize Stretch";
        Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -WarningAction Ignore", Model, Photos, statistics).Clean();
        CommandRun run = Run($"ConvertTo-QuantizedModel $args[0] -InputPath $args[1] {resize} -StatisticsPath $args[2] -PlanOnly -Verbose {parameters}", Model, Photos, statistics);
        run.Clean();
        Assert.Contains(run.Verbose, message => message.Contains($"The statistics of 4 samples are read from '{statistics}'; nothing is calibrated again."));
        string[] told = run.Warnings.Where(message => message.Contains("not calibrated with")).ToArray();
        if (warning is null)
        {
            Assert.Empty(told);
        }
        else
        {
            Assert.Contains(string.Format(warning, statistics), Assert.Single(told));
        }
    }

    [Fact]
    public void Convert_StatisticsWithoutGramMatrices_WarnsThatNothingIsCompensated()
    {
        string statistics = Folder["stats.npz"];
        Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -Method RoundToNearest -WarningAction Ignore", Model, Photos, statistics).Clean();
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -StatisticsPath $args[1] -PlanOnly", Model, statistics);
        run.Clean();
        Assert.Contains("was written without Gram matrices", Assert.Single(run.Warnings, message => message.Contains(statistics)));
        Assert.DoesNotContain(Run("ConvertTo-QuantizedModel $args[0] -StatisticsPath $args[1] -PlanOnly -Method RoundToNearest", Model, statistics).Warnings, message => message.Contains(statistics));
    }

    // None of these compensates errors, though the file has what that takes.
    [Fact]
    public void Convert_WithoutCompensation_SaysNothingOfIt()
    {
        string statistics = Folder["stats.npz"];
        Assert.Contains(
            Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2]", Model, Photos, statistics).Warnings, message => message.Contains("errors that are compensated"));
        foreach (string command in new[]
        {
            "ConvertTo-QuantizedModel $args[0] -StatisticsPath $args[2] -PlanOnly -Verbose -Method RoundToNearest",
            "ConvertTo-PalettizedModel $args[0] -VectorSize 2 -AllowOpsetUpgrade -StatisticsPath $args[2] -PlanOnly -Verbose",
            "Optimize-CoreMLModel $args[0] -MinimumOutputSnr 10 -InputPath $args[1] -Resize Stretch -PlanOnly -Verbose -Method RoundToNearest",
            "Measure-CoreMLSensitivity $args[0] @{ config_type = 'OpLinearQuantizerConfig'; global_config = @{ dtype = 'int8'; method = 'round_to_nearest' } } -InputPath $args[1] -Resize Stretch -Verbose",
        })
        {
            CommandRun run = Run(command, Model, Photos, statistics);
            Assert.NotEmpty(run.Clean());
            Assert.DoesNotContain([.. run.Warnings, .. run.Verbose], message => message.Contains("compensated"));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void Convert_DamagedStatistics_SaysWhatToDo(int length)
    {
        string statistics = Folder["stats.npz"];
        File.WriteAllBytes(statistics, new byte[length]);
        string message = Assert.Single(Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2]", Model, Photos, statistics).Errors).ToString();
        Assert.Contains(statistics, message);
        Assert.EndsWith("Specify another file, or delete it and calibrate again.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel $args[0], $args[1] -InputPath $args[2] -Resize Stretch -StatisticsPath $args[3]")]
    [InlineData("$args[0], $args[1] | ConvertTo-QuantizedModel -InputPath $args[2] -Resize Stretch -StatisticsPath $args[3]")]
    public void Convert_SeveralModelsWithOneStatisticsFile_IsRefusedBeforeOneIsWritten(string command)
    {
        string other = Folder.Add(Workspace.Package, "b.mlpackage");
        CommandRun run = Run(command, Model, other, Photos, Folder["stats.npz"]);
        Assert.Contains("statistics of one model", run.Terminating!.ToString());
        Assert.Empty(run.Output);
        Assert.Empty(Directory.GetFileSystemEntries(Folder.Root, "*int8*"));
    }

    [Fact]
    public void Convert_StatisticsOfAnotherModel_AreAnError()
    {
        string statistics = Folder["stats.npz"], other = Folder.Add(Workspace.Package, "b.mlpackage");
        Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -WarningAction Ignore", Model, Photos, statistics).Clean();
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -StatisticsPath $args[1] -WarningAction Ignore", other, statistics);
        Assert.Equal("InvalidSampleData", Assert.Single(run.ErrorIds));
        Assert.Contains("another model", run.Errors[0].ToString());
    }

    [Theory]
    [InlineData("precious")]
    [InlineData("a.mlpackage")]
    [InlineData("a.mlpackage/stats.npz")]
    [InlineData("new.mlmodel")]
    public void Convert_StatisticsPathOfAFolderOrAModel_IsRefused_AndNothingIsLost(string name)
    {
        Folder.AddText("precious/thesis.txt", "years of work");
        string before = Workspace.Hash(Folder.Root);
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -DestinationPath $args[3] -Force", Model, Photos, Folder[name], Folder["out"]);
        Assert.Equal(["InvalidSampleData"], run.ErrorIds);
        Assert.Equal(before, Workspace.Hash(Folder.Root));
    }

    // Photos of another size are refused without -Resize, before they run; that the file cannot be written is known earlier still.
    [Fact]
    public void Convert_StatisticsThatCannotBeWritten_AreToldBeforeSamplesAreLookedAt()
    {
        string before = Workspace.Hash(Folder.Root);
        ErrorRecord error = Assert.Single(Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -StatisticsPath $args[2]", Model, Photos, Folder["photos/0.png/new/stats.npz"]).Errors);
        Assert.StartsWith("InvalidSampleData", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("cannot be written there", error.ToString());
        Assert.Equal(before, Workspace.Hash(Folder.Root));
        Assert.Equal(
            ["InputMismatch"], Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -StatisticsPath $args[2]", Model, Photos, Folder["new/stats.npz"]).ErrorIds);
        Assert.Equal(before, Workspace.Hash(Folder.Root));
        Assert.False(Directory.Exists(Folder["new"]));
    }

    [Theory]
    [InlineData("-WhatIf")]
    [InlineData("-PlanOnly")]
    public void Convert_OnlyPlanned_WritesNoStatistics(string parameter)
    {
        Run($"ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -WarningAction Ignore {parameter}", Model, Photos, Folder["stats.npz"]).Clean();
        Assert.False(File.Exists(Folder["stats.npz"]));
    }
}
