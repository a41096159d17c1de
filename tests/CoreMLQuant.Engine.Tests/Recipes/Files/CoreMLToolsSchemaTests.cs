using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Recipes.Files;
using Xunit;

namespace CoreMLQuant.Tests.Recipes.Files;

/// <summary>coremltools' OptimizationConfig is accepted as it is, and means the same.</summary>
public sealed class CoreMLToolsSchemaTests
{
    private static readonly int[] NoBlocks = [];

    [Fact]
    public void Documentation_PalettizationExample_IsRead()
    {
        OptimizationStep step = Step("""
            config_type: OpPalettizerConfig
            global_config:
                mode: kmeans
                nbits: 4
            op_type_configs:
                conv:
                    mode: uniform
                    nbits: 1
            op_name_configs:
                conv_1:
                    mode: unique
            """);

        Assert.Equal(new PalettizationRecipe { BitWidth = 4 }, step.Global);
        Assert.Equal(new PalettizationRecipe { BitWidth = 1, Mode = PalettizationMode.Uniform }, Recipe(step.OpTypes, "conv"));
        Assert.Equal(PalettizationMode.Unique, Assert.IsType<PalettizationRecipe>(Recipe(step.OpNames, "conv_1")).Mode);
    }

    [Fact]
    public void OurKeys_ForNeuralNetworks_AreRead()
    {
        OptimizationStep step = Step("""
            config_type: OpLinearQuantizerConfig
            global_config: { mode: linear, bits: 5, include_bias: true, fold_batch_norm: true }
            op_name_configs:
                head: { int8_matrix_multiply: true }
            op_type_configs:
                innerProduct: { config_type: OpPalettizerConfig, nbits: 7, include_bias: true }
            """);
        LinearQuantizationRecipe linear = Assert.IsType<LinearQuantizationRecipe>(step.Global);
        Assert.Equal((5, true, true), (linear.BitWidth, linear.IncludeBias, linear.FoldBatchNorm));
        Assert.True(Assert.IsType<LinearQuantizationRecipe>(Recipe(step.OpNames, "head")).Int8MatrixMultiply);
        Assert.Equal(new PalettizationRecipe { BitWidth = 7, IncludeBias = true }, Recipe(step.OpTypes, "innerProduct"));
    }

    [Fact]
    public void OurKeys_ForCalibration_AreRead()
    {
        OptimizationStep step = Step("""
            config_type: OpLinearQuantizerConfig
            global_config: { dtype: int4, act_order: false, range_estimator: mean_squared_error }
            op_name_configs:
                head: { method: round_to_nearest, bias_correction: false }
            """);
        Assert.True(step.Global is LinearQuantizationRecipe { ActOrder: false, RangeEstimator: RangeEstimator.MeanSquaredError, Method: CompressionMethod.Calibrated, BiasCorrection: true });
        Assert.True(Recipe(step.OpNames, "head") is LinearQuantizationRecipe { ActOrder: true, Method: CompressionMethod.RoundToNearest, BiasCorrection: false });
    }

    [Fact]
    public void Documentation_PruningExample_IsRead()
    {
        OptimizationStep step = Step("""
            config_type: OpThresholdPrunerConfig
            global_config:
                threshold: 0.01
            op_type_configs:
                conv:
                    config_type: OpMagnitudePrunerConfig
                    n_m_ratio: [3, 4]
            """);

        Assert.Equal(new PruningRecipe { Threshold = 0.01, MinimumSparsity = 0.5 }, step.Global);

        // Three of every four become zero: one stays.
        Assert.Equal(new PruningRecipe { NonZeroRatio = new NonZeroRatio(1, 4) }, Recipe(step.OpTypes, "conv"));
    }

    [Theory]
    [InlineData("OpLinearQuantizerConfig", "")]
    [InlineData("OpLinearQuantizerConfig", "mode: linear_symmetric, dtype: int8, granularity: per_channel, block_size: 32, weight_threshold: 2048")]
    [InlineData("OpPalettizerConfig", "nbits: 8")]
    [InlineData("OpPalettizerConfig", "nbits: 8, mode: kmeans, granularity: per_tensor, group_size: 32, channel_axis: null, cluster_dim: 1, enable_per_channel_scale: False, num_kmeans_workers: 4, weight_threshold: 2048")]
    [InlineData("OpThresholdPrunerConfig", "")]
    [InlineData("OpThresholdPrunerConfig", "threshold: 1e-12, minimum_sparsity_percentile: 0.5, weight_threshold: 2048")]
    [InlineData("OpMagnitudePrunerConfig", "target_sparsity: 0.75")]
    [InlineData("OpMagnitudePrunerConfig", "target_sparsity: 0.75, block_size: null, n_m_ratio: null, dim: null, weight_threshold: 2048")]
    public void Defaults_AreThoseOfCoreMLTools(string type, string keys)
    {
        WeightRecipe expected = type switch
        {
            "OpLinearQuantizerConfig" => new LinearQuantizationRecipe { BitWidth = 8, Mode = QuantizationMode.Symmetric, Granularity = Granularity.PerChannel },
            "OpPalettizerConfig" => new PalettizationRecipe { BitWidth = 8 },
            "OpThresholdPrunerConfig" => new PruningRecipe { Threshold = 1e-12, MinimumSparsity = 0.5 },
            _ => new PruningRecipe { TargetSparsity = 0.75 },
        };

        WeightRecipe actual = Global(type, keys);

        Assert.Equal(2048, actual.MinimumElementCount);
        Assert.False(actual.AllowOpsetUpgrade);
        Assert.Equal(Plain(expected), Plain(actual));
    }

    [Theory]
    [InlineData("dtype: int8", 8, false)]
    [InlineData("dtype: uint8", 8, true)]
    [InlineData("dtype: int4", 4, false)]
    [InlineData("dtype: uint4", 4, true)]
    public void LinearQuantizer_DTypes_AreWidthAndSign(string keys, int bitWidth, bool unsigned)
    {
        var recipe = (LinearQuantizationRecipe)Global("OpLinearQuantizerConfig", keys);
        Assert.Equal((bitWidth, unsigned), (recipe.BitWidth, recipe.Unsigned));
    }

    [Theory]
    [InlineData("mode: linear", QuantizationMode.Affine, Granularity.PerChannel, "32")]
    [InlineData("mode: LINEAR, granularity: per_tensor", QuantizationMode.Affine, Granularity.PerTensor, "32")]
    [InlineData("granularity: per_block", QuantizationMode.Symmetric, Granularity.PerBlock, "32")]
    [InlineData("granularity: per_block, block_size: 16", QuantizationMode.Symmetric, Granularity.PerBlock, "16")]
    [InlineData("granularity: per_block, block_size: [1, 16, 0, 0]", QuantizationMode.Symmetric, Granularity.PerBlock, "1,16,0,0")]
    public void LinearQuantizer_Options_AreRead(string keys, QuantizationMode mode, Granularity granularity, string blockSize)
    {
        var recipe = (LinearQuantizationRecipe)Global("OpLinearQuantizerConfig", keys);
        Assert.Equal((mode, granularity, blockSize), (recipe.Mode, recipe.Granularity, string.Join(",", recipe.BlockSize)));
    }

    [Fact]
    public void Palettizer_Options_AreRead()
    {
        Assert.Equal(
            new PalettizationRecipe { BitWidth = 6, GroupSize = 16, ChannelAxis = 1, MinimumElementCount = 100 },
            Global("OpPalettizerConfig", "nbits: 6, granularity: per_grouped_channel, group_size: 16, channel_axis: 1, weight_threshold: 100"));
        Assert.Equal(new PalettizationRecipe { BitWidth = 2, GroupSize = 32 }, Global("OpPalettizerConfig", "nbits: 2, granularity: per_grouped_channel"));
        Assert.Equal(new PalettizationRecipe { BitWidth = 4, VectorSize = 2 }, Global("OpPalettizerConfig", "nbits: 4, cluster_dim: 2"));
        Assert.Equal(new PalettizationRecipe { BitWidth = 4, PerChannelScale = true }, Global("OpPalettizerConfig", "nbits: 4, enable_per_channel_scale: true"));

        // Both count only with groups, there as here.
        Assert.Equal(new PalettizationRecipe { BitWidth = 4 }, Global("OpPalettizerConfig", "nbits: 4, group_size: 16, channel_axis: 1"));
    }

    [Fact]
    public void MagnitudePruner_Options_AreRead()
    {
        Assert.Equal(new PruningRecipe { TargetSparsity = 0.5, BlockSize = 4, Axis = 1 }, Global("OpMagnitudePrunerConfig", "target_sparsity: 0.5, block_size: 4, dim: 1"));
        Assert.Equal(new PruningRecipe { NonZeroRatio = new NonZeroRatio(2, 4), Axis = 0 }, Global("OpMagnitudePrunerConfig", "n_m_ratio: [2, 4], dim: 0"));
        Assert.Equal(new PruningRecipe { NonZeroRatio = new NonZeroRatio(0, 4) }, Global("OpMagnitudePrunerConfig", "n_m_ratio: [4, 4]"));
        Assert.Equal(new PruningRecipe { TargetSparsity = 1 }, Global("OpMagnitudePrunerConfig", "target_sparsity: 1"));
    }

    [Fact]
    public void Null_LeavesAlone()
    {
        OptimizationStep step = Step("""
            config_type: OpLinearQuantizerConfig
            global_config: {}
            op_type_configs:
              linear: null
              gather:
            op_name_configs: ~
            """);

        Assert.NotNull(step.Global);
        Assert.Equal(["linear", "gather"], step.OpTypes.Select(entry => entry.Pattern.Text));
        Assert.All(step.OpTypes, entry => Assert.Null(entry.Recipe));
        Assert.Empty(step.OpNames);
    }

    [Fact]
    public void EntriesType_GoesBeforeTheStepsType()
    {
        OptimizationStep step = Step("""
            op_name_configs:
              a: {config_type: OpLinearQuantizerConfig}
              b: {config_type: OpPalettizerConfig, nbits: 2}
              c: {config_type: OpMagnitudePrunerConfig, target_sparsity: 0.5}
            """);
        Assert.Equal(
            [typeof(LinearQuantizationRecipe), typeof(PalettizationRecipe), typeof(PruningRecipe)],
            step.OpNames.Select(entry => entry.Recipe!.GetType()));
    }

    [Fact]
    public void NamesAndPatterns_KeepTheirOrder()
    {
        OptimizationStep step = Step("""
            config_type: OpLinearQuantizerConfig
            op_name_configs:
              conv_1: {dtype: int4}
              conv_*: {}
              conv_2:
              "re:^conv": {dtype: uint8}
            """);
        Assert.Equal(["conv_1", "conv_*", "conv_2", "re:^conv"], step.OpNames.Select(entry => entry.Pattern.Text));
    }

    [Fact]
    public void AnchorsAndMergeKeys_AreFollowed()
    {
        OptimizationStep step = Step("""
            config_type: OpPalettizerConfig
            global_config: &base
              nbits: 4
              weight_threshold: 10
            op_type_configs:
              conv: *base
              linear:
                <<: *base
                nbits: 6
            """);
        Assert.Equal(step.Global, Recipe(step.OpTypes, "conv"));
        Assert.Equal(new PalettizationRecipe { BitWidth = 6, MinimumElementCount = 10 }, Recipe(step.OpTypes, "linear"));
    }

    private static OptimizationStep Step(string yaml)
    {
        OptimizationRecipe recipe = RecipeFile.Parse(yaml, "test.yaml");
        Assert.Null(recipe.TargetSize);
        Assert.Null(recipe.MinimumSnr);
        return Assert.Single(recipe.Steps);
    }

    private static WeightRecipe Global(string type, string keys) => Step($"{{config_type: {type}, global_config: {{{keys}}}}}").Global!;

    private static WeightRecipe? Recipe(IReadOnlyList<(NamePattern Pattern, WeightRecipe? Recipe)> entries, string name) =>
        entries.Last(entry => entry.Pattern.IsMatch(name)).Recipe;

    // Lists in records are equal only when they are the same list.
    private static object Plain(WeightRecipe recipe) => recipe is LinearQuantizationRecipe linear
        ? $"{linear with { BlockSize = NoBlocks }} {string.Join(",", linear.BlockSize)}"
        : recipe;
}
