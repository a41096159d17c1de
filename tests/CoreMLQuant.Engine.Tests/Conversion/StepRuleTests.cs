using System;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tests.Mil;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Pruning, and steps that follow each other on the same weight: what is stored, and what is left with a reason.</summary>
public class StepRuleTests
{
    [Fact]
    public void Compress_InSteps_WorksOnAWeightOfSeveralTiles()
    {
        using var scratch = new ScratchFolder();
        float[] values = LinearPrograms.Random(300 * 1024);
        string source = LinearPrograms.Write(scratch, ("w", values, [300, 1024]));
        foreach (WeightRecipe second in new WeightRecipe[] { new LinearQuantizationRecipe { BitWidth = 4 }, new PalettizationRecipe { BitWidth = 3 }, new LinearQuantizationRecipe() })
        {
            string output = scratch.Combine(second.Description + ".mlpackage");
            ConversionResult result = EngineRuns.Convert(source, output, new OptimizationRecipe
            {
                Steps = [new OptimizationStep { Global = new PruningRecipe { TargetSparsity = 0.7 } }, new OptimizationStep { Global = second }],
            });
            float[] decoded = DecodedWeights.Of(output)["/main/w"];
            Assert.True(decoded.Count(value => value == 0) >= 0.7 * values.Length);
            double error = DecodedWeights.Error(values, decoded);
            Assert.Equal(error, result.Weights[0].Error!.NoiseEnergy, 1e-6 * error);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Prune_WhereTheSparseFormIsLarger_StoresTheZerosAsValues(bool isHalf)
    {
        DataType type = isHalf ? DataType.Float16 : DataType.Float32;
        using var scratch = new ScratchFolder();
        float[] values = LinearPrograms.Random(4096);
        Value stored = ConstexprPrograms.Tensor(type, [64, 64], values.Select(value => (double)value).ToArray());
        string source = new MilModelBuilder(8).Input("x", type).Const("w", stored).Op("linear", "y", type, ("x", "x"), ("weight", "w")).Output("y").Write(scratch);
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), new PruningRecipe { TargetSparsity = 0.01 });
        WeightResult weight = Assert.Single(result.Weights);
        Assert.Equal((nameof(WeightAction.Convert), type.ToString()), (weight.Action, weight.EncodingAfter));
        Assert.Contains("stored uncompressed with its zeros: pruned to 1 % zeros, it would take", weight.Reason);
        float[] before = DecodedWeights.Of(source)["/main/w"], after = DecodedWeights.Of(result.Path)["/main/w"];
        Assert.Equal(40, after.Count(value => value == 0));
        Assert.Equal(weight.Error!.NoiseEnergy, DecodedWeights.Error(before, after), 1e-9);
    }

    [Fact]
    public void Prune_CompressedWeightThatGrows_KeepsTheZeros()
    {
        using var scratch = new ScratchFolder();
        string quantized = EngineRuns.Convert(LinearPrograms.Write(scratch, ("w", LinearPrograms.Random(4096), [64, 64])), scratch.Combine("quantized.mlpackage"), new LinearQuantizationRecipe()).Path;
        ConversionResult result = EngineRuns.Convert(quantized, scratch.Combine("out.mlpackage"), new PruningRecipe { TargetSparsity = 0.05 });
        Assert.Contains("bytes instead of", Assert.Single(result.Weights).Reason);
        Assert.True(DecodedWeights.Of(result.Path)["/main/w"].Count(value => value == 0) >= 204);
    }

    [Fact]
    public void Prune_WeightThatHasItsZeros_IsLeftWhenNothingIsSaved()
    {
        using var scratch = new ScratchFolder();
        float[] values = LinearPrograms.Random(4096);
        values.AsSpan(0, 40).Clear();
        using ModelFile model = ModelFile.Open(LinearPrograms.Write(scratch, ("w", values, [64, 64])));
        CompressionPlan plan = ModelCompressor.Plan(model, new PruningRecipe { Threshold = 0, MinimumSparsity = 0 });
        Assert.Contains("bytes instead of", Assert.Single(plan.Weights).Reason);
        Assert.False(plan.HasChanges);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Prune_AllValues_LeavesZeros(bool isQuantized)
    {
        using var scratch = new ScratchFolder();
        string source = LinearPrograms.Write(scratch, ("w", LinearPrograms.Random(4096), [64, 64]));
        source = isQuantized ? EngineRuns.Convert(source, scratch.Combine("quantized.mlpackage"), new LinearQuantizationRecipe { Mode = QuantizationMode.Affine }).Path : source;
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), new PruningRecipe { TargetSparsity = 1 });
        Assert.Equal("all values become zero", Assert.Single(result.Weights).Reason);
        Assert.All(DecodedWeights.Of(result.Path)["/main/w"], value => Assert.Equal(0, value));
    }

    [Fact]
    public void Steps_OnWhatBecomesZero_SayThatNothingIsLeft()
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(LinearPrograms.Write(scratch, ("w", LinearPrograms.Random(4096), [64, 64])), scratch.Combine("out.mlpackage"), new OptimizationRecipe
        {
            Steps = [new OptimizationStep { Global = new PruningRecipe { TargetSparsity = 1 } }, new OptimizationStep { Global = new LinearQuantizationRecipe() }],
        });
        Assert.Contains("the other steps do not apply", Assert.Single(result.Weights).Reason);
        Assert.All(DecodedWeights.Of(result.Path)["/main/w"], value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    public void Steps_QuantizeThenPalettize_GiveTablesOfIntegers(int opset)
    {
        using var scratch = new ScratchFolder();
        float[] values = LinearPrograms.Random(64 * 256);
        string source = new MilModelBuilder(opset).Input("x").Const("w", LinearPrograms.Value(values, [64, 256])).Op("linear", "y", ("x", "x"), ("weight", "w")).Output("y").Write(scratch);
        foreach (LinearQuantizationRecipe quantization in new[] { new LinearQuantizationRecipe(), new LinearQuantizationRecipe { Mode = QuantizationMode.Affine, Granularity = Granularity.PerTensor } })
        {
            string output = scratch.Combine(quantization.Description + ".mlpackage");
            ConversionResult result = EngineRuns.Convert(source, output, new OptimizationRecipe
            {
                Steps = [new OptimizationStep { Global = quantization }, new OptimizationStep { Global = new PalettizationRecipe { BitWidth = 4, GroupSize = 16 } }],
            });
            using ModelFile model = ModelFile.Open(output);
            WeightResult weight = Assert.Single(result.Weights);
            Assert.Equal((nameof(WeightAction.Convert), string.Empty), (weight.Action, weight.Reason));
            Assert.Equal(opset < 9 ? "lut_to_dense < blockwise_shift_scale" : "blockwise_shift_scale < lut_to_dense", DecodedWeights.Nest(model, "w"));
            Assert.Equal(weight.Error!.NoiseEnergy, DecodedWeights.Error(values, DecodedWeights.Of(model)["/main/w"]), 1e-6);
            Assert.True(weight.Snr > 18);
        }
    }

    [Fact]
    public void Steps_QuantizeThenPalettizeWhatIsPruned_AreRefused()
    {
        using var scratch = new ScratchFolder();
        using ModelFile model = ModelFile.Open(LinearPrograms.Write(scratch, ("w", LinearPrograms.Random(4096), [64, 64])));
        Assert.Contains("pruned weight cannot be palettized", Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, new OptimizationRecipe
        {
            Steps = [.. new WeightRecipe[] { new PruningRecipe { TargetSparsity = 0.5 }, new LinearQuantizationRecipe(), new PalettizationRecipe() }.Select(recipe => new OptimizationStep { Global = recipe })],
        })).Message);
    }

    [Fact]
    public void Prune_RatioOfAnyOperation_IsForNamedWeights()
    {
        using var scratch = new ScratchFolder();
        using ModelFile model = ModelFile.Open(new MilModelBuilder(8).Input("x").Const("w", LinearPrograms.Value(LinearPrograms.Random(4096), [64, 64])).Op("add", "y", ("x", "x"), ("y", "w")).Output("y").Write(scratch));
        WeightPlan Plan(OptimizationStep step) => Assert.Single(ModelCompressor.Plan(model, new OptimizationRecipe { Steps = [step] }).Weights);

        var half = new PruningRecipe { NonZeroRatio = new NonZeroRatio(1, 4) };
        Assert.Contains("conv and linear", Plan(new OptimizationStep { Global = half }).Reason);
        Assert.Contains("conv and linear", Plan(new OptimizationStep { OpTypes = [(new NamePattern("add"), half)] }).Reason);
        Assert.Equal(WeightAction.Convert, Plan(new OptimizationStep { OpNames = [(new NamePattern("w"), half)] }).Action);
        Assert.Equal(WeightAction.Convert, Plan(new OptimizationStep { OpNames = [(new NamePattern("y"), half)] }).Action);
    }

    [Fact]
    public void Prune_ExactCount_WhateverTheTies()
    {
        using var scratch = new ScratchFolder();
        float[] values = Enumerable.Range(0, 4096).Select(i => (float)((i % 5) - 2)).ToArray();
        string source = LinearPrograms.Write(scratch, ("w", values, [64, 64]));
        EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), new PruningRecipe { TargetSparsity = 0.37 });
        Assert.Equal((int)(0.37 * 4096), DecodedWeights.Of(scratch.Combine("out.mlpackage"))["/main/w"].Count(value => value == 0));
    }
}
