using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using CoreMLQuant.Calibration;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tests.NeuralNetworks;
using CoreMLQuant.Validation;
using Xunit;
using static CoreMLQuant.Tests.Conversion.CalibratedConversions;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Biases that take the mean of what the errors of weights change at the output.</summary>
public class CalibratedBiasTests
{
    [Fact]
    public void Run_WithABiasAndNoGramMatrix_CorrectsItAndSaysSo()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage");
        ConversionResult result = Synthetic(source, scratch.Combine("out.mlpackage"), Recipe("q4"), hasGram: false);
        Dictionary<string, float[]> before = DecodedWeights.Of(source), after = DecodedWeights.Of(result.Path);
        WeightResult[] corrected = result.Weights.Where(weight => weight.Reason.Contains("its values are corrected for the errors of")).ToArray();
        Assert.NotEmpty(corrected);
        Assert.All(corrected, weight => Assert.NotEqual(before["/main/" + weight.Name], after["/main/" + weight.Name]));

        result = Synthetic(source, scratch.Combine("without.mlpackage"), Recipe("q4", biasCorrection: false), hasGram: false);
        Assert.All(corrected, weight => Assert.Equal(before["/main/" + weight.Name], DecodedWeights.Of(result.Path)["/main/" + weight.Name]));
        Assert.DoesNotContain(result.Weights, weight => weight.Reason.Contains("corrected"));
    }

    [Theory]
    [InlineData("pal4vector", true)]
    [InlineData("prune50q8", false)]
    [InlineData("pal4group", false)]
    [InlineData("q4", false)]
    [InlineData("prune50", false)]
    public void Run_WithABiasAndAGramMatrix_CorrectsItWhereErrorsAreNotCompensated(string name, bool isCorrected)
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage");
        ConversionResult with = Synthetic(source, scratch.Combine("with.mlpackage"), Recipe(name)), without = Synthetic(source, scratch.Combine("without.mlpackage"), Recipe(name, biasCorrection: false));
        Dictionary<string, float[]> before = DecodedWeights.Of(source), after = DecodedWeights.Of(with.Path);
        WeightResult[] corrected = with.Weights.Where(weight => weight.Reason.Contains("its values are corrected for the errors of")).ToArray();
        Assert.Equal(isCorrected, corrected.Length > 0);
        Assert.Equal(isCorrected, corrected.Any(weight => !before["/main/" + weight.Name].SequenceEqual(after["/main/" + weight.Name])));
        Dictionary<string, float[]> uncorrected = DecodedWeights.Of(without.Path);
        Assert.All(uncorrected, weight => Assert.True(weight.Value.SequenceEqual(after[weight.Key]) || corrected.Any(bias => weight.Key == "/main/" + bias.Name)));
        Assert.Equal(isCorrected, after.Count > uncorrected.Count);
        Assert.True(ModelValidator.Validate(with.Path).IsValid);

        // A step that nobody compensates is corrected by exactly what its errors are on the mean, in rows where that is at least half of their energy.
        using ModelFile model = ModelFile.Open(source);
        CalibrationStatistics statistics = SyntheticStatistics.Of(model);
        foreach (WeightResult bias in corrected)
        {
            WeightResult weight = with.Weights.Single(one => bias.Reason.EndsWith($"'{one.Name}'", StringComparison.Ordinal));
            LayerStatistics layer = statistics.Layers.Single(one => one.Weight.Name == weight.Name);
            double[] shifts = ExpectedShifts(layer, before["/main/" + weight.Name], after["/main/" + weight.Name]);
            float[] expected = before["/main/" + bias.Name].Select((value, row) => (float)(value + shifts[row])).ToArray();
            Assert.All(expected.Zip(after["/main/" + bias.Name]), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * Math.Max(1, Math.Abs(pair.First))));
        }
    }

    [Theory]
    [InlineData(PalettizationMode.Uniform)]
    [InlineData(PalettizationMode.KMeans)]
    public void Run_TableOfALayerWithSteadyInputs_GivesItABiasWhereNothingIsCompensated(PalettizationMode mode)
    {
        using var scratch = new ScratchFolder();
        var layer = NetworkModels.InnerProduct("fc", NetworkModels.Floats(Weights()));
        (layer.InnerProduct.InputChannels, layer.InnerProduct.OutputChannels) = (Columns, Rows);
        string source = NetworkModels.Write(scratch.Combine("in.mlmodel"), layer);
        foreach (bool hasGram in new[] { true, false })
        {
            ConversionResult result = Synthetic(source, scratch.Combine(hasGram + ".mlmodel"), new PalettizationRecipe { BitWidth = 2, Mode = mode }, hasGram);
            using ModelFile model = ModelFile.Open(result.Path);
            NetworkLayer written = Assert.Single(NetworkLayers.All(NetworkLayers.Of(PipelineStages.Of(model.Specification).Single().Model)!));
            Assert.Equal(!hasGram, written.Message.InnerProduct.HasBias);
            Assert.True(ModelValidator.Validate(result.Path).IsValid);
        }
    }

    [Fact]
    public void Run_OfALayerWithoutBiasAndGramMatrix_GivesItOne()
    {
        using var scratch = new ScratchFolder();
        float[] weights = Weights();
        var layer = NetworkModels.InnerProduct("fc", NetworkModels.Floats(weights));
        (layer.InnerProduct.InputChannels, layer.InnerProduct.OutputChannels) = (Columns, Rows);
        string source = NetworkModels.Write(scratch.Combine("in.mlmodel"), layer);
        ConversionResult result = Synthetic(source, scratch.Combine("out.mlmodel"), Recipe("q4"), hasGram: false);
        using ModelFile model = ModelFile.Open(result.Path);
        NetworkLayer written = Assert.Single(NetworkLayers.All(NetworkLayers.Of(PipelineStages.Of(model.Specification).Single().Model)!));
        Assert.True(written.Message.InnerProduct.HasBias);
        Assert.Equal(Rows * sizeof(float), written.Message.InnerProduct.Bias.FloatValue.Length);
        Assert.Contains(MemoryMarshal.Cast<byte, float>(written.Message.InnerProduct.Bias.FloatValue.Span).ToArray(), value => value != 0);
        Assert.True(ModelValidator.Validate(result.Path).IsValid);
    }

    private static double[] ExpectedShifts(LayerStatistics layer, float[] before, float[] after)
    {
        int rows = (int)layer.Shape[0], columns = layer.Columns;
        double[] gram = layer.Gram!.Read();
        return Enumerable.Range(0, rows).Select(row =>
        {
            int group = row / (rows / layer.Groups);
            double[] errors = Enumerable.Range(0, columns).Select(column => (double)before[(row * columns) + column] - after[(row * columns) + column]).ToArray();
            double mean = Enumerable.Range(0, columns).Sum(i => errors[i] * layer.Means[(group * columns) + i]);
            double energy = Enumerable.Range(0, columns).Sum(i => Enumerable.Range(0, columns).Sum(j => errors[i] * errors[j] * gram[(((group * columns) + i) * columns) + j]));
            return mean * mean >= 0.5 * energy ? mean : 0;
        }).ToArray();
    }
}
