using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Samples of compressing cmdlets: what is given, and what is wrong with it.</summary>
public sealed class CalibrationSampleTests : CalibratedModuleTest
{
    [Theory]
    [InlineData("-InputPath $args[1]")]
    [InlineData("-InputPath \"$($args[1])/0.npy\", \"$($args[1])/1.png\", \"$($args[1])/2.png\"")]
    [InlineData("-InputObject \"$($args[1])/0.npy\", @{ image = \"$($args[1])/1.png\" }, (Get-Item \"$($args[1])/2.png\")")]
    public void Convert_SampleThatCannotBeRead_DoesNotHideThoseThatDoNotFit(string samples)
    {
        Folder.AddText("mixed/0.npy", "no array at all, whatever its name says");
        Folder.AddPhoto("mixed/1.png");
        Folder.AddPhoto("mixed/2.png");
        string error = Assert.Single(Run($"ConvertTo-QuantizedModel $args[0] {samples}", Model, Folder["mixed"]).Errors).ToString();
        Assert.Contains("3 samples do not fit", error);
        Assert.Contains("0.npy", error);
        Assert.Contains("1.png", error);
        Assert.Contains("2.png", error);
    }

    [Fact]
    public void Convert_SamplesThatCannotBeRead_AreNotSaidToBeMisfits()
    {
        Folder.AddText("damaged/0.png", "no image at all, whatever its name says");
        Folder.AddText("damaged/1.png", string.Empty);
        ErrorRecord error = Assert.Single(Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1]", Model, Folder["damaged"]).Errors);
        Assert.StartsWith("InvalidSampleData", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("2 samples cannot be read, the first of them '0.png'", error.ToString());
        Assert.Contains("1.png': It is empty.", error.ToString());
        Assert.DoesNotContain("fit", error.ToString());
    }

    [Theory]
    [InlineData("a.png")]
    [InlineData("a.npy")]
    [InlineData("a.npz")]
    [InlineData("a.wav")]
    [InlineData("a.json")]
    [InlineData("a.csv")]
    public void Convert_EmptyFile_IsSaidToBeEmpty(string name)
    {
        Folder.AddText(name, string.Empty);
        Assert.Contains($"{name}': It is empty", Assert.Single(Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1]", Model, Folder[name]).Errors).ToString());
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel $args[0]")]
    [InlineData("ConvertTo-QuantizedModel $args[0] -StatisticsPath $args[2]")]
    [InlineData("Optimize-CoreMLModel $args[0] -TargetSize 1MB")]
    [InlineData("Measure-CoreMLSensitivity $args[0]")]
    [InlineData("Compare-CoreMLModel $args[0] $args[0]")]
    [InlineData("Invoke-CoreMLModel $args[0]")]
    public void SamplesThatAreNotThere_EndTheRunBeforeItBegins(string command)
    {
        ErrorRecord error = Run($"{command} -InputPath $args[1], $args[3]", Model, Photos, Folder["stats.npz"], Folder["nowhere"]).Terminating!;
        Assert.StartsWith("InvalidSampleData", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains($"'{Folder["nowhere"]}': It does not exist.", error.ToString());
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel $args[0]")]
    [InlineData("Invoke-CoreMLModel $args[0]")]
    public void SamplesThatNoFileMatches_EndTheRunBeforeItBegins(string command) => Assert.Contains(
        "none*.png': No file or folder matches it.", Run($"{command} -InputPath $args[1], $args[2]", Model, Photos, Folder["none*.png"]).Terminating!.ToString());

    [Fact]
    public void Invoke_FileThatCannotBeRead_RunsTheOthers()
    {
        Folder.AddText("photos/0.npy", "no array at all, whatever its name says");
        CommandRun run = Run("Invoke-CoreMLModel $args[0] -InputPath $args[1] -Resize Stretch", Model, Photos);
        Assert.Contains("0.npy", Assert.Single(run.Errors).ToString());
        Assert.Equal(4, run.Output.Count);
    }

    [Theory]
    [InlineData("@{ image = $args[1] }, @{ other = 1 }")]
    [InlineData("@{ image = $args[1]; other = 1 }")]
    public void Convert_AnUnreadableImage_DoesNotHideWhatElseDoesNotFit(string samples)
    {
        CommandRun run = Run($"ConvertTo-QuantizedModel $args[0] -InputObject {samples}", Model, Folder.AddText("broken.png", "no image"));
        Assert.Equal(["InputMismatch"], run.ErrorIds);
        Assert.Contains("broken.png", run.Errors[0].ToString());
        Assert.Contains("There is no input 'other'", run.Errors[0].ToString());
    }

    [Fact]
    public void Convert_InputObjects_AreSamples()
    {
        dynamic plan = Run(
            "ConvertTo-QuantizedModel $args[0] -InputObject @{ image = \"$($args[1])/0.png\" }, @{ image = \"$($args[1])/1.png\" } -Resize Stretch -PlanOnly -WarningAction Ignore", Model, Photos)
            .Clean().Single().BaseObject;
        Assert.Equal(2, (int)plan.Calibration.SampleCount);
    }

    [Fact]
    public void Convert_ImagesOfAnotherSize_AreAllToldInOneError()
    {
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1]", Model, Photos);
        Assert.Equal("InputMismatch", Assert.Single(run.ErrorIds));
        Assert.Contains("4 samples do not fit", run.Errors[0].ToString());
        Assert.Contains("('0.png', '1.png', '2.png' and 1 more). Say with -Resize", run.Errors[0].ToString());
        Assert.Single(Regex.Matches(run.Errors[0].ToString(), "-Resize"));
        Assert.Empty(Directory.GetFileSystemEntries(Folder.Root, "*int8*"));
    }

    [Fact]
    public void Convert_ParametersOfSamplesWithoutSamples_AreRefused()
    {
        Assert.Contains("-Count is about the samples", Run("ConvertTo-QuantizedModel $args[0] -Count 3", Model).Terminating!.ToString());
        Assert.Contains("Use one of them", Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -InputObject @{}", Model, Photos).Terminating!.ToString());
    }

    [Fact]
    public void Invoke_OutputPathOfAFolder_IsRefused()
    {
        string thesis = Folder.AddText("precious/thesis.txt", "years of work");
        CommandRun run = Run("Invoke-CoreMLModel $args[0] -InputPath $args[1] -Resize Stretch -OutputPath $args[2] -Force", Model, Photos, Folder["precious"]);
        Assert.NotEmpty(run.ErrorIds.Append(run.Terminating is null ? null : CommandRun.Id(run.Terminating)).OfType<string>());
        Assert.Equal("years of work", File.ReadAllText(thesis));
    }

    [Fact]
    public void Convert_NoObjects_IsAnError()
    {
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -InputObject @() -WarningAction Ignore", Model);
        Assert.Equal(["InvalidSampleData"], run.ErrorIds);
        Assert.Empty(run.Output);
    }
}
