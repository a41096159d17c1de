using System;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>
/// One rule for what a model requires, as coremltools has it: CoreML5 rises to CoreML6 by itself, with a warning; anything newer only with
/// -AllowOpsetUpgrade; nothing with -NoOpsetUpgrade.
/// </summary>
public sealed class OpsetUpgradeTests : ModuleTest
{
    [Theory]
    [InlineData("ConvertTo-QuantizedModel")]
    [InlineData("ConvertTo-PalettizedModel")]
    [InlineData("ConvertTo-PrunedModel -TargetSparsity 0.5")]
    [InlineData("ConvertTo-Fp16Model -WeightsOnly")]
    [InlineData("ConvertTo-Fp16Model -InputOutputPrecision Float16")]
    [InlineData("Optimize-CoreMLModel -Preset NeuralEngine16")]
    [InlineData("Optimize-CoreMLModel -Recipe @{ config_type = 'OpPalettizerConfig'; global_config = @{ nbits = 6 } }")]
    [InlineData("Optimize-CoreMLModel -MinimumSnr 30")]
    public void CoreML5_RisesToCoreML6_WithAWarning(string command)
    {
        string source = Folder.Add("convnet_iOS15/fp32.mlpackage", "a.mlpackage");
        CommandRun run = Run($"{command} $args[0]", source);
        run.Clean();
        Assert.Equal(["iOS 16, macOS 13"], run.Values("RequiredOS"));
        Assert.Contains(run.Warnings, warning => warning.Contains("will require iOS 16, macOS 13 (specification version 7) instead of iOS 15, macOS 12 (6)"));
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel -BitWidth 4", "convnet_iOS16")]
    [InlineData("ConvertTo-QuantizedModel -Granularity PerBlock", "convnet_iOS15")]
    [InlineData("ConvertTo-PalettizedModel -GroupSize 8", "convnet_iOS16")]
    [InlineData("Optimize-CoreMLModel -Recipe @{ config_type = 'OpPalettizerConfig'; global_config = @{ nbits = 3 } }", "convnet_iOS16")]
    public void NewerOpset_NeedsPermission(string command, string fixture)
    {
        string source = Folder.Add(fixture + "/fp32.mlpackage", "a.mlpackage");
        CommandRun refused = Run($"{command} $args[0]", source);
        Assert.Equal(["RecipeNotApplicable"], refused.ErrorIds);
        Assert.Contains("-AllowOpsetUpgrade", refused.Errors[0].ToString());

        CommandRun run = Run($"{command} $args[0] -AllowOpsetUpgrade", source);
        run.Clean();
        Assert.Equal(["iOS 18, macOS 15"], run.Values("RequiredOS"));
        Assert.Contains(run.Warnings, warning => warning.Contains("will require iOS 18, macOS 15"));
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel", "convnet_iOS15/fp32.mlpackage")]
    [InlineData("ConvertTo-PalettizedModel", "convnet_iOS15/fp32.mlpackage")]
    [InlineData("ConvertTo-PrunedModel -TargetSparsity 0.5", "convnet_iOS15/fp32.mlpackage")]
    [InlineData("ConvertTo-Fp16Model -WeightsOnly", "convnet_iOS15/fp32.mlpackage")]
    [InlineData("ConvertTo-Fp16Model -InputOutputPrecision Float16", "convnet_iOS15/fp32.mlpackage")]
    [InlineData("Optimize-CoreMLModel -Preset SmallestiOS18", "convnet_iOS16/fp32.mlpackage")]
    [InlineData("ConvertTo-Fp16Model", "nn_cnn/fp32.mlmodel")]
    [InlineData("ConvertTo-QuantizedModel", "nn_cnn/fp32.mlmodel")]
    [InlineData("ConvertTo-PalettizedModel", "nn_cnn/fp32.mlmodel")]
    public void NoOpsetUpgrade_RefusesEveryRaise(string command, string fixture)
    {
        string source = Folder.Add(fixture, "a" + System.IO.Path.GetExtension(fixture));
        string[] before = Folder.Entries();
        CommandRun run = Run($"{command} $args[0] -NoOpsetUpgrade", source);
        Assert.Equal(["RecipeNotApplicable"], run.ErrorIds);
        Assert.Contains("-NoOpsetUpgrade", run.Errors[0].ToString());
        Assert.Equal(before, Folder.Entries());
    }

    [Theory]
    [InlineData("ConvertTo-Fp16Model", "convnet_iOS15/fp32.mlpackage")]
    [InlineData("ConvertTo-QuantizedModel", "convnet_iOS16/fp32.mlpackage")]
    [InlineData("ConvertTo-QuantizedModel -BitWidth 4", "convnet_iOS18/fp32.mlpackage")]
    [InlineData("ConvertTo-Fp16Model", "nn_control/fp32.mlmodel")]
    [InlineData("Expand-CoreMLModel", "nn_cnn/linear8.mlmodel")]
    public void NoOpsetUpgrade_LetsThroughWhatTheModelSupports(string command, string fixture)
    {
        string source = Folder.Add(fixture, "a" + System.IO.Path.GetExtension(fixture));
        CommandRun run = Run($"{command} $args[0] -NoOpsetUpgrade", source);
        run.Clean();
        Assert.Equal(["Converted"], run.Values("Status"));
        Assert.Equal(run.Values("RequiredOSBefore"), run.Values("RequiredOS"));
    }

    [Theory]
    [InlineData("-TargetSize 1MB", "nn_cnn/fp32.mlmodel")]
    [InlineData("-MinimumSnr 35", "nn_cnn/fp32.mlmodel")]
    [InlineData("-MinimumSnr 35", "convnet_iOS15/fp32.mlpackage")]
    public void NoOpsetUpgrade_OfABudget_LeavesWeightsWithTheReason(string budget, string fixture)
    {
        string source = Folder.Add(fixture, "a" + System.IO.Path.GetExtension(fixture));
        CommandRun run = Run($"Optimize-CoreMLModel $args[0] {budget} -NoOpsetUpgrade -PlanOnly | Select-Object -ExpandProperty Weights | ForEach-Object Reason", source);
        run.Clean();
        Assert.Contains(run.Output, reason => reason.ToString()!.Contains(" need", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel", "Omit -NoOpsetUpgrade")]
    [InlineData("ConvertTo-QuantizedModel -BitWidth 4", "Use -AllowOpsetUpgrade instead of -NoOpsetUpgrade")]
    public void NoOpsetUpgrade_TellsWhatWouldHelp(string command, string remedy) =>
        Assert.Contains(remedy, Run($"{command} $args[0] -NoOpsetUpgrade", Folder.Add("convnet_iOS15/fp32.mlpackage", "a.mlpackage")).Errors[0].ToString());

    [Fact]
    public void Permission_AndRefusal_ContradictEachOther() => Assert.Equal(
        "IncompatibleParameters",
        CommandRun.Id(Run("ConvertTo-QuantizedModel $args[0] -AllowOpsetUpgrade -NoOpsetUpgrade", Folder.Add(Workspace.Network, "a.mlmodel")).Terminating!));

    [Theory]
    [InlineData("ConvertTo-QuantizedModel -BitWidth 4")]
    [InlineData("ConvertTo-QuantizedModel -Granularity PerBlock -BlockSize 7")]
    [InlineData("Optimize-CoreMLModel -Recipe @{ config_type = 'OpLinearQuantizerConfig'; global_config = @{ dtype = 'int4' } }")]
    [InlineData("ConvertTo-QuantizedModel -Granularity PerBlock -BlockSize 7 -AllowOpsetUpgrade")]
    public void LinearQuantization_SpeaksOfNoTables(string command)
    {
        CommandRun run = Run($"{command} $args[0]", Folder.Add("convnet_iOS16/fp32.mlpackage", "a.mlpackage"));
        string told = string.Join('\n', run.Errors.Select(error => error.ToString()).Concat(run.Warnings));
        Assert.NotEmpty(told);
        Assert.DoesNotContain("table", told);
        Assert.DoesNotContain("group", told);
    }
}
