using System;
using System.Linq;
using System.Runtime.InteropServices;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Conversion;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Xunit;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>Deconvolutions of NeuralNetworks with groups, whose scales lie over the weight as if the groups were an axis.</summary>
public sealed class GroupedDeconvolutionTests : IDisposable
{
    // Of the specification: inputs have exactly the shapes that are declared.
    private const int ExactShapes = 1;
    private const int Channels = 16, Size = 6;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(4, 3)]
    [InlineData(4, 1)]
    public void Run_Deconvolution_HasLessErrorAtTheOutputWithSamples(int groups, int kernel)
    {
        string path = Write(groups, kernel);
        Gain gain = Gain.Of(path, _folder, new LinearQuantizationRecipe { BitWidth = 4, MinimumElementCount = 0 });
        Assert.True(gain.Calibrated > gain.Plain + 1.5, $"{gain}");
    }

    [Fact]
    public void Run_GroupedDeconvolution_TellsTheErrorOfTheLayer()
    {
        using ModelFile file = ModelFile.Open(Write(4, 3));
        using CalibrationStatistics statistics = new Calibrator(Repository.Runtime, new RunSettings(), features => Gain.Samples(features).Take(8)).Calibrate(file, new CalibrationOptions { WithGram = true }).Statistics;
        using CompressionPlan plan = ModelCompressor.Plan(file, new LinearQuantizationRecipe { BitWidth = 4, MinimumElementCount = 0 }, statistics);
        WeightResult weight = Assert.Single(ModelCompressor.Run(file, plan, _folder["out.mlmodel"], new ConversionOptions()).Weights, one => one.Name == "d/weights");
        Assert.NotNull(weight.LayerSnr);
        Assert.DoesNotContain("not compensated", weight.Reason, StringComparison.Ordinal);
    }

    // A channel of the weight is one of each group, and their errors have different means.
    [Theory]
    [InlineData(1, true)]
    [InlineData(4, false)]
    public void Run_SteadyInputsWithoutGramMatrix_CorrectsTheBiasUnlessThereAreGroups(int groups, bool isCorrected)
    {
        using ModelFile file = ModelFile.Open(Write(groups, 1));
        var calibrator = new Calibrator(Repository.Runtime, new RunSettings(), features => DrawnSamples.Of(features, 8).Select(sample => sample with
        {
            Values = sample.Values.ToDictionary(value => value.Key, value => (object)new MultiArray(((MultiArray)value.Value).Values.Cast<float>().Select(number => 5 + number).ToArray(), ((MultiArray)value.Value).Shape)),
        }));
        using CalibrationStatistics statistics = calibrator.Calibrate(file, new CalibrationOptions()).Statistics;
        using CompressionPlan plan = ModelCompressor.Plan(file, new LinearQuantizationRecipe { BitWidth = 4, MinimumElementCount = 0 }, statistics);
        using ModelFile result = ModelFile.Open(ModelCompressor.Run(file, plan, _folder["out.mlmodel"], new ConversionOptions()).Path!);
        Assert.Equal(isCorrected, LayerOutputs.Decode(WeightSites.Find(result).Single(weight => weight.Site.Name == "d/bias")).Any(value => value != 0));
    }

    private string Write(int groups, int kernel)
    {
        int outputs = 2 * Channels;
        float[] weights = [.. Enumerable.Range(0, Channels * outputs / groups * kernel * kernel).Select(i => (float)Math.Sin(i * i))];
        var network = new NeuralNetwork { ArrayInputShapeMapping = ExactShapes };
        network.Layers.Add(new NeuralNetworkLayer
        {
            Name = "d",
            Input = { "x" },
            Output = { "y" },
            Convolution = new ConvolutionLayerParams
            {
                IsDeconvolution = true,
                NGroups = (ulong)groups,
                KernelChannels = Channels,
                OutputChannels = (ulong)outputs,
                KernelSize = { (ulong)kernel, (ulong)kernel },
                Valid = ByteString.Empty,
                Weights = new WeightParams { FloatValue = ByteString.CopyFrom(MemoryMarshal.AsBytes(weights.AsSpan()).ToArray()) },
                HasBias = true,
                Bias = new WeightParams { FloatValue = ByteString.CopyFrom(new byte[outputs * sizeof(float)]) },
            },
        });
        var model = new Model { SpecificationVersion = 4, NeuralNetwork = network, Description = new ModelDescription() };
        model.Description.Input.Add(Feature("x", [1, Channels, Size, Size]));
        model.Description.Output.Add(Feature("y", [1, outputs, Size + kernel - 1, Size + kernel - 1]));
        return _folder.Write("deconvolution.mlmodel", model.ToByteArray());
    }

    private static FeatureDescription Feature(string name, long[] shape) => new()
    {
        Name = name,
        Type = new FeatureType { MultiArrayType = new ArrayFeatureType { DataType = ArrayDataType.Float32, Shape = { shape } } },
    };
}
