using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>What is found out of weights and values.</summary>
public sealed class CalibratorTests
{
    private const string Convnet = "convnet_iOS16/fp32.mlpackage";

    public static TheoryData<string> Models => new(Nets.Names.Select(Nets.Model)
        .Concat(Directory.GetDirectories(Repository.Fixture(string.Empty)).Where(folder => File.Exists(Path.Combine(folder, "vectors.json")))
            .SelectMany(folder => Directory.EnumerateFileSystemEntries(folder, "fp32.ml*")))
        .Where(path => IsRunnable(path)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Models))]
    public void Calibrate_EveryModel_StatisticsTellTheVarianceOfEachLayersOutputs(string path)
    {
        using ModelFile file = ModelFile.Open(path);
        CalibrationStatistics statistics = DrawnSamples.Calibrator(3).Calibrate(file, new CalibrationOptions { WithGram = true }).Statistics;
        Dictionary<WeightKey, FoundWeight> weights = WeightSites.Find(file).ToDictionary(weight => WeightKey.Of(weight.Site));
        LayerStatistics[] layers = statistics.Layers.Where(layer => !weights[layer.Weight].Site.OpType.Contains("transpose") && weights[layer.Weight].Site.OpType is "conv" or "linear" or "innerProduct" or "convolution").ToArray();
        foreach (LayerStatistics layer in layers)
        {
            WeightSite site = weights[layer.Weight].Site;
            if (LayerOutputs.NameOf(file, site) is not { } output)
            {
                continue;
            }

            using IRunnableModel model = Repository.Runtime.Open(path, new RunSettings { IntermediateValues = [output] });
            MultiArray[] values = DrawnSamples.Of(model.Features, 3).Select(sample => model.Run(sample).IntermediateValues[output]).OfType<MultiArray>().ToArray();
            if (values.Length == 0)
            {
                continue;
            }

            long places = values.Sum(value => value.Values.Length) / layer.Shape[layer.OutputAxis];
            if (places != layer.RowCount)
            {
                // Of many places some are looked at, and their variance is another.
                Assert.True(places > layer.RowCount);
                continue;
            }

            double[] measured = LayerOutputs.Variances(values, (int)layer.Shape[layer.OutputAxis], site.OpType is "conv" or "convolution" ? layer.Shape.Count - 2 : 0);
            double[] expected = LayerOutputs.ExpectedVariances(layer, LayerOutputs.Decode(weights[layer.Weight]));
            double largest = Math.Max(measured.Max(), 1e-20);
            Assert.All(measured.Zip(expected), pair => Assert.InRange(pair.Second, pair.First - (0.01 * largest), pair.First + (0.01 * largest)));
        }
    }

    [Fact]
    public void Calibrate_Values_GivesTheirExtentAndHistogram()
    {
        using IRunnableModel model = Repository.Runtime.Open(Repository.Fixture(Convnet), new RunSettings());
        string name = model.IntermediateValueNames[1];
        using IRunnableModel tapped = Repository.Runtime.Open(Repository.Fixture(Convnet), new RunSettings { IntermediateValues = [name] });
        float[] values = DrawnSamples.Of(model.Features, 2).SelectMany(sample => (float[])((MultiArray)tapped.Run(sample).IntermediateValues[name]!).Values).ToArray();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        ActivationStatistics found = Assert.Single(DrawnSamples.Calibrator(2).Calibrate(file, new CalibrationOptions { Values = [name] }).Statistics.Activations);
        Assert.Equal(values.Length, found.Count);
        Assert.Equal(values.Min(), found.Minimum);
        Assert.Equal(values.Max(), found.Maximum);
        Assert.Equal(values.Average(value => (double)value), found.Mean, 6);
        Assert.Equal(values.Length, found.Histogram.Counts.Sum());
    }

    [Theory]
    [InlineData("pipeline_mlprogram/fp32.mlpackage")]
    [InlineData("nn_pipeline/fp32.mlmodel")]
    public void Calibrate_StagesOfAPipeline_EachHaveStatistics(string fixture)
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(fixture));
        CalibrationResult result = DrawnSamples.Calibrator(2).Calibrate(file, new CalibrationOptions());
        Assert.Equal(
            WeightSites.Find(file).Where(weight => weight.Site.OpType is "conv" or "linear" or "convolution" or "innerProduct" && weight.Site.Shape.Count > 1).Select(weight => WeightKey.Of(weight.Site)),
            result.Statistics.Layers.Select(layer => layer.Weight));
    }

    [Fact]
    public void Calibrate_WeightsThatShareTheirInput_ShareTheirStatistics()
    {
        using ModelFile file = ModelFile.Open(Nets.Model("lstm_bi2_iOS15"));
        CalibrationStatistics statistics = DrawnSamples.Calibrator(2).Calibrate(file, new CalibrationOptions { WithGram = true }).Statistics;
        Assert.NotEmpty(statistics.Layers);
        Assert.True(statistics.Layers.Select(layer => layer.Gram).Distinct().Count() < statistics.Layers.Count, string.Join(", ", statistics.Layers.Select(layer => layer.Weight)));
    }

    private static bool IsRunnable(string path)
    {
        using ModelFile file = ModelFile.Open(path);
        return OnnxTranslator.Check(file).IsRunnable;
    }
}
