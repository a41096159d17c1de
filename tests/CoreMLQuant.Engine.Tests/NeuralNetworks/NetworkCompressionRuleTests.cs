using System;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using Xunit;
using static CoreMLQuant.Tests.NeuralNetworks.NetworkModels;

namespace CoreMLQuant.Tests.NeuralNetworks;

/// <summary>What compression leaves alone in a NeuralNetwork, and why; what it writes where the format has rules.</summary>
public class NetworkCompressionRuleTests
{
    private static readonly LinearQuantizationRecipe Affine8 = new() { Mode = QuantizationMode.Affine, MinimumElementCount = 0 };

    [Fact]
    public void Compress_BiasesAndNormalizations_StayUnlessTheyAreIncluded()
    {
        NeuralNetworkLayer[] Layers() =>
        [
            InnerProduct("fc", Floats(Random(200)), Floats(Random(1))),
            new() { Name = "bn", Batchnorm = new BatchnormLayerParams { Channels = 64, Gamma = Floats(Random(64)), Beta = Floats(Random(64)), Mean = Floats(Random(64)), Variance = Floats(Random(64)) } },
            new() { Name = "s", Scale = new ScaleLayerParams { ShapeScale = { 64 }, Scale = Floats(Random(64)) } },
        ];
        const string Stays = "biases and vectors are compressed only with -IncludeBias";
        ConversionResult without = Convert(Affine8, Layers());
        Assert.Equal(["", Stays, Stays, Stays, Stays, Stays, Stays], without.Weights.Select(weight => weight.Reason));
        Assert.Equal("Linear 8-bit", without.Weights[0].EncodingAfter);
        ConversionResult with = Convert(Affine8 with { IncludeBias = true }, Layers());
        Assert.Equal(["fc/bias: skipped, would take 9 bytes instead of 4"], with.Weights.Where(weight => weight.Action == nameof(WeightAction.Skip)).Select(weight => weight.ToString()));
    }

    [Fact]
    public void Compress_MinimumElementCount_IsStrictlyMore()
    {
        NeuralNetworkLayer[] Layers() => [InnerProduct("a", Floats(Random(2048))), InnerProduct("b", Floats(Random(2049)))];
        Assert.Equal(
            ["has 2048 values; only weights with more than 2048 are compressed", string.Empty],
            Convert(new LinearQuantizationRecipe(), Layers()).Weights.Select(weight => weight.Reason));
    }

    [Fact]
    public void Compress_LayersThatTakeFloats_AreLeftWithTheReason()
    {
        float[] values = Random(100);
        NeuralNetworkLayer updatable = InnerProduct("updatable", Floats(values));
        updatable.IsUpdatable = true;
        ConversionResult result = Convert(
            Affine8 with { IncludeBias = true },
            new NeuralNetworkLayer { Name = "norm", LayerNormalization = new LayerNormalizationLayerParams { Gamma = Floats(values) } },
            new NeuralNetworkLayer { Name = "conv3d", Convolution3D = new Convolution3DLayerParams { OutputChannels = 4, InputChannels = 25, KernelDepth = 1, KernelHeight = 1, KernelWidth = 1, Weights = Floats(values) } },
            new NeuralNetworkLayer { Name = "custom", Custom = new CustomLayerParams { ClassName = "C", Weights = { Floats(values) } } },
            new NeuralNetworkLayer { Name = "prelu", Activation = new ActivationParams { PReLU = new ActivationPReLU { Alpha = Floats(values) } } },
            updatable,
            InnerProduct("infinite", Floats([.. values, float.PositiveInfinity])),
            InnerProduct("mask", Floats([.. values, float.MinValue])),
            InnerProduct("odd", Floats(values)));
        Assert.Equal(
            [
                "layerNormalization supports only FP32",
                "convolution3d does not support compressed weights",
                "the meaning of a custom layer's weights is unknown",
                "its layer does not specify the number of values, which codes require",
                "the layer is updatable, and training requires FP32",
                "contains infinities or NaN, which cannot be compressed",
                "contains magnitudes of 1E+38 or more, so even steps would lose all other values",
                string.Empty,
            ],
            result.Weights.Select(weight => weight.Reason));
    }

    [Fact]
    public void Compress_UpdatableModel_LeavesTheLayersThatAreTrained()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("nn_updatable", "fp32.mlmodel");
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlmodel"), Affine8 with { IncludeBias = true });
        using ModelFile model = ModelFile.Open(source);
        string[] trained = CoreMLQuant.NeuralNetworks.NetworkLayers.All(CoreMLQuant.NeuralNetworks.NetworkLayers.Of(model.Specification)!)
            .Where(layer => layer.IsUpdatable).Select(layer => layer.Name).ToArray();
        Assert.NotEmpty(trained);
        foreach (WeightResult weight in result.Weights)
        {
            bool isTrained = trained.Contains(weight.Name.Split('/')[0]);
            Assert.Equal(isTrained, weight.Reason == "the layer is updatable, and training requires FP32");
            Assert.True(isTrained ? weight.Action == nameof(WeightAction.Skip) : weight.Action == nameof(WeightAction.Convert) || weight.Reason.Contains("bytes instead of"), weight.Reason);
        }
    }

    [Fact]
    public void Compress_ValuesThatContradictTheLayer_AreLeft()
    {
        NeuralNetworkLayer layer = InnerProduct("fc", Floats(Random(100)));
        layer.InnerProduct.InputChannels = 99;
        Assert.Equal(["has 100 values, but its layer expects 99"], Convert(Affine8, layer).Weights.Select(weight => weight.Reason));
    }

    [Fact]
    public void Compress_LoadedWholeNumbers_AreNotRounded()
    {
        NeuralNetworkLayer Constant(params float[] values) => new() { Name = "c", LoadConstantND = new LoadConstantNDLayerParams { Shape = { (ulong)values.Length }, Data = Floats(values) } };
        float[] indices = Enumerable.Range(0, 300).Select(i => (float)i).ToArray(), few = indices.Select(i => i % 7).ToArray(), mask = indices.Select(i => i % 2).ToArray();
        Assert.Equal("contains only whole numbers, up to 299, which may be indices and must not be rounded", Assert.Single(Convert(Affine8, Constant(indices)).Weights).Reason);
        Assert.Equal("Linear 8-bit", Assert.Single(Convert(Affine8, Constant(mask)).Weights).EncodingAfter);
        Assert.Equal("Linear 8-bit", Assert.Single(Convert(Affine8, Constant(Random(300))).Weights).EncodingAfter);

        // A table of the values themselves loses nothing: 7 of them take 3 bits.
        using var scratch = new ScratchFolder();
        ConversionResult unique = EngineRuns.Convert(
            Write(scratch.Combine("in.mlmodel"), Constant(few)), scratch.Combine("out.mlmodel"), new PalettizationRecipe { Mode = PalettizationMode.Unique, MinimumElementCount = 0 });
        Assert.Equal("Palettized 3-bit", Assert.Single(unique.Weights).EncodingAfter);
        Assert.Equal(few, Values(unique.Path)["c/data"]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(17, 5)]
    [InlineData(65, 7)]
    [InlineData(256, 8)]
    [InlineData(257, 0)]
    public void Unique_TakesTheSmallestWidth(int distinct, int bits)
    {
        float[] values = Enumerable.Range(0, 4000).Select(i => (i % distinct) * 0.37f).ToArray();
        using var scratch = new ScratchFolder();
        WeightResult weight = Assert.Single(EngineRuns.Convert(
            Write(scratch.Combine("in.mlmodel"), InnerProduct("fc", Floats(values))), scratch.Combine("out.mlmodel"), new PalettizationRecipe { Mode = PalettizationMode.Unique }).Weights);
        Assert.Equal(bits == 0 ? "has more than 256 distinct values" : $"Palettized {bits}-bit", bits == 0 ? weight.Reason : weight.EncodingAfter);
        if (bits > 0)
        {
            Assert.Equal(values, Values(scratch.Combine("out.mlmodel"))["fc/weights"]);
        }
    }

    [Fact]
    public void Custom_Function_GetsTheValuesAndItsTableIsWritten()
    {
        float[] values = Random(1000);
        var recipe = new PalettizationRecipe
        {
            Mode = PalettizationMode.Custom,
            BitWidth = 3,
            MinimumElementCount = 0,
            LookupTableFunction = (given, bits) =>
            {
                Assert.Equal((values.Length, 3), (given.Count, bits));
                return new CustomLookupTable([-1, 1], given.Select(value => value < 0 ? 0 : 1).ToArray());
            },
        };
        using var scratch = new ScratchFolder();
        EngineRuns.Convert(Write(scratch.Combine("in.mlmodel"), InnerProduct("fc", Floats(values))), scratch.Combine("out.mlmodel"), recipe);
        Assert.Equal(values.Select(value => value < 0 ? -1f : 1f), Values(scratch.Combine("out.mlmodel"))["fc/weights"]);
    }

    [Fact]
    public void Compress_WhatIsCompressed_IsDecodedFirstUnlessItHasTheEncoding()
    {
        using var scratch = new ScratchFolder();
        string source = Write(scratch.Combine("in.mlmodel"), InnerProduct("fc", Floats(Random(3000)), Floats(1)));
        string half = EngineRuns.Convert(source, scratch.Combine("half.mlmodel"), new Float16Recipe()).Path;
        string eight = EngineRuns.Convert(half, scratch.Combine("eight.mlmodel"), new LinearQuantizationRecipe()).Path;
        ConversionResult again = EngineRuns.Convert(eight, scratch.Combine("again.mlmodel"), Affine8);
        ConversionResult four = EngineRuns.Convert(eight, scratch.Combine("four.mlmodel"), new PalettizationRecipe());
        ConversionResult wider = EngineRuns.Convert(four.Path, scratch.Combine("wider.mlmodel"), new LinearQuantizationRecipe());
        ConversionResult same = EngineRuns.Convert(four.Path, scratch.Combine("same.mlmodel"), new PalettizationRecipe { Mode = PalettizationMode.Uniform });
        Assert.Equal("is already Linear 8-bit", again.Weights[0].Reason);
        Assert.Equal(string.Empty, four.Weights[0].Reason);
        Assert.Equal(("Linear 8-bit", "Palettized 4-bit"), (four.Weights[0].EncodingBefore, four.Weights[0].EncodingAfter));
        Assert.Equal("would take 3008 bytes instead of 1564", wider.Weights[0].Reason);
        Assert.Equal("is already Palettized 4-bit", same.Weights[0].Reason);

        // The error that is told is that of the second step, against what the first had left.
        float[] before = Values(eight)["fc/weights"], after = Values(four.Path)["fc/weights"];
        Assert.Equal(before.Zip(after).Sum(pair => Math.Pow((double)pair.First - pair.Second, 2)), four.Weights[0].Error!.NoiseEnergy, 1e-6);

        // The FP16 bias stays beside it.
        Assert.Equal("Float16", four.Weights[1].EncodingAfter);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Linear_GroupedDeconvolution_HasAScaleForEachOutputChannel(int groups)
    {
        // Each output channel has a range of its own; with too few scales the small ones would vanish.
        (int inputs, int outputs) = (8, 8);
        int perGroup = outputs / groups;
        float[] values = Random(inputs * perGroup * 9);
        for (int i = 0; i < values.Length; i++)
        {
            int input = i / (perGroup * 9), output = (input / (inputs / groups) * perGroup) + (i / 9 % perGroup);
            values[i] *= (float)Math.Pow(10, -output);
        }

        var layer = new NeuralNetworkLayer
        {
            Name = "d",
            Convolution = new ConvolutionLayerParams { OutputChannels = 8, KernelChannels = 8, NGroups = (ulong)groups, KernelSize = { 3, 3 }, IsDeconvolution = true, Weights = Floats(values) },
        };
        using var scratch = new ScratchFolder();
        WeightResult result = EngineRuns.Convert(Write(scratch.Combine("in.mlmodel"), layer), scratch.Combine("out.mlmodel"), Affine8).Weights[0];
        using ModelFile file = ModelFile.Open(scratch.Combine("out.mlmodel"));
        LinearQuantizationParams linear = file.Specification.NeuralNetwork.Layers[0].Convolution.Weights.Quantization.LinearQuantization;
        Assert.Equal((32, 32), (linear.Scale.Length, linear.Bias.Length));
        Assert.All(values.Zip(Values(file.Path)["d/weights"]), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 0.01 * Math.Abs(pair.First) + 1e-7 || Math.Abs(pair.First - pair.Second) < 0.01 * values.Max(Math.Abs)));
        Assert.True(result.Snr > 40);
    }

    [Fact]
    public void Int8Product_WritesSignedIntegersWithOneScale()
    {
        float[] values = [1f, -0.5f, 0.25f, 0.0039f, .. Random(96, 5, 0.3f)];
        NeuralNetworkLayer matrix = new() { Name = "bmm", BatchedMatmul = new BatchedMatMulLayerParams { WeightMatrixFirstDimension = 10, WeightMatrixSecondDimension = 10, Weights = Floats(values) } };
        using var scratch = new ScratchFolder();
        string source = Edit(
            Write(scratch.Combine("plain.mlmodel"), 4, InnerProduct("fc", Floats(values), Floats(1)), matrix, new NeuralNetworkLayer { Name = "conv", Convolution = new ConvolutionLayerParams { OutputChannels = 2, KernelChannels = 50, KernelSize = { 1, 1 }, Weights = Floats(values) } }),
            scratch.Combine("in.mlmodel"),
            model => model.NeuralNetwork.ArrayInputShapeMapping = 1);
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlmodel"), new LinearQuantizationRecipe { Int8MatrixMultiply = true, MinimumElementCount = 0 });
        Assert.Equal(5, result.SpecificationVersionAfter);
        using ModelFile file = ModelFile.Open(result.Path);
        NeuralNetworkLayer[] layers = file.Specification.NeuralNetwork.Layers.ToArray();
        Assert.True(layers[0].InnerProduct.Int8DynamicQuantize && layers[1].BatchedMatmul.Int8DynamicQuantize);
        foreach (WeightParams weight in new[] { layers[0].InnerProduct.Weights, layers[1].BatchedMatmul.Weights })
        {
            Assert.Equal(Packed(1f / 127), weight.Quantization.LinearQuantization.Scale);
            Assert.True(weight.Quantization.LinearQuantization.Bias.IsEmpty && weight.RawValue.IsEmpty && weight.FloatValue.IsEmpty);
            Assert.Equal(8UL, weight.Quantization.NumberOfBits);

            // Rounded to nearest: -63.5 to even, and 0.4953 to 0; coremltools cuts off.
            Assert.Equal([127, unchecked((byte)-64), 32, 0], weight.Int8RawValue.Take(4));
        }

        Assert.False(layers[2].Convolution.Weights.RawValue.IsEmpty);
        ConversionResult four = EngineRuns.Convert(result.Path, scratch.Combine("four.mlmodel"), new PalettizationRecipe { BitWidth = 2, MinimumElementCount = 0 });
        using ModelFile floats = ModelFile.Open(four.Path);
        Assert.False(floats.Specification.NeuralNetwork.Layers[0].InnerProduct.Int8DynamicQuantize);
    }

    [Fact]
    public void Int8Product_WhereShapesAreNotExact_OnlyStoresIntegers()
    {
        ConversionResult result = Convert(new LinearQuantizationRecipe { Int8MatrixMultiply = true, MinimumElementCount = 0 }, InnerProduct("fc", Floats(Random(100))));
        Assert.StartsWith("Int8 matrix multiplication requires exact input shapes", result.Weights[0].Reason, StringComparison.Ordinal);
        Assert.Equal((nameof(WeightAction.Convert), 3), (result.Weights[0].Action, result.SpecificationVersionAfter));
    }

    [Fact]
    public void Compress_Pruning_LeavesEveryWeightWithTheReason()
    {
        ConversionResult result = Convert(new PruningRecipe { TargetSparsity = 0.5 }, InnerProduct("fc", Floats(Random(3000))));
        Assert.Equal((nameof(ConversionStatus.Unchanged), "a NeuralNetwork does not support pruned weights"), (result.Status, result.Weights[0].Reason));
    }

    [Theory]
    [InlineData(4, QuantizationMode.Symmetric)]
    [InlineData(8, QuantizationMode.Affine)]
    public void Validate_Int8Product_TakesEightSymmetricBits(int bits, QuantizationMode mode) =>
        Assert.Throws<RecipeException>(() => new LinearQuantizationRecipe { Int8MatrixMultiply = true, BitWidth = bits, Mode = mode }.Validate());

    private static ConversionResult Convert(CompressionRecipe recipe, params NeuralNetworkLayer[] layers)
    {
        using var scratch = new ScratchFolder();
        return EngineRuns.Convert(Write(scratch.Combine("in.mlmodel"), layers), scratch.Combine("out.mlmodel"), recipe);
    }
}
