using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Compressing cmdlets with samples and statistics files.</summary>
public sealed class CalibrationTests : ModuleTest
{
    private readonly string _model;
    private readonly string _photos;

    public CalibrationTests()
    {
        _model = Folder.Add("image_classifier_str/fp32.mlpackage", "a.mlpackage");
        _photos = Folder["photos"];
        for (int i = 0; i < 4; i++)
        {
            Folder.AddPhoto($"photos/{i}.png");
        }
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel")]
    [InlineData("ConvertTo-PalettizedModel")]
    [InlineData("ConvertTo-PrunedModel -TargetSparsity 0.5")]
    [InlineData("Optimize-CoreMLModel -MinimumSnr 30")]
    public void Convert_WithSamples_TellsWhichStatisticsItWentBy(string command)
    {
        dynamic result = Run($"{command} $args[0] -InputPath $args[1] -Resize Stretch -Count 3 -MinimumElementCount 100 -AllowOpsetUpgrade -WarningAction Ignore", _model, _photos)
            .Clean().Single().BaseObject;
        Assert.Equal(3, (int)result.Calibration.SampleCount);
        Assert.Equal(64, ((string)result.Calibration.StatisticsDigest).Length);
    }

    [Theory]
    [InlineData("-InputPath $args[1]")]
    [InlineData("-InputPath \"$($args[1])/0.npy\", \"$($args[1])/1.png\", \"$($args[1])/2.png\"")]
    [InlineData("-InputObject \"$($args[1])/0.npy\", @{ image = \"$($args[1])/1.png\" }, (Get-Item \"$($args[1])/2.png\")")]
    public void Convert_SampleThatCannotBeRead_DoesNotHideThoseThatDoNotFit(string samples)
    {
        Folder.AddText("mixed/0.npy", "no array at all, whatever its name says");
        Folder.AddPhoto("mixed/1.png");
        Folder.AddPhoto("mixed/2.png");
        string error = Assert.Single(Run($"ConvertTo-QuantizedModel $args[0] {samples}", _model, Folder["mixed"]).Errors).ToString();
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
        ErrorRecord error = Assert.Single(Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1]", _model, Folder["damaged"]).Errors);
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
        Assert.Contains($"{name}': It is empty", Assert.Single(Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1]", _model, Folder[name]).Errors).ToString());
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
        ErrorRecord error = Run($"{command} -InputPath $args[1], $args[3]", _model, _photos, Folder["stats.npz"], Folder["nowhere"]).Terminating!;
        Assert.StartsWith("InvalidSampleData", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains($"'{Folder["nowhere"]}': It does not exist.", error.ToString());
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel $args[0]")]
    [InlineData("Invoke-CoreMLModel $args[0]")]
    public void SamplesThatNoFileMatches_EndTheRunBeforeItBegins(string command) => Assert.Contains(
        "none*.png': No file or folder matches it.", Run($"{command} -InputPath $args[1], $args[2]", _model, _photos, Folder["none*.png"]).Terminating!.ToString());

    [Fact]
    public void Convert_NoActivationToQuantize_SpeaksOfNone()
    {
        dynamic plan = Run("ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -InputPath $args[1] -Resize Stretch -Exclude * -PlanOnly -AllowOpsetUpgrade", _model, _photos).Clean().Single().BaseObject;
        Assert.Equal(0, (int)plan.Activations.Count);
        Assert.DoesNotContain("activations", (string)plan.Recipe);
        dynamic some = Run("ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -InputPath $args[1] -Resize Stretch -PlanOnly -AllowOpsetUpgrade", _model, _photos).Clean().Single().BaseObject;
        Assert.EndsWith("Int8 symmetric activations", (string)some.Recipe);
    }

    [Fact]
    public void Invoke_FileThatCannotBeRead_RunsTheOthers()
    {
        Folder.AddText("photos/0.npy", "no array at all, whatever its name says");
        CommandRun run = Run("Invoke-CoreMLModel $args[0] -InputPath $args[1] -Resize Stretch", _model, _photos);
        Assert.Contains("0.npy", Assert.Single(run.Errors).ToString());
        Assert.Equal(4, run.Output.Count);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("-InputPath $args[1] -Resize Stretch -Method RoundToNearest", true)]
    [InlineData("-InputPath $args[1] -Resize Stretch", false)]
    public void Convert_NoActOrderWithoutCompensation_Warns(string parameters, bool isWarned) => Assert.Equal(
        isWarned, Run($"ConvertTo-QuantizedModel $args[0] -NoActOrder -MinimumElementCount 100 {parameters}", _model, _photos).Warnings.Any(warning => warning.Contains("-NoActOrder has no effect")));

    [Fact]
    public void Convert_StatisticsWithoutActivations_SaysThatTheSameSamplesCompleteThem()
    {
        string model = Folder.Add("convnet_iOS17/fp32.mlpackage", "b.mlpackage"), statistics = Folder["statistics.npz"];
        const string Samples = "-InputObject (1..2 | ForEach-Object { @{ image = (1..3072 | ForEach-Object { $_ % 7 }) } })";
        Run($"ConvertTo-QuantizedModel $args[0] -StatisticsPath $args[1] {Samples} -WarningAction Ignore", model, statistics).Clean();
        string error = Assert.Single(Run("ConvertTo-QuantizedModel $args[0] -StatisticsPath $args[1] -ActivationBitWidth 8 -Force", model, statistics).Errors).ToString();
        Assert.Contains("the statistics have none", error);
        Assert.Contains("the same samples", error);
        Run($"ConvertTo-QuantizedModel $args[0] -StatisticsPath $args[1] -ActivationBitWidth 8 -Force {Samples} -WarningAction Ignore", model, statistics).Clean();
        Run("ConvertTo-QuantizedModel $args[0] -StatisticsPath $args[1] -ActivationBitWidth 8 -Force -WarningAction Ignore", model, statistics).Clean();
    }

    [Fact]
    public void Convert_NothingToConvert_HasTheReasonThatAllWeightsHave()
    {
        string model = Folder.Add("nn_cnn/fp32.mlmodel", "n.mlmodel");
        dynamic result = Run("ConvertTo-PrunedModel $args[0] -TargetSparsity 0.5", model).Clean().Single().BaseObject;
        Assert.Equal("Unchanged", (string)result.Status);
        Assert.Equal("nothing to convert: a NeuralNetwork does not support pruned weights", (string)result.Reason);
    }

    [Fact]
    public void Convert_SamplesThatAreNotThereBesideCompleteStatistics_AreToldNonetheless()
    {
        string statistics = Folder["stats.npz"];
        Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -WarningAction Ignore", _model, _photos, statistics).Clean();

        ErrorRecord error = Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -StatisticsPath $args[2] -Force", _model, Folder["nowhere.npz"], statistics).Terminating!;

        Assert.StartsWith("InvalidSampleData", error.FullyQualifiedErrorId, System.StringComparison.Ordinal);
        Assert.Contains("does not exist", error.ToString());
    }

    [Fact]
    public void Convert_WithStatisticsPath_RunsTheSamplesOnce()
    {
        string statistics = Folder["stats.npz"];
        dynamic first = Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -WarningAction Ignore", _model, _photos, statistics).Clean().Single().BaseObject;
        DateTime written = File.GetLastWriteTimeUtc(statistics);
        dynamic second = Run("ConvertTo-QuantizedModel $args[0] -BitWidth 4 -BlockSize 8 -AllowOpsetUpgrade -StatisticsPath $args[1] -WarningAction Ignore", _model, statistics).Clean().Single().BaseObject;
        Assert.Equal((string)first.Calibration.StatisticsDigest, (string)second.Calibration.StatisticsDigest);
        Assert.Equal(written, File.GetLastWriteTimeUtc(statistics));
        Directory.Delete(_photos, recursive: true);
        Assert.Equal(4, (int)second.Calibration.SampleCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-ActivationRangeEstimator MinMax -ActivationMode Affine")]
    [InlineData("-ActivationsOnly -ActivationRangeEstimator Percentile")]
    public void Convert_ActivationsWithSamples_FindsTheirRanges(string parameters)
    {
        dynamic result = Run($"ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -InputPath $args[1] -Resize Stretch -AllowOpsetUpgrade -WarningAction Ignore {parameters}", _model, _photos)
            .Clean().Single().BaseObject;
        Assert.True(result.Activations.Count > 3);
        Assert.Equal("iOS 17, macOS 14", (string)result.RequiredOS);
        Assert.Equal(["True"], Run("Test-CoreMLModel $args[0]", (string)result.Path).Values("IsValid"));
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -MinimumAgreement 1 -MinimumElementCount 100 -AllowOpsetUpgrade")]
    [InlineData("Optimize-CoreMLModel $args[0] -Recipe @{ global_config = @{ config_type = 'OpLinearQuantizerConfig'; weight_threshold = 100 }; activations = @{ minimum_agreement = 1 }; allow_opset_upgrade = $true }")]
    public void Convert_ActivationsForAMinimumAgreement_VerifiesOnHeldOutSamples(string command)
    {
        dynamic result = Run($"{command} -InputPath $args[1] -Resize Stretch -WarningAction Ignore", _model, _photos).Clean().Single().BaseObject;
        Assert.Equal(1, (int)result.HeldOutSamples);
        Assert.Equal(1.0, (double)result.OutputAgreement);
        Assert.Equal(3, (int)result.Calibration.SampleCount);
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -ActivationPercentile 60 -AllowOpsetUpgrade", "-MinimumOutputSnr or -MinimumAgreement keeps")]
    [InlineData("ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -AllowOpsetUpgrade", null)]
    [InlineData("ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -ActivationPercentile 60 -AllowOpsetUpgrade -MinimumOutputSnr 1", null)]
    [InlineData(
        "Optimize-CoreMLModel $args[0] -Recipe @{ activations = @{ global_config = @{ config_type = 'OpLinearQuantizerConfig' }; range_estimator = 'percentile'; percentile = 60 }; allow_opset_upgrade = $true }",
        "minimum_output_snr or minimum_agreement of activations in the recipe keeps")]
    public void Convert_ActivationsThatLeaveLittleOfTheOutputs_WarnsWithWhatToDo(string command, string? remedy)
    {
        CommandRun run = Run($"{command} -InputPath $args[1] -Resize Stretch", _model, _photos);
        dynamic result = run.Clean().Single().BaseObject;
        string[] told = run.Warnings.Where(warning => warning.Contains("with quantized activations, the outputs have")).ToArray(), noted = ((IEnumerable<string>)result.Notes).Where(note => note.Contains("-Exclude")).ToArray();
        if (remedy is null)
        {
            Assert.Empty(told);
            Assert.Empty(noted);
            return;
        }

        Assert.True((double)result.OutputSnr < 10 || (double)result.OutputAgreement < 0.9);
        Assert.Contains(remedy, Assert.Single(told));
        Assert.Contains(remedy, Assert.Single(noted));
    }

    [Theory]
    [InlineData("-Count 2", "'{0}' holds the statistics of 4 other samples")]
    [InlineData("-Resize Fit", "holds the statistics of samples that were resized in another way (-Resize Stretch)")]
    [InlineData("", null)]
    public void Convert_OtherSamplesThanTheStatisticsAreOf_Warns(string parameters, string? warning)
    {
        string statistics = Folder["stats.npz"], resize = parameters.Contains("-Resize") ? string.Empty : "-Resize Stretch";
        Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -WarningAction Ignore", _model, _photos, statistics).Clean();
        CommandRun run = Run($"ConvertTo-QuantizedModel $args[0] -InputPath $args[1] {resize} -StatisticsPath $args[2] -PlanOnly -Verbose {parameters}", _model, _photos, statistics);
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
        Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -Method RoundToNearest -WarningAction Ignore", _model, _photos, statistics).Clean();
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -StatisticsPath $args[1] -PlanOnly", _model, statistics);
        run.Clean();
        Assert.Contains("was written without Gram matrices", Assert.Single(run.Warnings, message => message.Contains(statistics)));
        Assert.DoesNotContain(Run("ConvertTo-QuantizedModel $args[0] -StatisticsPath $args[1] -PlanOnly -Method RoundToNearest", _model, statistics).Warnings, message => message.Contains(statistics));
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel $args[0], $args[1] -InputPath $args[2] -Resize Stretch -StatisticsPath $args[3]")]
    [InlineData("$args[0], $args[1] | ConvertTo-QuantizedModel -InputPath $args[2] -Resize Stretch -StatisticsPath $args[3]")]
    public void Convert_SeveralModelsWithOneStatisticsFile_IsRefusedBeforeOneIsWritten(string command)
    {
        string other = Folder.Add(Workspace.Package, "b.mlpackage");
        CommandRun run = Run(command, _model, other, _photos, Folder["stats.npz"]);
        Assert.Contains("statistics of one model", run.Terminating!.ToString());
        Assert.Empty(run.Output);
        Assert.Empty(Directory.GetFileSystemEntries(Folder.Root, "*int8*"));
    }

    [Theory]
    [InlineData("@{ image = $args[1] }, @{ other = 1 }")]
    [InlineData("@{ image = $args[1]; other = 1 }")]
    public void Convert_AnUnreadableImage_DoesNotHideWhatElseDoesNotFit(string samples)
    {
        CommandRun run = Run($"ConvertTo-QuantizedModel $args[0] -InputObject {samples}", _model, Folder.AddText("broken.png", "no image"));
        Assert.Equal(["InputMismatch"], run.ErrorIds);
        Assert.Contains("broken.png", run.Errors[0].ToString());
        Assert.Contains("There is no input 'other'", run.Errors[0].ToString());
    }

    [Fact]
    public void Convert_ActivationsOfAnOldModel_NamesTheOpsetThatItCameWith()
    {
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8", Folder.Add("convnet_iOS15/fp32.mlpackage", "old.mlpackage"));
        Assert.Contains("needs opset CoreML7 (iOS 17, macOS 14); the model uses CoreML5 (iOS 15, macOS 12).", Assert.Single(run.Errors).ToString());
    }

    [Theory]
    [InlineData("-ActivationPercentile 99")]
    [InlineData("-ActivationRangeEstimator Percentile -ActivationPercentile 99")]
    public void Convert_ActivationPercentile_ShortensTheRanges(string parameters)
    {
        double[] Maxima(string more) => [.. ((System.Collections.IEnumerable)((dynamic)Run(
            $"ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -InputPath $args[1] -Resize Stretch -AllowOpsetUpgrade -PlanOnly -WarningAction Ignore {more}", _model, _photos)
            .Clean().Single().BaseObject).Activations).Cast<dynamic>().Select(activation => (double)activation.Maximum)];
        double[] usual = Maxima("-ActivationRangeEstimator Percentile"), shorter = Maxima(parameters);
        Assert.All(usual.Zip(shorter), pair => Assert.InRange(pair.Second, 0, pair.First));
        Assert.True(shorter.Sum() < usual.Sum());
    }

    [Fact]
    public void Convert_ActivationsWithStatisticsThatHaveNone_NamesAll()
    {
        string statistics = Folder["stats.npz"];
        Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -WarningAction Ignore", _model, _photos, statistics).Clean();
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -StatisticsPath $args[1] -AllowOpsetUpgrade -WarningAction Ignore", _model, statistics);
        Assert.Contains("Quantizing activations requires their ranges, and the statistics have none", Assert.Single(run.Errors).ToString());
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel $args[0] -Method RoundToNearest")]
    [InlineData("Optimize-CoreMLModel $args[0] -MinimumOutputSnr 10")]
    public void Convert_WithSamples_TellsTheTimeThatTheUserWaited(string command)
    {
        // The first run loads the runtime. What remains beside the conversion is little, on a busy machine as well.
        double[] share = [.. Run(
            $"foreach ($i in 1, 2) {{ $time = [Diagnostics.Stopwatch]::StartNew(); $result = {command} -InputPath $args[1] -Resize Stretch -MinimumElementCount 100 -AllowOpsetUpgrade -Force -WarningAction Ignore; $result.Elapsed / $time.Elapsed }}",
            _model,
            _photos).Clean().Select(value => (double)value.BaseObject)];
        Assert.InRange(share[1], 0.6, 1);
    }

    [Fact]
    public void Convert_WithoutSamples_HasNoCalibration() =>
        Assert.Null(((dynamic)Run("ConvertTo-QuantizedModel $args[0] -WarningAction Ignore", _model).Clean().Single().BaseObject).Calibration);

    [Fact]
    public void Convert_InputObjects_AreSamples()
    {
        dynamic plan = Run(
            "ConvertTo-QuantizedModel $args[0] -InputObject @{ image = \"$($args[1])/0.png\" }, @{ image = \"$($args[1])/1.png\" } -Resize Stretch -PlanOnly -WarningAction Ignore", _model, _photos)
            .Clean().Single().BaseObject;
        Assert.Equal(2, (int)plan.Calibration.SampleCount);
    }

    [Fact]
    public void Convert_ImagesOfAnotherSize_AreAllToldInOneError()
    {
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1]", _model, _photos);
        Assert.Equal("InputMismatch", Assert.Single(run.ErrorIds));
        Assert.Contains("4 samples do not fit", run.Errors[0].ToString());
        Assert.Contains("('0.png', '1.png', '2.png' and 1 more). Say with -Resize", run.Errors[0].ToString());
        Assert.Single(Regex.Matches(run.Errors[0].ToString(), "-Resize"));
        Assert.Empty(Directory.GetFileSystemEntries(Folder.Root, "*int8*"));
    }

    [Fact]
    public void Convert_ParametersOfSamplesWithoutSamples_AreRefused()
    {
        Assert.Contains("-Count is about the samples", Run("ConvertTo-QuantizedModel $args[0] -Count 3", _model).Terminating!.ToString());
        Assert.Contains("Use one of them", Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -InputObject @{}", _model, _photos).Terminating!.ToString());
    }

    [Fact]
    public void Convert_StatisticsOfAnotherModel_AreAnError()
    {
        string statistics = Folder["stats.npz"], other = Folder.Add(Workspace.Package, "b.mlpackage");
        Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -WarningAction Ignore", _model, _photos, statistics).Clean();
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
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -DestinationPath $args[3] -Force", _model, _photos, Folder[name], Folder["out"]);
        Assert.Equal(["InvalidSampleData"], run.ErrorIds);
        Assert.Equal(before, Workspace.Hash(Folder.Root));
    }

    [Fact]
    public void Invoke_OutputPathOfAFolder_IsRefused()
    {
        string thesis = Folder.AddText("precious/thesis.txt", "years of work");
        CommandRun run = Run("Invoke-CoreMLModel $args[0] -InputPath $args[1] -Resize Stretch -OutputPath $args[2] -Force", _model, _photos, Folder["precious"]);
        Assert.NotEmpty(run.ErrorIds.Append(run.Terminating is null ? null : CommandRun.Id(run.Terminating)).OfType<string>());
        Assert.Equal("years of work", File.ReadAllText(thesis));
    }

    [Theory]
    [InlineData("-WhatIf")]
    [InlineData("-PlanOnly")]
    public void Convert_OnlyPlanned_WritesNoStatistics(string parameter)
    {
        Run($"ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -WarningAction Ignore {parameter}", _model, _photos, Folder["stats.npz"]).Clean();
        Assert.False(File.Exists(Folder["stats.npz"]));
    }

    [Fact]
    public void Convert_NoObjects_IsAnError()
    {
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -InputObject @() -WarningAction Ignore", _model);
        Assert.Equal(["InvalidSampleData"], run.ErrorIds);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void Convert_WhatCannotBeDone_IsToldBeforeTheSamplesRun()
    {
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -BitWidth 4 -BlockSize 8 -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2]", _model, _photos, Folder["stats.npz"]);
        Assert.Single(run.Errors);
        Assert.False(File.Exists(Folder["stats.npz"]));
    }

    [Fact]
    public void SampleScript_FromImages_MarksTheSmallestOutputThatIsGoodEnough()
    {
        string script = Path.Combine(Repository.Root, "docs", "samples", "compress-with-data.ps1");
        CommandRun run = Run("& $args[0] $args[1] $args[2] $args[2] $args[3] -Resize Stretch -AllowOpsetUpgrade -MinimumOutputSnr 3 -WarningAction SilentlyContinue", script, _model, _photos, Folder["out"]);
        Assert.Empty(run.Errors);
        Assert.True(run.Output.Count >= 6);
        dynamic best = Assert.Single(run.Output, row => (bool)row.Properties["IsBest"].Value);
        Assert.True(best.OutputSnr >= 3);
        Assert.Equal(run.Output.Where(row => (double)row.Properties["OutputSnr"].Value >= 3).Min(row => (long)row.Properties["Size"].Value), (long)best.Size);
    }
}
