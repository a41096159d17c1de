using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Calibration.Files;
using CoreMLQuant.Calibration.Inputs;
using CoreMLQuant.Conversion;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;
using CoreMLQuant.Tensors.Statistics;
using CoreMLQuant.Tests.Mil;
using Xunit;

namespace CoreMLQuant.Tests.Calibration;

/// <summary>Compressing from a statistics file, which needs nothing that runs models and works on both legs.</summary>
public sealed class StatisticsFileTests : IDisposable
{
    private const int Columns = 64;

    private readonly ScratchFolder _folder = new();
    private readonly string _source;

    public StatisticsFileTests() => _source = WeightPackage.Write(_folder, [48, Columns], ("w", Tensors.Compensation.BrainSurgeon.Weights(3, 48 * Columns)));

    [Fact]
    public void Calibrate_StatisticsOfAFile_CompensateErrors()
    {
        using ModelFile model = ModelFile.Open(_source);
        CalibrationOptions options = new() { StatisticsPath = Written(model), WithGram = true };
        CalibrationResult calibration = new Calibrator(null, new RunSettings(), null).Calibrate(model, options);
        LayerStatistics layer = Assert.Single(calibration.Statistics.Layers);
        Assert.Equal(["a", "b"], calibration.Statistics.Samples);
        Assert.Equal(0.5, layer.Means[0]);
        Assert.Equal([2.0, 0.25], [layer.SecondMoments[1], layer.Gram!.Read()[Columns]]);

        CompressionPlan plan = ModelCompressor.Plan(model, new LinearQuantizationRecipe { BitWidth = 4, AllowOpsetUpgrade = true }, calibration.Statistics);
        ConversionResult result = ModelCompressor.Run(model, plan, _folder.Combine("out.mlpackage"), new ConversionOptions());
        Assert.NotNull(Assert.Single(result.Weights, weight => weight.Name == "w").LayerSnr);
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        using ModelFile model = ModelFile.Open(_source);
        string path = Written(model), digest = ModelDigest.Of(model);
        CollectedSums sums = new StatisticsFile(path, GramMemory.Usual).Read(_source, digest)!;
        Assert.True(sums.IsComplete);
        Assert.Equal(new SampleIdentity(sums.Samples.Names, ImageResize.Crop), sums.Samples);
        Assert.Equal("more: than, \"names\" \u00E9", Assert.Single(sums.Values).Name);
        Assert.Equal((-1.5f, 2.5f, 3L), (sums.Values[0].Sums.Minimum, sums.Values[0].Sums.Maximum, sums.Values[0].Sums.Count));
        byte[] before = File.ReadAllBytes(path);
        new StatisticsFile(path, GramMemory.Usual).Write(sums);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    public void Dispose() => _folder.Dispose();

    // E[x] is 1/2 for each input, E[x x^T] has 2 on the diagonal and 1/4 beside it.
    private string Written(ModelFile model)
    {
        const int count = 8;
        double[] products = Enumerable.Range(0, Columns * Columns).Select(i => count * (i / Columns == i % Columns ? 2.0 : 0.25)).ToArray();
        var sums = new VectorSums(count, Columns, [.. Enumerable.Repeat(count * 0.5, Columns)], [.. Enumerable.Repeat(count * 2.0, Columns)], withGram: true) { Products = products };
        var values = new ValueSums();
        values.Add([-1.5f, 0, 2.5f]);
        var key = WeightKey.Of(model.GetWeights().Single(site => site.Name == "w"));
        var collected = new CollectedSums(
            ModelDigest.Of(model),
            new SampleIdentity(["a", "b"], ImageResize.Crop),
            [new InputSums("x", sums, string.Empty, 2)],
            [new WeightOfInput(key, [48, Columns], [1, Columns], 0, InputParts.Whole, 0)],
            [new NamedValueSums("more: than, \"names\" \u00E9", values, 2)]);
        string path = _folder.Combine("stats.npz");
        new StatisticsFile(path, GramMemory.Usual).Write(collected);
        return path;
    }
}
