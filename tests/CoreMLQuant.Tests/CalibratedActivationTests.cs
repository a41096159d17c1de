using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Quantized activations from samples.</summary>
public sealed class CalibratedActivationTests : CalibratedModuleTest
{
    [Fact]
    public void Convert_NoActivationToQuantize_SpeaksOfNone()
    {
        dynamic plan = Run("ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -InputPath $args[1] -Resize Stretch -Exclude * -PlanOnly -AllowOpsetUpgrade", Model, Photos).Clean().Single().BaseObject;
        Assert.Equal(0, (int)plan.Activations.Count);
        Assert.DoesNotContain("activations", (string)plan.Recipe);
        dynamic some = Run("ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -InputPath $args[1] -Resize Stretch -PlanOnly -AllowOpsetUpgrade", Model, Photos).Clean().Single().BaseObject;
        Assert.EndsWith("Int8 symmetric activations", (string)some.Recipe);
    }

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

    [Theory]
    [InlineData("")]
    [InlineData("-ActivationRangeEstimator MinMax -ActivationMode Affine")]
    [InlineData("-ActivationsOnly -ActivationRangeEstimator Percentile")]
    public void Convert_ActivationsWithSamples_FindsTheirRanges(string parameters)
    {
        dynamic result = Run($"ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -InputPath $args[1] -Resize Stretch -AllowOpsetUpgrade -WarningAction Ignore {parameters}", Model, Photos)
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
        dynamic result = Run($"{command} -InputPath $args[1] -Resize Stretch -WarningAction Ignore", Model, Photos).Clean().Single().BaseObject;
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
        CommandRun run = Run($"{command} -InputPath $args[1] -Resize Stretch", Model, Photos);
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
            $"ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -InputPath $args[1] -Resize Stretch -AllowOpsetUpgrade -PlanOnly -WarningAction Ignore {more}", Model, Photos)
            .Clean().Single().BaseObject).Activations).Cast<dynamic>().Select(activation => (double)activation.Maximum)];
        double[] usual = Maxima("-ActivationRangeEstimator Percentile"), shorter = Maxima(parameters);
        Assert.All(usual.Zip(shorter), pair => Assert.InRange(pair.Second, 0, pair.First));
        Assert.True(shorter.Sum() < usual.Sum());
    }

    [Fact]
    public void Convert_ActivationsWithStatisticsThatHaveNone_NamesAll()
    {
        string statistics = Folder["stats.npz"];
        Run("ConvertTo-QuantizedModel $args[0] -InputPath $args[1] -Resize Stretch -StatisticsPath $args[2] -WarningAction Ignore", Model, Photos, statistics).Clean();
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -ActivationBitWidth 8 -StatisticsPath $args[1] -AllowOpsetUpgrade -WarningAction Ignore", Model, statistics);
        Assert.Contains("Quantizing activations requires their ranges, and the statistics have none", Assert.Single(run.Errors).ToString());
    }
}
