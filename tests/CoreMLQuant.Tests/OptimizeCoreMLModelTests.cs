using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class OptimizeCoreMLModelTests : ModuleTest
{
    private const string Newest = "convnet_iOS18/fp32.mlpackage";

    // The same recipe in every form that is taken.
    private const string Yaml = """
        config_type: OpLinearQuantizerConfig
        global_config: {dtype: int8, weight_threshold: 100}
        op_type_configs:
          conv_transpose: null
          linear: {dtype: uint8, mode: linear}
        """;

    private const string Json = """
        {"config_type": "OpLinearQuantizerConfig", "global_config": {"dtype": "int8", "weight_threshold": 100},
         "op_type_configs": {"conv_transpose": null, "linear": {"dtype": "uint8", "mode": "linear"}}}
        """;

    private const string Data = """
        # A PowerShell data file.
        @{
            config_type     = 'OpLinearQuantizerConfig'
            global_config   = @{ dtype = 'int8'; weight_threshold = 100 }
            op_type_configs = [ordered]@{
                conv_transpose = $null
                linear         = @{ dtype = 'uint8'; mode = 'linear' }
            }
        }
        """;

    [Theory]
    [InlineData("recipe.yaml", Yaml, "$args[1]")]
    [InlineData("recipe.yml", Yaml, "$args[1]")]
    [InlineData("recipe.json", Json, "$args[1]")]
    [InlineData("recipe.psd1", Data, "$args[1]")]
    [InlineData("recipe.psd1", Data, "(Invoke-Expression ([IO.File]::ReadAllText($args[1])))")]
    [InlineData("recipe.json", Json, "([IO.FileInfo]$args[1])")]
    public void Recipe_IsTheSameInEveryForm(string file, string text, string argument)
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        string recipe = Folder.AddText(file, text);
        Run("function global:Invoke-Expression($Text) { & ([scriptblock]::Create($Text)) }").Clean();

        CommandRun run = Run($"Optimize-CoreMLModel $args[0] -Recipe {argument}", source, recipe);

        run.Clean();
        Assert.Empty(run.Warnings);
        Assert.Equal([Folder["net_optimized.mlpackage"]], run.Values("Path"));
        CommandRun types = Run(
            "(Get-CoreMLWeight $args[0] -MinimumElementCount 100).Where({ $_.Shape.Count -gt 1 }).ForEach({ \"$($_.OpType) $($_.StorageType)\" })",
            Folder["net_optimized.mlpackage"]);

        // An entry of its own takes nothing from the global one: the small linear weight is below the threshold.
        Assert.Equal(["conv Int8", "conv_transpose Float32", "linear Float32", "linear UInt8"], Texts(types).Distinct());
    }

    [Fact]
    public void Objects_OfJson_AreARecipeToo()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        CommandRun run = Run("Optimize-CoreMLModel $args[0] -Recipe ([pscustomobject]@{ config_type = 'OpLinearQuantizerConfig'; global_config = [pscustomobject]@{} })", source);
        run.Clean();
        Assert.Equal(["Int8 symmetric per channel"], run.Values("Recipe"));
    }

    [Fact]
    public void Recipe_IsFoundFromTheSessionsLocation()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        Folder.AddText("recipes/a.yaml", Yaml);
        Session.SetLocation(Folder["recipes"]);
        Run("Optimize-CoreMLModel $args[0] -Recipe a.yaml", source).Clean();
        Assert.True(Directory.Exists(Folder["net_optimized.mlpackage"]));
    }

    [Fact]
    public void MinimumElementCount_AndOpsetUpgrade_HoldWhereTheRecipeSaysNothing()
    {
        string source = Folder.Add("convnet_iOS17/fp32.mlpackage", "net.mlpackage");
        const string Recipe = "@{ config_type = 'OpLinearQuantizerConfig'; global_config = @{ dtype = 'int4' } }";

        Assert.Equal(["RecipeNotApplicable"], Run($"Optimize-CoreMLModel $args[0] -Recipe {Recipe}", source).ErrorIds);
        CommandRun run = Run($"Optimize-CoreMLModel $args[0] -Recipe {Recipe} -AllowOpsetUpgrade -MinimumElementCount 15000", source);

        run.Clean();
        int expected = Run("Get-CoreMLWeight $args[0] -MinimumElementCount 15000", source).Clean().Count;
        Assert.Equal([expected.ToString()], run.Values("Converted"));
    }

    [Theory]
    [InlineData("-TargetSize 100KB")]
    [InlineData("-TargetSize '100 kb'")]
    [InlineData("-TargetSize 102400")]
    [InlineData("-Recipe @{ target_size = '100KB' }")]
    [InlineData("-Recipe @{ minimum_snr = 90 } -TargetSize 100KB")]
    public void TargetSize_IsMet(string arguments)
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        CommandRun run = Run($"Optimize-CoreMLModel $args[0] {arguments}", source);
        run.Clean();
        Assert.InRange((long)run.Output[0].Properties["After"].Value, 60 << 10, 100 << 10);
    }

    [Fact]
    public void MinimumSnr_IsMet()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        CommandRun run = Run("Optimize-CoreMLModel $args[0] -MinimumSnr 30", source);
        run.Clean();
        Assert.InRange((double)run.Output[0].Properties["MinSnr"].Value, 30, 60);
    }

    [Fact]
    public void Budget_WithoutARecipe_KeepsToTheParameters()
    {
        string source = Folder.Add("convnet_iOS16/fp32.mlpackage", "net.mlpackage");
        CommandRun run = Run("Optimize-CoreMLModel $args[0] -MinimumSnr 15 -MinimumElementCount 15000", source);
        run.Clean();
        Assert.Equal(["iOS 16, macOS 13"], run.Values("RequiredOS"));
        string[] large = Run("Get-CoreMLWeight $args[0] -MinimumElementCount 15000", source).Values("Name");
        Assert.Equal([large.Length.ToString()], run.Values("Converted"));

        run = Run("Optimize-CoreMLModel $args[0] -TargetSize 45KB -Force -AllowOpsetUpgrade", source);
        run.Clean();
        Assert.Equal(["iOS 18, macOS 15"], run.Values("RequiredOS"));
        Assert.Equal(["RecipeNotApplicable"], Run("Optimize-CoreMLModel $args[0] -TargetSize 1KB", source).ErrorIds);
    }

    [Fact]
    public void Patterns_OfTheCommandLine_TakeThePlaceOfTheRecipes()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        const string Recipe = "@{ config_type = 'OpLinearQuantizerConfig'; global_config = @{}; include = 'conv'; exclude = 'pwconv*', 're:^group' }";
        const string Converted = "(Optimize-CoreMLModel $args[0] -Force -Recipe {0} {1}).Weights.Where({{ $_.Action -eq 'Convert' }}).Name";

        Assert.Equal(["const_0"], Texts(Run(string.Format(Converted, Recipe, string.Empty), source)));
        Assert.Equal(["fc1_weight_0", "transpose_0"], Texts(Run(string.Format(Converted, Recipe, "-Include linear"), source)));
    }

    [Fact]
    public void Pattern_ThatMatchesNothing_Warns()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        CommandRun run = Run("Optimize-CoreMLModel $args[0] -Recipe @{ config_type = 'OpLinearQuantizerConfig'; global_config = @{}; op_name_configs = @{ 'nosuch*' = $null } }", source);
        run.Clean();
        Assert.Contains(run.Warnings, warning => warning.Contains("'nosuch*'"));
    }

    [Theory]
    [InlineData("a.yaml", "config_type: OpPalettizerConfig\nglobal_config:\n  nbit: 4\n  mode: best\n", new[] { "line 3: global_config.nbit", "Did you mean 'nbits'?", "line 4: global_config.mode" })]
    [InlineData("a.json", "{\n  \"config_type\": \"OpPalettizerConfig\",\n  \"globl_config\": {}\n}", new[] { "line 3: globl_config", "Did you mean 'global_config'?" })]
    [InlineData("a.psd1", "@{\n  config_type = 'OpPalettizerConfig'\n  global_config = @{\n    nbit = 4\n  }\n}", new[] { "line 4: global_config.nbit", "line 3: global_config.nbits" })]
    [InlineData("a.psd1", "@{\n  global_config = (Get-Date)\n  include = \"$x\"\n  exclude = linear\n}", new[] { "line 2: 'Get-Date' is a command", "line 3: '\"$x\"' is not a constant", "line 4: 'linear' is a command" })]
    [InlineData("a.psd1", "@{ include = 'a'\n", new[] { "line 1:" })]
    [InlineData("a.psd1", "1\n2\n", new[] { "a single hashtable" })]
    [InlineData("a.psd1", "@{\n  include = 'a'\n  Include = 'b'\n}\n", new[] { "line 3:" })]
    [InlineData("a.txt", Yaml, new[] { ".psd1, .yaml, .yml, .json" })]
    public void RecipeFile_WithErrors_EndsTheRunBeforeAnyModel(string file, string text, string[] expected)
    {
        string recipe = Folder.AddText(file, text);
        CommandRun run = Run("Optimize-CoreMLModel nosuchmodel.mlpackage -Recipe $args[0]", recipe);
        Assert.Equal("InvalidRecipeFile", CommandRun.Id(run.Terminating!));
        Assert.Empty(run.Errors);
        Assert.Contains(recipe, run.Terminating!.ToString());
        Assert.All(expected, words => Assert.Contains(words, run.Terminating.ToString()));
    }

    [Theory]
    [InlineData("-Recipe nosuch.yaml", "InvalidRecipeFile")]
    [InlineData("-Recipe .", "InvalidRecipeFile")]
    [InlineData("-Recipe Env:/PATH", "NotFileSystemPath")]
    [InlineData("-Recipe @{ glbal_config = 1 }", "InvalidRecipeFile")]
    [InlineData("-Recipe @{ config_type = 'OpPalettizerConfig'; global_config = @{ nbits = 4; lut_function = { 1 } } }", "InvalidRecipeFile")]
    [InlineData("-Recipe @{ target_size = '1MB' } -TargetSize 0", "InvalidRecipe")]
    [InlineData("-Recipe @{ steps = @() }", "InvalidRecipeFile")]
    [InlineData("", "InvalidRecipe")]
    [InlineData("-TargetSize 60MB -MinimumSnr 35", "InvalidRecipe")]
    [InlineData("-TargetSize -1", "ParameterArgumentTransformationError")]
    [InlineData("-MinimumSnr NaN", "InvalidRecipe")]
    [InlineData("-TargetSize '60 QB'", "ParameterArgumentTransformationError")]
    public void BrokenArgument_EndsTheRunBeforeAnyFile(string arguments, string id)
    {
        Session.SetLocation(Folder.Root);
        CommandRun run = Run($"Optimize-CoreMLModel nosuchmodel.mlpackage {arguments}");
        Assert.Equal(id, CommandRun.Id(run.Terminating!));
        Assert.Empty(run.Errors);
    }

    [Fact]
    public void RecipeFile_WithRangesBesideIt_QuantizesActivations()
    {
        string source = Folder.Add(Workspace.Package, "net.mlpackage");
        Folder.AddText("recipes/ranges.json", Workspace.Ranges);
        string recipe = Folder.AddText("recipes/w4a8.yaml", """
            config_type: OpPalettizerConfig
            global_config: { nbits: 4 }
            activations:
              global_config: {}
              op_type_configs: { linear: null }
              op_name_configs: { fc1: { mode: linear, dtype: uint8 } }
              ranges: ranges.json
            """);
        CommandRun run = Run("Optimize-CoreMLModel $args[0] -Recipe $args[1] -AllowOpsetUpgrade -WarningAction Ignore", source, recipe);

        run.Clean();
        Assert.NotEqual(["0"], run.Values("Converted"));
        Assert.Equal(
            ["dwconv:Int8", "fc1:UInt8", "groupconv:Int8", "image:Int8", "leaky_relu_0:Int8", "reduce_mean_0:UInt8", "relu6_0:Int8", "relu_0:Int8"],
            Texts(Run("(Optimize-CoreMLModel $args[0] -Recipe $args[1] -AllowOpsetUpgrade -PlanOnly -WarningAction Ignore).Activations | ForEach-Object { \"$($_.Name):$($_.Type)\" }", source, recipe)));
    }

    [Fact]
    public void Hashtable_ThatHoldsItself_IsRefused()
    {
        CommandRun run = Run("$a = @{}; $a.global_config = $a; Optimize-CoreMLModel nosuchmodel.mlpackage -Recipe $a");
        Assert.Equal("InvalidRecipeFile", CommandRun.Id(run.Terminating!));
    }

    private static string[] Texts(CommandRun run) => run.Clean().Select(item => item.ToString()).Order().ToArray();
}
