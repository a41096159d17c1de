using System;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Conversion;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tests.Mil;
using CoreMLQuant.Tests.NeuralNetworks;
using Xunit;
using static CoreMLQuant.Tests.Conversion.CalibratedConversions;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Lookup tables that know the inputs.</summary>
public class CalibratedTableTests
{
    public static TheoryData<string> Tables => new("pal2", "pal4group", "pal4vector", "pal4table8", "q8pal4", "prune50pal2");

    [Theory]
    [MemberData(nameof(Tables))]
    public void Run_TablesOfInputsThatDiffer_ErrLessAtTheOutput(string name)
    {
        using var scratch = new ScratchFolder();
        var random = new Random(8);
        double[][] inputs = Enumerable.Range(0, 400).Select(_ => Enumerable.Range(0, Columns).Select(column => (random.NextDouble() - 0.5) * Math.Exp(column / 12.0)).ToArray()).ToArray();

        // Values are the smaller, the more they count, as they are behind a normalization.
        float[] weights = Weights().Select((value, i) => value * (float)Math.Exp(i % Columns / -30.0)).ToArray();
        string source = WeightPackage.Write(scratch, [Rows, Columns], ("w", weights));
        ConversionResult[] results = new[] { true, false }.SelectMany(hasGram => new[] { CompressionMethod.Calibrated, CompressionMethod.RoundToNearest }.Select(method =>
        {
            using ModelFile model = ModelFile.Open(source);
            var statistics = new CalibrationStatistics(string.Empty, [], [SyntheticStatistics.Of(Layer(model), [inputs], hasGram)], []);
            return ModelCompressor.Run(model, ModelCompressor.Plan(model, Recipe(name, method), statistics), scratch.Combine($"{method}{hasGram}.mlpackage"), new ConversionOptions());
        })).ToArray();
        double[] noises = results.Select(result => OutputNoise(weights, DecodedWeights.Of(result.Path)["/main/w"])).ToArray();

        // Zeros err by themselves, whatever the table.
        double share = name.StartsWith("prune", StringComparison.Ordinal) ? 0.95 : 0.8;
        Assert.InRange(noises[0], 0, share * noises[1]);
        Assert.InRange(noises[2], 0, share * noises[3]);
        Assert.Contains("its values are weighted by the second moments of their inputs", results[0].Weights.Single(weight => weight.Name == "w").Reason);
        Assert.DoesNotContain("second moments", results[1].Weights.Single(weight => weight.Name == "w").Reason);

        double OutputNoise(float[] before, float[] after) => inputs.Sum(x => Enumerable.Range(0, Rows).Sum(row =>
        {
            double noise = Enumerable.Range(0, Columns).Sum(column => (before[(row * Columns) + column] - after[(row * Columns) + column]) * x[column]);
            return noise * noise;
        }));
    }

    [Fact]
    public void Run_TableOfANetwork_ErrsLessAtTheOutput()
    {
        using var scratch = new ScratchFolder();
        float[] weights = Weights().Select((value, i) => value * (float)Math.Exp(i % Columns / -20.0)).ToArray();
        var layer = NetworkModels.InnerProduct("fc", NetworkModels.Floats(weights));
        (layer.InnerProduct.InputChannels, layer.InnerProduct.OutputChannels) = (Columns, Rows);
        string source = NetworkModels.Write(scratch.Combine("in.mlmodel"), layer);
        using ModelFile model = ModelFile.Open(source);
        double[][] inputs = Enumerable.Range(0, Columns).Select(seen => Enumerable.Range(0, Columns).Select(column => column == seen ? Math.Exp(column / 8.0) : 0).ToArray()).ToArray();
        LayerStatistics statistics = SyntheticStatistics.Of((WeightKey.Of(Assert.Single(model.GetWeights())), [Rows, Columns], [1, Columns], 0), [inputs]);
        double[] snr = new[] { CompressionMethod.Calibrated, CompressionMethod.RoundToNearest }.Select(method => ModelCompressor.Run(
            model,
            ModelCompressor.Plan(model, Recipe("pal2", method, biasCorrection: false), new CalibrationStatistics(string.Empty, [], [statistics], [])),
            scratch.Combine(method + ".mlmodel"),
            new ConversionOptions()).Weights.Single().LayerSnr!.Value).ToArray();
        Assert.InRange(snr[0] - snr[1], 1, 60);
    }

    [Theory]
    [InlineData("mlpackage")]
    [InlineData("mlmodel")]
    public void Run_EvenTable_IsCompensatedInBothFormats(string extension)
    {
        using var scratch = new ScratchFolder();
        float[] weights = Weights();
        var layer = NetworkModels.InnerProduct("w", NetworkModels.Floats(weights));
        (layer.InnerProduct.InputChannels, layer.InnerProduct.OutputChannels) = (Columns, Rows);
        string source = extension == "mlpackage" ? WeightPackage.Write(scratch, [Rows, Columns], ("w", weights)) : NetworkModels.Write(scratch.Combine("in.mlmodel"), layer);
        WeightResult[] results = new[] { CompressionMethod.Calibrated, CompressionMethod.RoundToNearest }.Select(method => Synthetic(
            source, scratch.Combine($"{method}.{extension}"), new PalettizationRecipe { BitWidth = 3, Mode = PalettizationMode.Uniform, Method = method, BiasCorrection = false })
            .Weights.Single(weight => weight.Action == nameof(WeightAction.Convert))).ToArray();
        Assert.InRange(results[0].LayerSnr!.Value - results[1].LayerSnr!.Value, 0.5, 60);
        Assert.Empty(results[0].Reason);
    }
}
