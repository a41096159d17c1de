using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Rows of Measure-CoreMLSensitivity that are piped on: which weights are compressed, and how.</summary>
public sealed class MeasuredWeightTests : ModuleTest
{
    private const string Setup = """
        $data = @{ InputPath = $args[1]; Resize = 'Stretch'; MinimumElementCount = 100; WarningAction = 'Ignore' }
        $int8 = @{ config_type = 'OpLinearQuantizerConfig'; global_config = @{ dtype = 'int8' } }
        $pal4 = @{ config_type = 'OpPalettizerConfig'; global_config = @{ mode = 'kmeans'; nbits = 4 } }
        $rows = Measure-CoreMLSensitivity $args[0] -Recipe $int8, $pal4 @data
        $names = $rows | Select-Object -ExpandProperty Name -Unique

        """;

    private readonly string _model;
    private readonly string _photos;

    public MeasuredWeightTests()
    {
        _model = Folder.Add("photo_classifier/fp32.mlmodel", "a.mlmodel");
        _photos = Folder["photos"];
        for (int i = 0; i < 3; i++)
        {
            Folder.AddPhoto($"photos/{i}.png");
        }
    }

    [Theory]
    [InlineData("@{ Path = $args[0]; Name = 'w' }")]
    [InlineData("([pscustomobject]@{ Path = $args[0]; Name = 'w' })")]
    [InlineData("@{ Name = 'w' }")]
    public void Sensitivity_OfWhatIsNoRow_IsRefusedAtOnce(string row)
    {
        CommandRun run = Run($"Optimize-CoreMLModel -Sensitivity {row} -Preset NeuralEngine16", _model);
        Assert.Contains("WeightSensitivity", run.Terminating!.ToString());
        Assert.DoesNotContain("reference", run.Terminating!.ToString());
    }

    [Fact]
    public void Rows_WithARecipe_AreWhatItAppliesTo()
    {
        string[] texts = Texts("$result = $rows | Where-Object Name -In $names[0, 2] | Optimize-CoreMLModel -Recipe $pal4 -MinimumElementCount 100 -WarningAction Ignore; $names[0, 2]; Convertible");
        Assert.Equal([$"{texts[0]} Palettized 4-bit", $"{texts[1]} Palettized 4-bit"], texts.Skip(2));
    }

    [Fact]
    public void Rows_WithARecipe_LeaveAllOthersAsTheyWere()
    {
        string[] reasons = Texts("($rows[0] | Optimize-CoreMLModel -Recipe $pal4 -MinimumElementCount 100 -WarningAction Ignore).Weights.Where({ $_.Action -eq 'Skip' }).Reason | Select-Object -Unique");
        Assert.Equal(["is not among the weights that were specified"], reasons);
    }

    [Fact]
    public void Rows_WithoutARecipe_AreCompressedAsTheyWereMeasured()
    {
        string[] texts = Texts("""
            $chosen = $rows | Group-Object Name | ForEach-Object { $_.Group | Sort-Object { ($names.IndexOf($_.Name) % 2) -eq ($_.Recipe -like 'Int8*') } | Select-Object -First 1 }
            $result = $chosen | Optimize-CoreMLModel -InputPath $args[1] -Resize Stretch -WarningAction Ignore
            $result.Weights.Where({ $_.Action -eq 'Convert' }).ForEach({ $_.EncodingAfter }) | Select-Object -Unique | Sort-Object
            foreach ($row in $chosen) { $row.WeightSnr -eq $result.Weights.Where({ $_.Name -eq $row.Name }).Snr }
            $result.Recipe
            """);
        Assert.Equal(["Linear 8-bit", "Palettized 4-bit"], texts.Take(2));
        Assert.All(texts.Skip(2).SkipLast(1), text => Assert.Equal("True", text));
        Assert.True(texts.Length > 5);
        Assert.Contains(" / ", texts[^1]);
    }

    [Fact]
    public void Rows_OfJointCompression_KeepAllSteps() => Assert.Equal(["Joint 4-bit"], Texts("""
        $joint = @{ steps = @{ config_type = 'OpMagnitudePrunerConfig'; global_config = @{ target_sparsity = 0.5 } }, $pal4 }
        $joined = Measure-CoreMLSensitivity $args[2] -Recipe $joint -InputObject (1..2 | ForEach-Object { @{ image = (1..3072 | ForEach-Object { $_ % 7 }) } }) -WarningAction Ignore
        $result = $joined | Select-Object -First 1 | Optimize-CoreMLModel -AllowOpsetUpgrade -WarningAction Ignore
        $result.Weights.Where({ $_.Action -eq 'Convert' }).EncodingAfter
        """, Folder.Add("convnet_iOS18/fp32.mlpackage", "p.mlpackage")));

    [Fact]
    public void Rows_OfAGroup_AreAllItsWeights() => Assert.Equal(["True", "True"], Texts("""
        $group = Measure-CoreMLSensitivity $args[0] -Recipe $int8 -Group innerProduct @data
        $result = $group | Optimize-CoreMLModel -WarningAction Ignore
        $group.WeightCount -gt 1
        $result.Converted -eq $group.WeightCount
        """));

    [Fact]
    public void Rows_OfSeveralModels_GiveOneResultEach() => Assert.Equal(["a_optimized.mlmodel 1", "b_optimized.mlmodel 2"], Texts("""
        $other = Measure-CoreMLSensitivity $args[2] -Recipe $int8 @data
        $rows[0], $other[0], $other[1] | Optimize-CoreMLModel -WarningAction Ignore | ForEach-Object { "$(Split-Path $_.Path -Leaf) $($_.Converted)" }
        """, Folder.Add("photo_classifier/fp32.mlmodel", "b.mlmodel")));

    [Fact]
    public void Rows_SeveralRecipesForOneWeight_AreRefusedUnlessABudgetChooses()
    {
        CommandRun run = Run(Setup + "$rows | Optimize-CoreMLModel", _model, _photos);
        Assert.Equal(["InvalidRecipe"], run.ErrorIds);
        Assert.Contains("comes with several recipes: 'Int8 symmetric per channel', '4-bit palettized (k-means)'", run.Errors.Single().ToString());

        CommandRun budget = Run(Setup + "($rows | Optimize-CoreMLModel -MinimumSnr 30).Weights.Where({ $_.Action -eq 'Convert' }).EncodingAfter | Select-Object -Unique", _model, _photos);
        Assert.Equal(["Linear 8-bit"], budget.Clean().Select(text => text.ToString()));
        Assert.DoesNotContain(budget.Warnings, warning => warning.Contains("does not match"));
    }

    [Fact]
    public void Rows_ThatABudgetChoosesAmong_AreCalledCandidates() => Assert.Equal(
        ["Int8 symmetric per channel or 4-bit palettized (k-means)"], Texts("($rows | Optimize-CoreMLModel -MinimumSnr 30 -PlanOnly -WarningAction Ignore).Recipe"));

    [Fact]
    public void Rows_FromAFile_NeedARecipe()
    {
        string file = Folder["rows.csv"];
        CommandRun without = Run(Setup + "$rows | Export-Csv $args[2]; Import-Csv $args[2] | Select-Object -First 1 | Optimize-CoreMLModel", _model, _photos, file);
        Assert.Equal(["InvalidRecipe"], without.ErrorIds);
        Assert.Contains("Specify -Recipe or -Preset", without.Errors.Single().ToString());
        string[] texts = Texts("$result = Import-Csv $args[2] | Select-Object -First 1 | Optimize-CoreMLModel -Recipe $pal4 -MinimumElementCount 100 -WarningAction Ignore; $result.Converted", file);
        Assert.Equal(["1"], texts);
    }

    [Fact]
    public void Rows_AsAnArgument_AndThroughThePipeline_GiveTheSame()
    {
        Texts("$rows[0, 1] | Optimize-CoreMLModel -WarningAction Ignore -DestinationPath $args[2]; Optimize-CoreMLModel -Sensitivity $rows[0, 1] -WarningAction Ignore -DestinationPath $args[3]", Folder["one"], Folder["two"]);
        Assert.Equal(Workspace.Hash(Folder["one/a_optimized.mlmodel"])[^64..], Workspace.Hash(Folder["two/a_optimized.mlmodel"])[^64..]);
    }

    [Fact]
    public void Rows_WithInclude_AreRefused() => Assert.Contains(
        "-Sensitivity and -Include", Run(Setup + "$rows | Optimize-CoreMLModel -Include conv*", _model, _photos).Terminating!.ToString());

    [Fact]
    public void Models_WithoutARecipe_AreRefused() => Assert.Equal("InvalidRecipe", CommandRun.Id(Run("Get-Item $args[0] | Optimize-CoreMLModel", _model).Terminating!));

    [Fact]
    public void SampleScript_GivesEachWeightItsEncoding_AndReports()
    {
        string script = Path.Combine(Repository.Root, "docs", "samples", "choose-encodings.ps1");
        CommandRun run = Run("& $args[0] $args[1] $args[2] $args[3] -BitWidth 2, 4 -MinimumSnr 3 -MinimumElementCount 100 -Resize Stretch", script, _model, _photos, Folder["out"]);
        dynamic result = run.Clean().Single().BaseObject;
        Assert.Equal("Converted", (string)result.Status);
        Assert.Contains("What compressing each weight costs", File.ReadAllText(Folder["out/a_optimized_report.html"]));
    }

    private string[] Texts(string script, params object[] further) =>
        Run(Setup + "function Convertible { $result.Weights.Where({ $_.Action -eq 'Convert' }).ForEach({ \"$($_.Name) $($_.EncodingAfter)\" }) }\n" + script, [_model, _photos, .. further])
            .Clean().Select(text => text.ToString()).ToArray();
}
