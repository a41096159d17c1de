using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Recipes;
using CoreMLQuant.Recipes.Files;
using Xunit;

namespace CoreMLQuant.Tests.Recipes.Files;

/// <summary>Our own words around coremltools': several steps, patterns, budgets.</summary>
public sealed class RecipeFileTests
{
    private const string Yaml = """
        # Prune, then quantize what is left.
        steps:
          - config_type: OpMagnitudePrunerConfig
            global_config:
              target_sparsity: 0.5
            op_type_configs:
              "embed*":
          - config_type: OpPalettizerConfig
            global_config:
              nbits: 4
              lookup_table: int8
              fallback: largest_divisor
              granularity: per_grouped_channel
              group_size: 16
        include: [conv, linear, "re:^matmul"]
        exclude: head
        minimum_snr: 35.5
        allow_opset_upgrade: true
        """;

    private const string Json = """
        {
        	"steps": [
        		{"config_type": "OpMagnitudePrunerConfig", "global_config": {"target_sparsity": 0.5}, "op_type_configs": {"embed*": null}},
        		{
        			"config_type": "OpPalettizerConfig",
        			"global_config": {"nbits": 4, "lookup_table": "int8", "fallback": "largest_divisor", "granularity": "per_grouped_channel", "group_size": 16}
        		}
        	],
        	"include": ["conv", "linear", "re:^matmul"],
        	"exclude": ["head"],
        	"minimum_snr": 35.5,
        	"allow_opset_upgrade": true
        }
        """;

    [Theory]
    [InlineData(Yaml)]
    [InlineData(Json)]
    public void SeveralSteps_WithPatternsAndABudget_AreRead(string text)
    {
        OptimizationRecipe recipe = RecipeFile.Parse(text, "test");

        Assert.Equal(2, recipe.Steps.Count);
        Assert.Equal(new PruningRecipe { TargetSparsity = 0.5, AllowOpsetUpgrade = true }, recipe.Steps[0].Global);
        Assert.Equal("embed*", recipe.Steps[0].OpTypes.Single().Pattern.Text);
        Assert.Null(recipe.Steps[0].OpTypes.Single().Recipe);
        Assert.Equal(
            new PalettizationRecipe { BitWidth = 4, QuantizeLookupTable = true, Fallback = BlockFallback.LargestDivisor, GroupSize = 16, AllowOpsetUpgrade = true },
            recipe.Steps[1].Global);
        Assert.Equal(["conv", "linear", "re:^matmul"], recipe.Include.Patterns.Select(pattern => pattern.Text));
        Assert.Equal(["head"], recipe.Exclude.Patterns.Select(pattern => pattern.Text));
        Assert.Equal(35.5, recipe.MinimumSnr);
    }

    [Theory]
    [InlineData("60MB", 60L << 20)]
    [InlineData("60 MiB", 60L << 20)]
    [InlineData("'1.5 gb'", 3L << 29)]
    [InlineData("62914560", 60L << 20)]
    [InlineData("10k", 10L << 10)]
    public void TargetSize_IsReadAsPeopleWriteIt(string text, long bytes) =>
        Assert.Equal(bytes, RecipeFile.Parse($"target_size: {text}", "test").TargetSize);

    [Theory]
    [InlineData("")]
    [InlineData("MB")]
    [InlineData("-1MB")]
    [InlineData("1e3")]
    [InlineData("60 MBit")]
    [InlineData("9999999999GB")]
    [InlineData("NaN")]
    public void Size_ThatIsNone_IsRefused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Fact]
    public void Defaults_HoldWhereTheRecipeSaysNothing()
    {
        OptimizationRecipe recipe = RecipeFile.Parse(
            "{config_type: OpLinearQuantizerConfig, global_config: {}, op_type_configs: {conv: {weight_threshold: 7}}}",
            "test",
            new RecipeDefaults { MinimumElementCount = 5, AllowOpsetUpgrade = true });
        OptimizationStep step = recipe.Steps.Single();
        Assert.Equal(5, step.Global!.MinimumElementCount);
        Assert.True(step.Global.AllowOpsetUpgrade);
        Assert.Equal(7, step.OpTypes.Single().Recipe!.MinimumElementCount);
    }

    [Fact]
    public void File_WithAByteOrderMark_IsRead()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("n") + ".yaml");
        try
        {
            File.WriteAllText(path, Yaml, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            Assert.Equal(2, RecipeFile.Read(path).Steps.Count);
            File.WriteAllBytes(path, new byte[RecipeFile.MaximumSize + 1]);
            Assert.Contains("1048577 bytes", Assert.Throws<RecipeFileException>(() => RecipeFile.Read(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
