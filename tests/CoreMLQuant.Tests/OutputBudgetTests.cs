using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Budgets of Optimize-CoreMLModel that outputs decide about.</summary>
public sealed class OutputBudgetTests : ModuleTest
{
    private const string Command = "Optimize-CoreMLModel $args[0] -InputPath $args[1] -Resize Stretch -MinimumElementCount 100 -WarningAction Ignore";

    private readonly string _model;
    private readonly string _photos;

    public OutputBudgetTests()
    {
        _model = Folder.Add("photo_classifier/fp32.mlmodel", "a.mlmodel");
        _photos = Folder["photos"];
        for (int i = 0; i < 4; i++)
        {
            Folder.AddPhoto($"photos/{i}.png");
        }
    }

    [Theory]
    [InlineData("-MinimumOutputSnr 30")]
    [InlineData("-MinimumAgreement 1")]
    [InlineData("-TargetSize 20KB")]
    [InlineData("-Recipe @{ minimum_output_snr = 30 }")]
    public void Optimize_WithSamples_TellsWhatWasMeasuredOnThoseHeldOut(string budget)
    {
        dynamic result = Run($"{Command} {budget}", _model, _photos).Clean().Single().BaseObject;
        Assert.Equal(3, (int)result.Calibration.SampleCount);
        Assert.Equal(1, (int)result.HeldOutSamples);
        Assert.Equal(1.0, (double)result.OutputAgreement);
        string held = Folder["held"];
        Directory.CreateDirectory(held);
        File.Copy(Path.Combine(_photos, "3.png"), Path.Combine(held, "3.png"));
        dynamic outputs = Run("(Compare-CoreMLModel $args[0] $args[1] -InputPath $args[2] -Resize Stretch -WarningAction Ignore).ComparedOutputs", _model, (string)result.Path, held).Clean().Single().BaseObject;
        Assert.Equal((double)outputs.MinSnr, (double)result.OutputSnr, 1e-6);
        if (budget.Contains("30"))
        {
            Assert.True((double)result.OutputSnr >= 30);
        }
    }

    [Fact]
    public void Optimize_WhatIf_ShowsWhatTheHeldOutSamplesTell()
    {
        string shown = Session.Display($"{Command} -TargetSize 20KB -WhatIf", _model, _photos);
        Assert.Matches(@"Outputs: signal-to-noise ratio [\d.]+ dB on 1 held-out sample\r?\n", shown);
        Assert.Matches(@"Outputs: agreement 100 % on 1 held-out sample\b", shown);
    }

    [Theory]
    [InlineData("ConvertTo-PalettizedModel $args[0]")]
    [InlineData("ConvertTo-QuantizedModel $args[0] -Force -InPlace")]
    public void Convert_WithSamples_TellsWhatComesOut(string command)
    {
        string source = Folder.Add("photo_classifier/fp32.mlmodel", "source.mlmodel");
        dynamic result = Run($"{command} -InputPath $args[1] -Resize Stretch -MinimumElementCount 100", _model, _photos).Clean().Single().BaseObject;
        Assert.Equal((4, null), ((int?)result.OutputSamples, (int?)result.HeldOutSamples));
        Assert.Equal(1.0, (double)result.OutputAgreement);
        dynamic outputs = Run("(Compare-CoreMLModel $args[0] $args[1] -InputPath $args[2] -Resize Stretch -WarningAction Ignore).ComparedOutputs", source, (string)result.Path, _photos).Clean().Single().BaseObject;
        Assert.Equal((double)outputs.MinSnr, (double)result.OutputSnr, 1e-6);
    }

    [Fact]
    public void Convert_WithSamples_ShowsWhatComesOutInItsTable()
    {
        string shown = Session.Display("ConvertTo-PalettizedModel $args[0] -InputPath $args[1] -Resize Stretch -MinimumElementCount 100", _model, _photos);
        Assert.Matches(@"MinSnr\s+OutputSnr\s+OutputAgreement", shown);
        Assert.Matches(@"a_pal4\.mlmodel .* dB .* dB +100 %", shown);
    }

    [Fact]
    public void Convert_WithDamagedStatistics_IsAnErrorThatSaysWhatToDo()
    {
        const string Convert = "ConvertTo-PalettizedModel $args[0] -StatisticsPath $args[1] -MinimumElementCount 100 -Force";
        string statistics = Folder["statistics.npz"];
        Run($"{Convert} -InputPath $args[2] -Resize Stretch", _model, statistics, _photos).Clean();

        // In the middle of the largest arrays, which are stored as they are.
        byte[] bytes = File.ReadAllBytes(statistics);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(statistics, bytes);
        Assert.Contains("delete it and calibrate again", Assert.Single(Run(Convert, _model, statistics).Errors).ToString());
    }

    [Fact]
    public void Convert_WithStatisticsAlone_TellsNothingOfOutputs()
    {
        const string Convert = "ConvertTo-PalettizedModel $args[0] -StatisticsPath $args[1] -MinimumElementCount 100 -Force";
        string statistics = Folder["statistics.npz"];
        Run($"{Convert} -InputPath $args[2] -Resize Stretch", _model, statistics, _photos).Clean();
        dynamic result = Run(Convert, _model, statistics).Clean().Single().BaseObject;
        Assert.Null(result.OutputSnr);
        Assert.Null(result.OutputSamples);
    }

    [Fact]
    public void Optimize_MinimumSnrWithSamples_HoldsForEveryWeightAndIsNoLarger()
    {
        const string Weights = "Optimize-CoreMLModel $args[0] -MinimumSnr 20 -MinimumElementCount 100 -Force -WarningAction Ignore";
        dynamic plain = Run(Weights, _model).Clean().Single().BaseObject, calibrated = Run($"{Weights} -InputPath $args[1] -Resize Stretch", _model, _photos).Clean().Single().BaseObject;
        Assert.Equal((long)plain.After, (long)calibrated.After);
        Assert.True((double)calibrated.MinSnr >= 20);
        Assert.Null(plain.Calibration);
        Assert.NotNull(calibrated.Calibration);
    }

    [Theory]
    [InlineData("Optimize-CoreMLModel $args[0] -MinimumOutputSnr 20", true)]
    [InlineData("ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -MinimumOutputSnr 5 -AllowOpsetUpgrade", true)]
    [InlineData("Optimize-CoreMLModel $args[0] -TargetSize 20KB", false)]
    public void Convert_FewSamplesVerifyABound_Warns(string command, bool isWarned)
    {
        string model = command.StartsWith("ConvertTo", System.StringComparison.Ordinal) ? Folder.Add("image_classifier_str/fp32.mlpackage", "p.mlpackage") : _model;
        CommandRun run = Run($"{command} -InputPath $args[1] -Resize Stretch -MinimumElementCount 100", model, _photos);
        dynamic result = run.Clean().Single().BaseObject;
        Assert.Equal(isWarned, run.Warnings.Any(warning => warning.Contains("only 1 held-out sample verified the bound") && warning.Contains("use 32 samples or more")));
        Assert.Equal(!isWarned, ((System.Collections.Generic.IEnumerable<string>)result.Notes).Any(note => note.Contains("verified on 1 held-out sample;")));
    }

    [Fact]
    public void Optimize_PlanOnly_TellsTheSameFigures()
    {
        dynamic plan = Run($"{Command} -MinimumOutputSnr 30 -PlanOnly", _model, _photos).Clean().Single().BaseObject;
        string shown = Session.Display($"{Command} -MinimumOutputSnr 30 -PlanOnly | Format-List", _model, _photos);
        Assert.Matches(@"Calibration +: 3 samples, .*\s+OutputSnr +: [\d.]+ dB\s+OutputAgreement +: 100 %\s+OutputAgreementLowerLimit +: 5 %\s+HeldOutSamples +: 1\s", shown);
        dynamic result = Run($"{Command} -MinimumOutputSnr 30", _model, _photos).Clean().Single().BaseObject;
        Assert.Equal((double)plan.OutputSnr, (double)result.OutputSnr);
        Assert.Equal((long)plan.After, (long)result.After);
    }

    [Theory]
    [InlineData("-MinimumOutputSnr -5")]
    [InlineData("-MinimumOutputSnr 0")]
    [InlineData("-MinimumOutputSnr ([double]::NaN)")]
    [InlineData("-MinimumAgreement 0")]
    [InlineData("-MinimumAgreement -0.1")]
    [InlineData("-MinimumAgreement 1.01")]
    public void Optimize_BoundThatIsNone_IsRefusedWhenItIsBound(string bound)
    {
        string error = Run($"{Command} {bound}", _model, _photos).Terminating!.ToString();
        Assert.Contains("Cannot validate argument on parameter", error);
        Assert.Contains("must be more than 0", error);
    }

    [Fact]
    public void Optimize_RecipeWithANegativeRatioOfOutputs_IsRefused() =>
        Assert.Contains("more than 0 dB", Run($"{Command} -Recipe @{{ minimum_output_snr = -5 }}", _model, _photos).Terminating!.ToString());

    [Fact]
    public void Optimize_SamplesThatDiffer_ShowsWhatFurtherOnesKeep()
    {
        const string Convert = "Optimize-CoreMLModel $args[0] -MinimumOutputSnr 20 -InputObject (1..12 | ForEach-Object { $seed = $_; @{ image = (1..3072 | ForEach-Object { ($_ * $seed) % (7 + $seed) }) } }) -WarningAction Ignore -Force";
        string model = Folder.Add("convnet_iOS18/fp32.mlpackage", "p.mlpackage");
        dynamic result = Run(Convert, model).Clean().Single().BaseObject;
        Assert.Equal(3, (int)result.HeldOutSamples);
        Assert.True((double)result.OutputSnrLowerLimit >= 20 && (double)result.OutputSnr > (double)result.OutputSnrLowerLimit, $"{result.OutputSnr}, {result.OutputSnrLowerLimit}");
        Assert.Matches(@"OutputSnrLowerLimit\s+: \d+\.\d dB", Session.Display($"{Convert} | Format-List", model));
    }

    [Fact]
    public void Optimize_OneSampleHeldOut_ShowsHowLittleItsClassTells() => Assert.Matches(
        @"OutputAgreement\s+: 100 %\s+OutputAgreementLowerLimit\s+: 5(\.0+)? %", Session.Display($"{Command} -MinimumAgreement 0.9 | Format-List", _model, _photos));

    [Fact]
    public void Optimize_BoundOutOfReach_IsAnErrorAndLeavesNoOutput()
    {
        CommandRun run = Run($"{Command} -MinimumOutputSnr 250", _model, _photos);
        Assert.Contains("held-out", Assert.Single(run.Errors).ToString());
        Assert.Equal(["a.mlmodel"], Directory.GetFiles(Folder.Root).Select(Path.GetFileName));
    }

    // A NeuralNetwork has no opset.
    [Theory]
    [InlineData("nn_cnn/fp32.mlmodel", "b.mlmodel", false)]
    [InlineData("image_classifier_str/fp32.mlpackage", "b.mlpackage", true)]
    public void Optimize_SizeOutOfReach_AdvisesAnOpsetWhereThereIsOne(string fixture, string name, bool isAdvised) => Assert.Equal(
        isAdvised, Assert.Single(Run("Optimize-CoreMLModel $args[0] -TargetSize 1KB -MinimumElementCount 100", Folder.Add(fixture, name)).Errors).ToString().Contains("-AllowOpsetUpgrade"));

    [Fact]
    public void Optimize_NothingToDo_ShowsThatNothingWasWritten() =>
        Assert.Matches(@"a\.mlmodel +Unchanged ", Session.Display($"{Command} -TargetSize 100MB", _model, _photos));

    [Fact]
    public void Optimize_BoundThatActivationsMiss_SaysWhichBoundIsAboutThem()
    {
        const string Spread = "(1..4 | ForEach-Object { $sample = $_; @{ image = (1..3072 | ForEach-Object { ($_ * $sample) % 13 }) } })";
        string model = Folder.Add("convnet_iOS17/fp32.mlpackage", "w.mlpackage");
        string error = Assert.Single(Run($"Optimize-CoreMLModel $args[0] -Preset W8A8iOS17 -MinimumOutputSnr 100 -InputObject {Spread}", model).Errors).ToString();
        Assert.Contains("ConvertTo-QuantizedModel -ActivationBitWidth 8 -MinimumOutputSnr", error);
    }

    [Theory]
    [InlineData("-MinimumOutputSnr 30", "-InputPath")]
    [InlineData("-MinimumAgreement 0.9", "-InputPath")]
    [InlineData("-MinimumOutputSnr 30 -MinimumSnr 30 -InputPath $args[1]", "cannot be combined")]
    [InlineData("-MinimumOutputSnr 30 -TargetSize 1MB -InputPath $args[1]", "cannot be combined")]
    [InlineData("-MinimumOutputSnr 30 -MinimumSnr 30 -TargetSize 1MB -InputPath $args[1]", "A target size, a minimum signal-to-noise ratio and a minimum output signal-to-noise ratio cannot be combined")]
    [InlineData("-MinimumAgreement 0 -InputPath $args[1]", "'MinimumAgreement'")]
    public void Optimize_BudgetsThatDoNotGoTogether_AreRefused(string parameters, string expected) =>
        Assert.Contains(expected, Run($"Optimize-CoreMLModel $args[0] {parameters}", _model, _photos).Terminating!.ToString());
}
