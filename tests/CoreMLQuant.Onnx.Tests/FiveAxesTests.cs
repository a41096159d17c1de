using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;
using Xunit;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>Layers of networks whose blobs have five axes, and what loops skip, with numbers worked out by hand.</summary>
public sealed class FiveAxesTests
{
    private static readonly double[] Image = [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [InlineData(0, 0, new[] { 36.0 })]
    [InlineData(1, 1, new[] { 2.5, 6.5 })]
    [InlineData(7, 2, new[] { 5.0, 6, 7, 8 })]
    [InlineData(9, 4, new[] { 1.0, 1, 1, 1 })]
    public void Reduce_NumberedAxes_AreChannelsHeightAndWidth(int mode, int axis, double[] expected) =>
        Assert.Equal(expected, Run(new LayerDetails { Reduce = new ReduceDetails { Mode = mode, Axis = axis } }));

    [Fact]
    public void Permute_OrderOfFour_LeavesBatch() =>
        Assert.Equal([1.0, 5, 2, 6, 3, 7, 4, 8], Run(new LayerDetails { Permute = new AxisList { Axes = { 0, 2, 3, 1 } } }));

    [Fact]
    public void Dot_OfImageWithItself_IsSumOverChannels() => Assert.Equal([26.0, 40, 58, 80], Run(new LayerDetails { Dot = new DotDetails() }, inputs: 2));

    [Fact]
    public void Average_OfImageWithItself_IsTheImage() => Assert.Equal(Image, Run(new LayerDetails { Average = new NoDetails() }, inputs: 2));

    [Fact]
    public void ResizeBilinear_StrictEndpoints_KeepsCorners()
    {
        double[] wide = Run(new LayerDetails { ResizeBilinear = new ResizeBilinearDetails { TargetSize = { 2, 3 } } });
        Assert.Equal([1, 1.5, 2, 3, 3.5, 4, 5, 5.5, 6, 7, 7.5, 8], wide);
    }

    [Fact]
    public void Reshape_ChannelsLast_ReadsChannelsFastest() => Assert.Equal(
        [1.0, 5, 2, 6, 3, 7, 4, 8], Run(new LayerDetails { Flatten = new FlattenDetails { Mode = 1 } }));

    [Fact]
    public void LoopContinue_SkipsTheRestOfItsRound()
    {
        // Each round adds 1 to i; only where i is at least 3 it goes on to add 10 to s.
        NeuralNetwork leave = new() { Layers = { Layer(new LayerDetails { LoopContinue = new NoDetails() }, [], []) } };
        NeuralNetwork body = new()
        {
            Layers =
            {
                Layer(new LayerDetails { Add = new AlphaDetails { Alpha = 1 } }, ["i"], ["i"]),
                Layer(new LayerDetails { LessThan = new OperandDetails { Alpha = 3 } }, ["i"], ["low"]),
                new NeuralNetworkLayer { Name = "branch", Input = { "low" }, Branch = new BranchLayerParams { IfBranch = leave } },
                Layer(new LayerDetails { Add = new AlphaDetails { Alpha = 10 } }, ["s"], ["s"]),
            },
        };
        NeuralNetworkLayer[] layers =
        [
            Layer(new LayerDetails { Multiply = new AlphaDetails { Alpha = 0 } }, ["x"], ["i"]),
            Layer(new LayerDetails { Multiply = new AlphaDetails { Alpha = 0 } }, ["x"], ["s"]),
            new NeuralNetworkLayer { Name = "loop", Loop = new LoopLayerParams { MaxLoopIterations = 5, BodyNetwork = body } },
            Layer(new LayerDetails { Copy = new NoDetails() }, ["s"], ["y"]),
        ];
        Assert.Equal([30.0], Run(layers, [1], [7]));
    }

    private static double[] Run(LayerDetails settings, int inputs = 1) =>
        Run([Layer(settings, Enumerable.Repeat("x", inputs), ["y"])], [2, 2, 2], Image);

    private static double[] Run(NeuralNetworkLayer[] layers, long[] shape, double[] values)
    {
        using ModelFile file = ModelFile.Open(Path.Combine(RunFixtures.Fixtures, "nn_cnn/fp32.mlmodel"));
        var model = new Model
        {
            SpecificationVersion = 4,
            Description = new ModelDescription { Input = { Feature("x", shape) }, Output = { Feature("y", []) } },
            NeuralNetwork = new NeuralNetwork { Layers = { layers } },
        };
        (OnnxTranslation? translation, RunnabilityReport report) = OnnxTranslator.Try(file, model, new TranslationOptions(), default);
        Assert.Empty(report.NotRunnable);
        using var session = new OnnxSession(translation!);
        return session.Run(new Dictionary<string, NpyArray>(StringComparer.Ordinal) { ["x"] = new("f4", shape, values) })[translation!.Outputs[0].TensorName].Values;
    }

    private static FeatureDescription Feature(string name, long[] shape) => new()
    {
        Name = name,
        Type = new FeatureType { MultiArrayType = new ArrayFeatureType { Shape = { shape }, DataType = ArrayFeatureType.Types.ArrayDataType.Float32 } },
    };

    private static NeuralNetworkLayer Layer(LayerDetails settings, IEnumerable<string> inputs, IEnumerable<string> outputs)
    {
        NeuralNetworkLayer layer = NeuralNetworkLayer.Parser.ParseFrom(settings.ToByteArray());
        layer.Name = settings.LayerCase.ToString();
        layer.Input.Add(inputs);
        layer.Output.Add(outputs);
        return layer;
    }
}
