using System;
using System.Linq;
using System.Runtime.InteropServices;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Xunit;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>Layers inside of the branches and loops of a NeuralNetwork, and those whose blobs are written again.</summary>
public sealed class NestedLayerTests : IDisposable
{
    // Of the specification: inputs have exactly the shapes that are declared.
    private const int ExactShapes = 1;
    private const int Rows = 3, Size = 16, SampleCount = 4;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Calibrate_LayerInALoop_MeetsWhatTheSameLayersMeetWithoutOne(int rounds)
    {
        LayerStatistics looped = Of(Calibrate(Looped(rounds)), "loop/body/fc/weights");
        LayerStatistics[] unrolled = [.. Calibrate(Unrolled(rounds)).Statistics.Layers.Where(layer => layer.Weight.Name != "first/weights")];
        Assert.Equal(rounds, unrolled.Length);
        Assert.Equal(rounds * Rows * SampleCount, looped.RowCount);
        for (int column = 0; column < Size; column++)
        {
            Assert.Equal(unrolled.Average(layer => layer.Means[column]), looped.Means[column], 1e-6);
            Assert.Equal(unrolled.Average(layer => layer.Gram!.Read()[column]), looped.Gram!.Read()[column], 1e-6);
        }
    }

    // Each of the layers reads and writes the blob h: its name stands for what the last one wrote.
    [Fact]
    public void Calibrate_BlobThatIsWrittenAgain_IsWhatTheLayerTook()
    {
        CalibrationResult result = Calibrate(Write(Product("first", "x", "h"), Product("second", "h", "h"), Product("third", "h", "y")));
        CalibrationStatistics apart = Calibrate(Write(Product("first", "x", "a"), Product("second", "a", "b"), Product("third", "b", "y"))).Statistics;
        Assert.DoesNotContain(result.Notes, note => note.StartsWith("No statistics", StringComparison.Ordinal));
        Assert.All(apart.Layers, layer => Assert.Equal(layer.SecondMoments, Of(result, layer.Weight.Name).SecondMoments));
    }

    [Fact]
    public void Calibrate_BranchesAndLoops_LeaveNoWeightOut()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture("nn_control/fp32.mlmodel"));
        CalibrationResult result = DrawnSamples.Calibrator(8).Calibrate(file, new CalibrationOptions { WithGram = true });
        string[] seen = [.. result.Statistics.Layers.Select(layer => layer.Weight.Name)];
        Assert.Contains("lp/body/loop_fc/weights", seen);
        Assert.Contains("out/weights", seen);
        Assert.Contains(seen, name => name is "br/if/if_fc/weights" or "br/else/else_fc/weights");
        Assert.DoesNotContain(result.Notes, note => note.StartsWith("No statistics", StringComparison.Ordinal));
    }

    [Fact]
    public void Calibrate_GruInALoop_HasStatisticsOfAllItsWeights()
    {
        using ModelFile file = ModelFile.Open(Nets.Model("gru_nn"));
        CalibrationStatistics statistics = DrawnSamples.Calibrator(2).Calibrate(file, new CalibrationOptions { WithGram = true }).Statistics;
        Assert.Equal(
            WeightSites.Find(file).Where(weight => weight.Site.OpName.Contains("/linear_") && weight.Site.Shape.Count == 2).Select(weight => weight.Site.Name).Order(StringComparer.Ordinal),
            statistics.Layers.Select(layer => layer.Weight.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Run_LayerInALoop_HasLessErrorAtTheOutputWithSamples()
    {
        Gain gain = Gain.Of(Looped(3), _folder, new PalettizationRecipe { BitWidth = 4, MinimumElementCount = 0 });
        Assert.True(gain.Calibrated > gain.Plain + 3, $"{gain}");
    }

    private static LayerStatistics Of(CalibrationResult result, string weight) => Assert.Single(result.Statistics.Layers, layer => layer.Weight.Name == weight);

    private static CalibrationResult Calibrate(string path)
    {
        using ModelFile file = ModelFile.Open(path);
        return DrawnSamples.Calibrator(SampleCount).Calibrate(file, new CalibrationOptions { WithGram = true });
    }

    private string Looped(int rounds) => Write(
        Product("first", "x", "h"),
        new NeuralNetworkLayer
        {
            Name = "loop",
            Loop = new LoopLayerParams { MaxLoopIterations = (ulong)rounds, BodyNetwork = new NeuralNetwork { Layers = { Product("fc", "h", "l"), Tanh("tanh", "l", "h") } } },
        },
        Tanh("last", "h", "y"));

    private string Unrolled(int rounds) => Write(
    [
        Product("first", "x", "h0"),
        .. Enumerable.Range(0, rounds).SelectMany(round => new[] { Product($"fc{round}", $"h{round}", $"l{round}"), Tanh($"tanh{round}", $"l{round}", $"h{round + 1}") }),
        Tanh("last", $"h{rounds}", "y"),
    ]);

    private static NeuralNetworkLayer Tanh(string name, string input, string output) => new()
    {
        Name = name,
        Input = { input },
        Output = { output },
        Activation = new ActivationParams { Tanh = ByteString.Empty },
    };

    private static NeuralNetworkLayer Product(string name, string input, string output)
    {
        float[] weights = [.. Enumerable.Range(0, Size * Size).Select(i => (float)Math.Sin(i * i) / 2)];
        return new NeuralNetworkLayer
        {
            Name = name,
            Input = { input },
            Output = { output },
            InnerProduct = new InnerProductLayerParams
            {
                InputChannels = Size,
                OutputChannels = Size,
                Weights = new WeightParams { FloatValue = ByteString.CopyFrom(MemoryMarshal.AsBytes(weights.AsSpan()).ToArray()) },
            },
        };
    }

    private string Write(params NeuralNetworkLayer[] layers)
    {
        var model = new Model
        {
            SpecificationVersion = 4,
            NeuralNetwork = new NeuralNetwork { ArrayInputShapeMapping = ExactShapes, Layers = { layers } },
            Description = new ModelDescription { Input = { Feature("x") }, Output = { Feature("y") } },
        };
        return _folder.Write($"{Guid.NewGuid():N}.mlmodel", model.ToByteArray());
    }

    private static FeatureDescription Feature(string name) => new()
    {
        Name = name,
        Type = new FeatureType { MultiArrayType = new ArrayFeatureType { DataType = ArrayDataType.Float32, Shape = { new long[] { Rows, Size } } } },
    };
}
