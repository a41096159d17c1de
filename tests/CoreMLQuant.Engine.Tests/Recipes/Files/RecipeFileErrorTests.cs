using System;
using System.Linq;
using System.Threading.Tasks;
using CoreMLQuant.Recipes.Files;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Recipes.Files;

/// <summary>What is wrong in a recipe is told with its line, all of it at once.</summary>
public sealed class RecipeFileErrorTests
{
    // Milliseconds that only a test takes that never ends.
    private const int Hang = 600_000;

    private const string Linear = "config_type: OpLinearQuantizerConfig\nglobal_config:\n  ";
    private const string Palettizer = "config_type: OpPalettizerConfig\nglobal_config:\n  ";
    private const string Pruner = "config_type: OpMagnitudePrunerConfig\nglobal_config:\n  ";

    [Theory]
    [InlineData("config_typ: x\n", 1, "config_typ", "Did you mean 'config_type'?")]
    [InlineData("config_type: OpLinearQuantizer\nglobal_config: {}\n", 1, "config_type", "Did you mean 'OpLinearQuantizerConfig'?")]
    [InlineData("global_config: {nbits: 4}\n", 1, "global_config", "config_type is missing")]
    [InlineData("config_type: OpLinearQuantizerConfig\nglobal_config: int8\n", 2, "global_config", "not 'int8'")]
    [InlineData("config_type: OpLinearQuantizerConfig\nop_type_configs: [conv]\n", 2, "op_type_configs", "not a list")]
    [InlineData("config_type: OpLinearQuantizerConfig\nop_type_configs: {const: {}}\n", 2, "op_type_configs.const", "global_config")]
    [InlineData("config_type: OpLinearQuantizerConfig\nop_name_configs:\n  're:(': {}\n", 3, "op_name_configs.re:(", "not a valid pattern")]
    [InlineData(Linear + "granulraity: per_block", 3, "global_config.granulraity", "Did you mean 'granularity'?")]
    [InlineData(Linear + "blockSize: 3", 3, "global_config.blockSize", "Did you mean 'block_size'?")]
    [InlineData(Linear + "nonsense: 3", 3, "global_config.nonsense", "The keys are config_type, mode, ")]
    [InlineData(Linear + "dtype: int3", 3, "global_config.dtype", "not one of int8, uint8, int4, uint4")]
    [InlineData(Linear + "mode: [linear]", 3, "global_config.mode", "not a list")]
    [InlineData(Linear + "block_size: [1, x]", 3, "global_config.block_size", "'x'")]
    [InlineData(Linear + "granularity: per_block\n  block_size: []", 3, "global_config", "block size")]
    [InlineData(Linear + "weight_threshold: -1", 3, "global_config.weight_threshold", "'-1'")]
    [InlineData(Linear + "weight_threshold: 1.5", 3, "global_config.weight_threshold", "'1.5'")]
    [InlineData(Linear + "fallback: perchannel", 3, "global_config.fallback", "Did you mean 'per_channel'?")]
    [InlineData(Palettizer + "mode: kmeans", 3, "global_config.nbits", "kmeans requires it")]
    [InlineData(Palettizer + "mode: uniform", 3, "global_config.nbits", "uniform requires it")]
    [InlineData(Palettizer + "nbits: 9", 3, "global_config.nbits", "not one of 1, 2, 3, 4, 6, 8")]
    [InlineData(Palettizer + "nbits: four", 3, "global_config.nbits", "'four'")]
    [InlineData(Palettizer + "mode: unique\n  nbits: 4", 4, "global_config.nbits", "Omit it")]
    [InlineData(Palettizer + "mode: custom", 3, "global_config.mode", "-LookupTableFunction")]
    [InlineData(Palettizer + "nbits: 4\n  lut_function: f", 4, "global_config.lut_function", "-LookupTableFunction")]
    [InlineData(Palettizer + "nbits: 4\n  enable_per_channel_scale: 3", 4, "global_config.enable_per_channel_scale", "neither true nor false")]
    [InlineData(Palettizer + "nbits: 4\n  mode: uniform\n  cluster_dim: 2", 3, "global_config", "vector")]
    [InlineData(Pruner + "weight_threshold: 3", 3, "global_config.target_sparsity", "n_m_ratio")]
    [InlineData(Pruner + "target_sparsity: 0.5\n  n_m_ratio: [2, 4]", 4, "global_config.n_m_ratio", "cannot be combined")]
    [InlineData(Pruner + "target_sparsity: 1.5", 3, "global_config", "between 0 and 1")]
    [InlineData(Pruner + "target_sparsity: .nan", 3, "global_config.target_sparsity", "'.nan'")]
    [InlineData(Pruner + "target_sparsity: NaN", 3, "global_config.target_sparsity", "'NaN'")]
    [InlineData(Pruner + "n_m_ratio: [5, 4]", 3, "global_config.n_m_ratio", "n no larger than m")]
    [InlineData(Pruner + "n_m_ratio: 2", 3, "global_config.n_m_ratio", "[n, m]")]
    [InlineData(Pruner + "n_m_ratio: [2, 4]\n  block_size: 2", 4, "global_config.block_size", "target_sparsity")]
    [InlineData(Pruner + "target_sparsity: 0.5\n  block_size: 1", 4, "global_config.block_size", "'1'")]
    [InlineData(Pruner + "target_sparsity: 0.5\n  dim: 1", 3, "global_config", "axis")]
    [InlineData("steps: []\nglobal_config: {}\n", 2, "global_config", "cannot be combined with steps")]
    [InlineData("steps: {}\n", 1, "steps", "list of steps")]
    [InlineData("steps:\n- conv\n", 2, "steps[0]", "'conv'")]
    [InlineData("steps:\n- config_type: OpLinearQuantizerConfig\n", 2, "steps[0]", "does not configure any weight")]
    [InlineData("steps:\n- config_type: OpLinearQuantizerConfig\n  global_config: {}\n  target_size: 60MB\n", 4, "steps[0].target_size", "not a key of a step")]
    [InlineData("activations: 8\n", 1, "activations", "not '8'")]
    [InlineData("activations:\n  rangs: {}\n", 2, "activations.rangs", "Did you mean 'ranges'?")]
    [InlineData("activations:\n  range_estimator: mse\n", 2, "activations.range_estimator", "not one of min_max, percentile, mean_squared_error")]
    [InlineData("activations:\n  range_estimator: min_max\n  percentile: 99\n", 3, "activations.percentile", "percentile only")]
    [InlineData("activations:\n  percentile: 99%\n", 2, "activations.percentile", "not a finite number")]
    [InlineData("activations:\n  percentile: 30\n", 2, "activations.percentile", "more than 50")]
    [InlineData("global_config:\n  config_type: OpLinearQuantizerConfig\n  percentile: 30\n", 3, "global_config.percentile", "more than 50")]
    [InlineData("activations:\n  ranges:\n    a: {rmin: 1}\n", 3, "activations.ranges.a.rmax", "missing")]
    [InlineData("activations:\n  ranges:\n    a: {rmin: 1, rmax: .inf}\n", 3, "activations.ranges.a.rmax", "not a finite number")]
    [InlineData("activations:\n  ranges:\n    a: {rmin: 1, rmax: 0}\n", 3, "activations.ranges.a.rmin", "greater than rmax")]
    [InlineData("activations:\n  ranges: nosuch.json\n", 2, "activations.ranges", "nosuch.json")]
    [InlineData("activations:\n  global_config: {dtype: int4}\n", 1, "", "Int8 and UInt8 only")]
    [InlineData("activations:\n  global_config: {config_type: OpPalettizerConfig, nbits: 4}\n", 1, "", "Activations cannot be 4-bit palettized")]
    [InlineData("target_size: big\n", 1, "target_size", "60MB")]
    [InlineData("target_size: 60MB\nminimum_snr: 35\n", 1, "", "cannot be combined")]
    [InlineData("minimum_snr: high\n", 1, "minimum_snr", "'high'")]
    [InlineData("minimum_output_snr: 30\nminimum_snr: 35\n", 1, "", "cannot be combined")]
    [InlineData("minimum_agreement: 2\n", 1, "", "share of the samples")]
    [InlineData("config_type: OpPalettizerConfig\ntarget_size: 60MB\n", 1, "", "neither a config_type alone nor null is one")]
    [InlineData("op_name_configs: {fc1: null}\nminimum_snr: 30\n", 1, "", "exclude names weights that stay as they are")]
    [InlineData("include: {a: b}\n", 1, "include", "list of strings")]
    [InlineData("minimum_snr: 3\nexclude: ['re:[']\n", 2, "exclude", "not a valid pattern")]
    [InlineData("minimum_snr: 3\nminimum_snr: 4\n", 2, "minimum_snr", "already defined on line 1")]
    [InlineData("config_type: OpLinearQuantizerConfig\nop_type_configs:\n  conv: {}\n  conv: {}\n", 4, "op_type_configs.conv", "already defined on line 3")]
    [InlineData("- a\n", 1, "", "not a list")]
    [InlineData("", 1, "", "not nothing")]
    public void Error_NamesLineAndKey(string text, int line, string path, string message)
    {
        RecipeFileError error = Assert.Single(Errors(text));
        Assert.Equal((line, path), (error.Position.Line, error.Path));
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData("a: 'x\n", 1)]
    [InlineData("a: b: c\n", 1)]
    [InlineData("a: 1\nb:\n\tc: 2\n", 3)]
    [InlineData("a: 1\n\tb: 2\n", 2)]
    [InlineData("a: [1, 2\nb: 3\n", 1)]
    [InlineData("a: 1\n---\nb: 2\n", 2)]
    [InlineData("a:\n  - *nothing\n", 2)]
    [InlineData("a: &a [*a]\n", 1)]
    [InlineData("? [a, b]\n: c\n", 1)]
    [InlineData("<<: 3\n", 1)]
    [InlineData("{\n\"a\": 1\n\"b\": 2}", 3)]
    [InlineData("{\"a\": 1", 1)]
    [InlineData("{\"a\": 1}}", 1)]
    [InlineData("{\n\"a\": \"\\q\"}", 2)]
    [InlineData("%YAML 9.9\n---\na: 1\n", 1)]
    [InlineData("a: @x\n", 1)]
    public void Text_ThatIsNotWellFormed_NamesTheLine(string text, int line)
    {
        RecipeFileError error = Assert.Single(Errors(text));
        Assert.InRange(error.Position.Line, line, line);
        Assert.NotEmpty(error.Message);
    }

    [Fact]
    public void Errors_AreAllTold_InTheirOrder()
    {
        RecipeFileException exception = Assert.Throws<RecipeFileException>(() => RecipeFile.Parse(
            """
            steps:
              - config_type: OpPalettizerConfig
                global_config:
                  nbit: 4
              - config_type: OpLinearQuantizerConfig
                global_config: {dtype: int16, mode: log}
            target_size: huge
            mystery: 1
            """,
            "my.yaml"));
        Assert.Equal([4, 4, 6, 6, 7, 8], exception.Errors.Select(error => error.Position.Line));
        Assert.Equal("my.yaml", exception.File);
        Assert.Contains("'my.yaml' has 6 errors:", exception.Message);
        Assert.Contains("line 4: steps[0].global_config.nbit: 'nbit' is not a key of OpPalettizerConfig. Did you mean 'nbits'?", exception.Message);
    }

    [Fact(Timeout = Hang)]
    public async Task Aliases_OfAliases_AreRefusedInTime()
    {
        string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + string.Concat(Enumerable.Range(1, 20).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        Assert.Contains("more than", Assert.Single(await Task.Run(() => Errors(text))).Message);
    }

    [Theory(Timeout = Hang)]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public async Task Nesting_WithoutEnd_IsRefusedInTime(string level)
    {
        string text = string.Concat(Enumerable.Repeat(level, RecipeFile.MaximumSize / level.Length));
        Assert.Contains("nested", Assert.Single(await Task.Run(() => Errors(text))).Message);
    }

    [Fact]
    public void DamagedText_IsRefusedOrRead_AndNothingElse()
    {
        const string Text = """
            config_type: OpPalettizerConfig
            global_config: &g {nbits: 4, granularity: "per_tensor"}
            op_type_configs:
              conv: [1, 2]
              linear:
                <<: *g
                mode: 'uniform'
            """;
        Gen.Select(Gen.Int[0, Text.Length - 1], Gen.Int[0, 5], Gen.Char["{}[]:'\"\t\n&*-|%\0!?"]).Sample(
            (position, removed, inserted) =>
            {
                string damaged = Text.Remove(position, Math.Min(removed, Text.Length - position)).Insert(position, inserted.ToString());
                try
                {
                    RecipeFile.Parse(damaged, "damaged");
                }
                catch (RecipeFileException e)
                {
                    Assert.NotEmpty(e.Errors);
                    Assert.All(e.Errors, error => Assert.True(error.Position.Line > 0, error.ToString()));
                }
            },
            iter: 5000);
    }

    private static RecipeFileError[] Errors(string text) =>
        Assert.Throws<RecipeFileException>(() => RecipeFile.Parse(text, "test.yaml")).Errors.ToArray();
}
