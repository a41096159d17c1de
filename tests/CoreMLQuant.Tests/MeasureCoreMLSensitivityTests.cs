using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class MeasureCoreMLSensitivityTests : ModuleTest
{
    private const string Command = "Measure-CoreMLSensitivity $args[0] -InputPath $args[1] -Resize Stretch -MinimumElementCount 100 -WarningAction Ignore";

    private readonly string _model;
    private readonly string _photos;

    public MeasureCoreMLSensitivityTests()
    {
        _model = Folder.Add("photo_classifier/fp32.mlmodel", "a.mlmodel");
        _photos = Folder["photos"];
        for (int i = 0; i < 3; i++)
        {
            Folder.AddPhoto($"photos/{i}.png");
        }
    }

    [Fact]
    public void Measure_EachWeight_IsWhatAModelWithOnlyThatWeightCompressedShows()
    {
        dynamic[] rows = Run($"{Command} -Exact", _model, _photos).Clean().Select(row => (dynamic)row.BaseObject).ToArray();
        Assert.True(rows.Length > 1);
        foreach (dynamic row in rows)
        {
            string only = Folder[$"only{row.Order}.mlmodel"];
            Run("ConvertTo-PalettizedModel $args[0] -InputPath $args[1] -Resize Stretch -MinimumElementCount 100 -Include $args[2] -NoBiasCorrection -DestinationPath $args[3] -WarningAction Ignore",
                _model, _photos, (string)row.Name, only).Clean();
            dynamic outputs = Run("(Compare-CoreMLModel $args[0] $args[1] -InputPath $args[2] -Resize Stretch).ComparedOutputs", _model, only, _photos).Clean().Single().BaseObject;
            Assert.Equal((double)outputs.MinSnr, (double)row.Snr, 0.1);
            Assert.True((bool)row.IsExact);
            Assert.Equal(3, (int)row.SampleCount);
        }

        Assert.Equal(rows.Select(row => (int)row.Order).Order(), rows.Select(row => (int)row.Order));
    }

    [Fact]
    public void Measure_Groups_CompressTheirWeightsTogether()
    {
        dynamic[] rows = Run($"{Command} -Group '*'", _model, _photos).Clean().Select(row => (dynamic)row.BaseObject).ToArray();
        dynamic all = Assert.Single(rows);
        Assert.Equal("*", (string)all.Name);
        Assert.True((int)all.WeightCount > 1);
    }

    [Fact]
    public void Measure_SeveralRecipes_GivesRowsOfEach()
    {
        string[] recipes = Run(
            $"({Command} -Recipe @{{ config_type = 'OpPalettizerConfig'; global_config = @{{ mode = 'kmeans'; nbits = 2 }} }}, @{{ config_type = 'OpLinearQuantizerConfig'; global_config = @{{ dtype = 'int8' }} }}).Recipe",
            _model, _photos).Clean().Select(name => name.ToString()).ToArray();
        Assert.Equal(2, recipes.Distinct().Count());
    }

    [Fact]
    public void Measure_SeveralTables_EstimatesThoseBetweenOthers()
    {
        const string Recipes = "-Recipe (8, 7, 6, 5, 4 | ForEach-Object { @{ config_type = 'OpPalettizerConfig'; global_config = @{ mode = 'kmeans'; nbits = $_ } } })";
        dynamic[] estimated = Run($"{Command} {Recipes}", _model, _photos).Clean().Select(row => (dynamic)row.BaseObject).ToArray();
        dynamic[] exact = Run($"{Command} {Recipes} -Exact", _model, _photos).Clean().Select(row => (dynamic)row.BaseObject).ToArray();
        dynamic[] derived = estimated.Where(row => ((string)row.EstimatedFrom).Length > 0).ToArray();
        Assert.NotEmpty(derived);
        Assert.All(derived, row =>
        {
            Assert.False((bool)row.IsExact);
            dynamic[] references = estimated.Where(other => (string)other.Name == (string)row.Name && ((string)row.EstimatedFrom).Split(", ").Contains((string)other.Recipe)).ToArray();
            Assert.Equal(2, references.Length);
            RequireBetween((double)row.Snr, references.Select(other => (double)other.Snr));
            RequireBetween((double)row.Cosine, references.Select(other => (double)other.Cosine));
            RequireBetween((double)row.Top1Agreement, references.Select(other => (double)other.Top1Agreement));
        });
        Assert.All(exact, row => Assert.Equal(string.Empty, (string)row.EstimatedFrom));
        Assert.Equal(exact.Select(row => $"{row.Name} {row.Recipe}"), estimated.Select(row => $"{row.Name} {row.Recipe}"));
        Assert.All(exact.Zip(estimated).Where(pair => ((string)pair.Second.EstimatedFrom).Length == 0), pair => Assert.Equal((double)pair.First.Snr, (double)pair.Second.Snr));
    }

    private static void RequireBetween(double figure, IEnumerable<double> references) => Assert.InRange(figure, references.Min(), references.Max());

    [Fact]
    public void Measure_Cosine_IsKnownByTheNameThatComparisonsKnowItByToo()
    {
        string[] names = Run(
            $$"""
            $row = {{Command}} | Select-Object -First 1
            $outputs = (Compare-CoreMLModel $args[0] $args[0] -InputPath $args[1] -Resize Stretch -WarningAction Ignore).ComparedOutputs.Outputs[0]
            $weight = (Compare-CoreMLModel $args[0] $args[0] -WarningAction Ignore).Weights[0]
            foreach ($figure in $row, $outputs, $weight) { $null -ne $figure.Cosine -and $figure.Cosine -eq $figure.CosineSimilarity }
            $weight.MaxError -eq $weight.MaxAbsoluteError
            ($row | ConvertTo-Csv)[0] -like '*CosineSimilarity*'
            """,
            _model, _photos).Clean().Select(value => value.ToString()).ToArray();
        Assert.Equal(["True", "True", "True", "True", "False"], names);
    }

    [Fact]
    public void Measure_AsAList_ShowsHowFiguresWereObtained()
    {
        string shown = Session.Display($"{Command} | Select-Object -First 1 | Format-List", _model, _photos);
        Assert.Matches(@"Before +: [\d.]+ KB\s+After +: [\d.]+ K?B\s+WeightSnr +: [\d.]+ dB\s+LayerSnr +: [\d.]+ dB\s+Snr +: [\d.]+ dB\s+Cosine +: [\d.]+\s+Top1Agreement +: 100 %\s+IsExact +: True\s+SampleCount +: 3\s", shown);
    }

    [Fact]
    public void Measure_LeavesNothingBehind()
    {
        // A process of its own, since others measure at the same time.
        string temporary = Directory.CreateDirectory(Folder["temporary"]).FullName;
        var environment = new Dictionary<string, string> { ["TMPDIR"] = temporary, ["TEMP"] = temporary, ["TMP"] = temporary };
        ShellRun run = ShellProcess.Run(Folder.Root, null, environment, "-NoProfile", "-Command", $"$null = {Command.Replace("$args[0]", "a.mlmodel").Replace("$args[1]", "photos")}");
        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        Assert.Equal(["a.mlmodel", "photos", "temporary"], Directory.GetFileSystemEntries(Folder.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(temporary), entry => entry.Contains("coremlquant", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Measure_WithoutSamples_IsRefused()
    {
        Assert.Contains("-InputPath", Run("Measure-CoreMLSensitivity $args[0]", _model).Terminating!.ToString());
        Assert.Contains("-InputPath", Run("Measure-CoreMLSensitivity $args[0] -RandomInput", _model).Terminating!.ToString());
    }

    [Fact]
    public void Measure_SamplesThatDoNotFit_GivesAnErrorAndNoRow()
    {
        CommandRun run = Run("Measure-CoreMLSensitivity $args[0] -InputPath $args[1] | Optimize-CoreMLModel -WarningAction Ignore", _model, Folder.AddText("other.csv", "nothing\n1\n"));
        Assert.Null(run.Terminating);
        Assert.StartsWith("InputMismatch,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void Measure_RecipeThatCompressesNothing_IsToldWithTheReason()
    {
        CommandRun run = Run(
            "Measure-CoreMLSensitivity $args[0] -InputPath $args[1] -Resize Stretch -MinimumElementCount 100 -Recipe @{ config_type = 'OpLinearQuantizerConfig'; global_config = @{ dtype = 'int8' } }, "
                + "@{ config_type = 'OpMagnitudePrunerConfig'; global_config = @{ target_sparsity = 0.5 } }",
            _model, _photos);
        Assert.NotEmpty(run.Output);
        string warning = Assert.Single(run.Warnings, text => text.Contains("no weight was measured"));
        Assert.Contains("pruned to 50 % zeros", warning);
        Assert.Contains("a NeuralNetwork does not support pruned weights", warning);
    }

    [Fact]
    public void Measure_RecipeOfATypeAlone_IsToldWhatItLacks() => Assert.Contains(
        Run("Measure-CoreMLSensitivity $args[0] -InputPath $args[1] -Resize Stretch -Recipe @{ config_type = 'OpLinearQuantizerConfig' }", _model, _photos).Warnings,
        warning => warning.Contains("a config_type alone does nothing, as in coremltools; add a global_config"));

    [Fact]
    public void Measure_NothingToCompress_Warns() => Assert.Contains(
        Run("Measure-CoreMLSensitivity $args[0] -InputPath $args[1] -Resize Stretch -MinimumElementCount 100000000", _model, _photos).Warnings, warning => warning.Contains("no weight was measured"));
}
