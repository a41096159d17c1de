using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using Xunit;
using static CoreMLQuant.Tests.NeuralNetworks.NetworkModels;
using Image = CoreMLQuant.Tests.NeuralNetworks.ReferenceNetwork.Image;

namespace CoreMLQuant.Tests.NeuralNetworks;

/// <summary>A folded network computes what it computed before, and what cannot be folded stays.</summary>
public class LayerFoldingTests
{
    // Nothing is compressed, so that only folding changes the network.
    private static readonly LinearQuantizationRecipe FoldOnly = new() { FoldBatchNorm = true, MinimumElementCount = long.MaxValue };

    public static TheoryData<int, bool, bool> Convolutions => new()
    {
        { 1, false, false }, { 1, false, true }, { 2, false, true }, { 4, false, false },
        { 1, true, false }, { 1, true, true }, { 2, true, true }, { 4, true, false },
    };

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Fold_ConvolutionOfAnyGroups_ComputesTheSame(int groups, bool isDeconvolution, bool hasBias)
    {
        NeuralNetworkLayer[] layers = [Convolution(groups, isDeconvolution, hasBias), BatchNorm(8), Scale("s", 8, [8, 1, 1]), Bias("b", 8), Scale("one", 1, [1])];
        (Image before, Image after, Model folded, ConversionResult result) = Run(new Image(4, 5, 6, Doubles(4 * 5 * 6)), FoldOnly, layers);
        Assert.Equal(["conv"], folded.NeuralNetwork.Layers.Select(layer => layer.Name));
        Assert.Equal(["y"], folded.NeuralNetwork.Layers[0].Output);
        AssertClose(before, after, 1e-5);
        Assert.Equal(10, result.Weights.Count(weight => weight.Name != "conv/bias"));
        Assert.All(result.Weights.Where(weight => weight.Name.StartsWith("bn/", StringComparison.Ordinal)), weight => Assert.Equal(("Folded", 0L, "folded into 'conv'"), (weight.EncodingAfter, weight.After, weight.Reason)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fold_BeforeQuantizing_QuantizesWhatWasFolded(bool isDeconvolution)
    {
        // One scale for each output channel, whatever group it is in: 8 bits then are close, 8 bits over all would not be.
        NeuralNetworkLayer[] layers = [Convolution(2, isDeconvolution, false), Scale("s", 8, [8])];
        float[] factors = [1, 10, 100, 1000, 1e4f, 1e5f, 1e6f, 1e7f];
        layers[1].Scale.Scale = Floats(factors);
        var recipe = new LinearQuantizationRecipe { Mode = QuantizationMode.Affine, FoldBatchNorm = true, MinimumElementCount = 0 };
        using var scratch = new ScratchFolder();
        string source = Write(scratch.Combine("in.mlmodel"), layers);
        string quantized = EngineRuns.Convert(source, scratch.Combine("out.mlmodel"), recipe).Path;
        using ModelFile file = ModelFile.Open(quantized);
        Assert.Equal("Linear 8-bit", WeightEncodings.Describe(file.GetWeights().First()));
        string expanded = EngineRuns.Convert(quantized, scratch.Combine("expanded.mlmodel"), new ExpansionRecipe()).Path;
        Image input = new(4, 5, 6, Doubles(4 * 5 * 6));
        Image before = Output(source, input), after = Output(expanded, input);
        int plane = before.Height * before.Width;
        for (int channel = 0; channel < 8; channel++)
        {
            double[] left = before.Values.Skip(channel * plane).Take(plane).ToArray(), right = after.Values.Skip(channel * plane).Take(plane).ToArray();
            Assert.True(left.Zip(right).Sum(pair => Math.Pow(pair.First - pair.Second, 2)) < 1e-4 * left.Sum(value => value * value), $"channel {channel}");
        }
    }

    [Fact]
    public void Fold_InnerProduct_ComputesTheSame()
    {
        NeuralNetworkLayer product = new() { Name = "fc", InnerProduct = new InnerProductLayerParams { InputChannels = 12, OutputChannels = 8, Weights = Floats(Random(96)) } };
        (Image before, Image after, Model folded, _) = Run(new Image(12, 1, 1, Doubles(12)), FoldOnly, product, BatchNorm(8), Bias("b", 8));
        Assert.Single(folded.NeuralNetwork.Layers);
        AssertClose(before, after, 1e-5);
    }

    [Fact]
    public void Fold_InnerProductOfAnyRank_OnlyTakesInSingleFactors()
    {
        // From version 4 on its channels are the last axis, and a scale's the third from the end.
        NeuralNetworkLayer Product() => new() { Name = "fc", InnerProduct = new InnerProductLayerParams { InputChannels = 12, OutputChannels = 8, Weights = Floats(Random(96)) } };
        Assert.Equal(["fc", "s"], Layers(4, FoldOnly, Product(), Scale("s", 8, [8])));
        Assert.Equal(["fc"], Layers(3, FoldOnly, Product(), Scale("s", 8, [8])));
        Assert.Equal(["fc"], Layers(4, FoldOnly, Product(), Scale("s", 1, [1])));
    }

    [Fact]
    public void Fold_Float16AndQuantizedSources_AreFolded()
    {
        NeuralNetworkLayer[] layers = [Convolution(2, true, true), BatchNorm(8)];
        using var scratch = new ScratchFolder();
        string half = EngineRuns.Convert(Write(scratch.Combine("in.mlmodel"), layers), scratch.Combine("half.mlmodel"), new Float16Recipe()).Path;
        string widened = EngineRuns.Convert(half, scratch.Combine("widened.mlmodel"), new ExpansionRecipe { Precision = ExpansionPrecision.Float32 }).Path;
        string folded = EngineRuns.Convert(half, scratch.Combine("folded.mlmodel"), FoldOnly).Path;
        Image input = new(4, 5, 6, Doubles(120));
        AssertClose(Output(widened, input), Output(folded, input), 1e-5);
        Assert.Single(Layers(folded));
    }

    [Fact]
    public void Fold_WhatSomethingElseSees_Stays()
    {
        string[] Names(Action<Model> edit, params NeuralNetworkLayer[] layers)
        {
            using var scratch = new ScratchFolder();
            string source = Edit(Write(scratch.Combine("plain.mlmodel"), layers), scratch.Combine("in.mlmodel"), edit);
            return Layers(EngineRuns.Convert(source, scratch.Combine("out.mlmodel"), FoldOnly).Path);
        }

        NeuralNetworkLayer[] Pair() => [Convolution(1, false, true), BatchNorm(8)];
        Assert.Equal(["conv"], Names(_ => { }, Pair()));
        Assert.Equal(["conv", "bn"], Names(model => model.Description.Output.Add(new FeatureDescription { Name = "v1" }), Pair()));
        Assert.Equal(["conv", "bn", "relu"], Names(model => model.NeuralNetwork.Layers[2].Input[0] = "v1", [.. Pair(), Relu()]));
        Assert.Equal(["conv", "bn", "relu"], Names(model => model.NeuralNetwork.Layers[2].Output[0] = "v1", [.. Pair(), Relu()]));
        Assert.Equal(["conv", "relu", "bn"], Names(_ => { }, Convolution(1, false, true), Relu(), BatchNorm(8)));
        Assert.Equal(["conv", "bn"], Names(model => model.NeuralNetwork.Layers[1].Batchnorm.InstanceNormalization = true, Pair()));
        Assert.Equal(["conv", "bn"], Names(model => model.NeuralNetwork.Layers[1].Batchnorm.ComputeMeanVar = true, Pair()));
        Assert.Equal(["conv", "bn"], Names(model => model.NeuralNetwork.Layers[1].IsUpdatable = true, Pair()));
        Assert.Equal(["conv", "bn"], Names(model => model.NeuralNetwork.Layers[0].IsUpdatable = true, Pair()));
        Assert.Equal(["conv", "bn"], Names(model => model.NeuralNetwork.Layers[1].Batchnorm.Variance = Floats(Enumerable.Repeat(-1f, 8).ToArray()), Pair()));
        Assert.Equal(["conv", "bn"], Names(model => model.NeuralNetwork.Layers[1].Batchnorm.Gamma = Floats(Enumerable.Repeat(3e38f, 8).ToArray()), Pair()));
        Assert.Equal(["conv", "s"], Names(_ => { }, Convolution(1, false, true), Scale("s", 8 * 4, [8, 2, 2])));

        // A branch reads the blob by its name.
        Assert.Equal(["conv", "bn", "br"], Names(
            model => model.NeuralNetwork.Layers[2].Branch.IfBranch.Layers[0].Input.Add("v1"),
            [.. Pair(), new NeuralNetworkLayer { Name = "br", Branch = new BranchLayerParams { IfBranch = new NeuralNetwork { Layers = { Relu() } } } }]));

        // A loop looks at the blob after each turn.
        Assert.Equal(["conv", "bn", "lp"], Names(
            _ => { },
            [.. Pair(), new NeuralNetworkLayer { Name = "lp", Loop = new LoopLayerParams { ConditionVar = "v1", BodyNetwork = new NeuralNetwork() } }]));
    }

    [Fact]
    public void Fold_OutputThatIsKnownInBetween_Stays()
    {
        using var scratch = new ScratchFolder();
        string source = Edit(
            Write(scratch.Combine("plain.mlmodel"), Convolution(1, false, true), Relu(), BatchNorm(8)),
            scratch.Combine("in.mlmodel"),
            model =>
            {
                // conv -> c, relu: y -> r (y from the turn before, in a loop), bn: c -> y
                model.NeuralNetwork.Layers[0].Output[0] = "c";
                model.NeuralNetwork.Layers[1].Input[0] = "y";
                model.NeuralNetwork.Layers[1].Output[0] = "r";
                model.NeuralNetwork.Layers[2].Input[0] = "c";
                model.NeuralNetwork.Layers[2].Output[0] = "y";
                model.Description.Output.Clear();
            });
        Assert.Equal(["conv", "relu", "bn"], Layers(EngineRuns.Convert(source, scratch.Combine("out.mlmodel"), FoldOnly).Path));
    }

    [Fact]
    public void Fold_Patterns_ChooseLayersAndKeepThoseExcluded()
    {
        NeuralNetworkLayer[] Pair() => [Convolution(1, false, true), BatchNorm(8)];
        Assert.Equal(["conv", "bn"], Layers(1, FoldOnly with { Exclude = NamePatterns.Parse(["conv"]) }, Pair()));
        Assert.Equal(["conv", "bn"], Layers(1, FoldOnly with { Exclude = NamePatterns.Parse(["batchnorm"]) }, Pair()));
        Assert.Equal(["conv"], Layers(1, FoldOnly with { Include = NamePatterns.Parse(["convolution"]) }, Pair()));
        Assert.Equal(["conv", "bn"], Layers(1, FoldOnly with { FoldBatchNorm = false }, Pair()));
    }

    [Fact]
    public void Fold_InsideNestedNetworks_Folds()
    {
        using var scratch = new ScratchFolder();
        NeuralNetworkLayer conv = Convolution(1, false, true), norm = BatchNorm(8);
        conv.Input.Add("x");
        conv.Output.Add("c");
        norm.Input.Add("c");
        norm.Output.Add("y");
        var branch = new NeuralNetworkLayer { Name = "br", Branch = new BranchLayerParams { IfBranch = new NeuralNetwork { Layers = { conv, norm } } } };
        string path = EngineRuns.Convert(Write(scratch.Combine("in.mlmodel"), 4, branch), scratch.Combine("out.mlmodel"), FoldOnly).Path;
        NeuralNetworkLayer left = Assert.Single(Model.Parser.ParseFrom(File.ReadAllBytes(path)).NeuralNetwork.Layers[0].Branch.IfBranch.Layers);
        Assert.Equal(("conv", "y"), (left.Name, left.Output[0]));
    }

    private static (Image Before, Image After, Model Folded, ConversionResult Result) Run(Image input, WeightRecipe recipe, params NeuralNetworkLayer[] layers)
    {
        using var scratch = new ScratchFolder();
        string source = Write(scratch.Combine("in.mlmodel"), layers);
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlmodel"), recipe);
        return (Output(source, input), Output(result.Path, input), Model.Parser.ParseFrom(File.ReadAllBytes(result.Path)), result);
    }

    private static Image Output(string path, Image input) =>
        ReferenceNetwork.Run(Model.Parser.ParseFrom(File.ReadAllBytes(path)).NeuralNetwork.Layers, "x", input)["y"];

    private static string[] Layers(int version, WeightRecipe recipe, params NeuralNetworkLayer[] layers)
    {
        using var scratch = new ScratchFolder();
        return Layers(EngineRuns.Convert(Write(scratch.Combine("in.mlmodel"), version, layers), scratch.Combine("out.mlmodel"), recipe).Path);
    }

    private static string[] Layers(string path) => Model.Parser.ParseFrom(File.ReadAllBytes(path)).NeuralNetwork.Layers.Select(layer => layer.Name).ToArray();

    private static void AssertClose(Image before, Image after, double tolerance)
    {
        Assert.Equal((before.Channels, before.Height, before.Width), (after.Channels, after.Height, after.Width));
        double largest = before.Values.Max(Math.Abs);
        Assert.True(largest > 0);
        Assert.All(before.Values.Zip(after.Values), pair => Assert.Equal(pair.First, pair.Second, tolerance * largest));
    }

    /// <summary>4 channels to 8, 3 by 2.</summary>
    private static NeuralNetworkLayer Convolution(int groups, bool isDeconvolution, bool hasBias)
    {
        var layer = new ConvolutionLayerParams
        {
            OutputChannels = 8,
            KernelChannels = isDeconvolution ? 4UL : (ulong)(4 / groups),
            NGroups = (ulong)groups,
            KernelSize = { 3, 2 },
            IsDeconvolution = isDeconvolution,
            HasBias = hasBias,
            Weights = Floats(Random(4 * 8 * 6 / groups)),
        };
        layer.Bias = hasBias ? Floats(Random(8, 2)) : null;
        return new NeuralNetworkLayer { Name = "conv", Convolution = layer };
    }

    private static NeuralNetworkLayer BatchNorm(int channels) => new()
    {
        Name = "bn",
        Batchnorm = new BatchnormLayerParams
        {
            Channels = (ulong)channels,
            Gamma = Floats(Random(channels, 3)),
            Beta = Floats(Random(channels, 4)),
            Mean = Floats(Random(channels, 5)),
            Variance = Floats(Random(channels, 6).Select(value => value * value).ToArray()),
        },
    };

    private static NeuralNetworkLayer Scale(string name, int count, ulong[] shape) => new()
    {
        Name = name,
        Scale = new ScaleLayerParams { ShapeScale = { shape }, Scale = Floats(Random(count, 7)), HasBias = true, ShapeBias = { shape }, Bias = Floats(Random(count, 8)) },
    };

    private static NeuralNetworkLayer Bias(string name, int count) =>
        new() { Name = name, Bias = new BiasLayerParams { Shape = { (ulong)count, 1, 1 }, Bias = Floats(Random(count, 9)) } };

    private static NeuralNetworkLayer Relu() => new() { Name = "relu", Activation = new ActivationParams { ReLU = Google.Protobuf.ByteString.Empty } };

    private static double[] Doubles(int count) => Array.ConvertAll(Random(count, 10), value => (double)value);
}
