using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>What warnings and notes tell of samples that say little.</summary>
public sealed class CalibrationRemarkTests
{
    private const string Convnet = "convnet_iOS16/fp32.mlpackage";

    [Fact]
    public void Calibrate_FewOrEqualSamples_Warns()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture("gpt_tiny_iOS18/fp32.mlpackage"));
        IReadOnlyList<string> warnings = DrawnSamples.Calibrator(1).Calibrate(file, new CalibrationOptions { WithGram = true }).Warnings;
        Assert.Contains(warnings, warning => warning.StartsWith("with 1 sample, ", StringComparison.Ordinal) && warning.Contains("use more samples"));

        using ModelFile convnet = ModelFile.Open(Repository.Fixture(Convnet));
        var zeros = new Calibrator(Repository.Runtime, new RunSettings(), features => DrawnSamples.Of(features, 1).Select(sample => sample with
        {
            Values = sample.Values.ToDictionary(value => value.Key, value => (object)new MultiArray(new float[((MultiArray)value.Value).Values.Length], ((MultiArray)value.Value).Shape)),
        }));
        Assert.Contains(zeros.Calibrate(convnet, new CalibrationOptions()).Warnings, warning => warning.Contains("the same input in all samples"));
        Assert.Contains("1 value ('image') has the same content in all samples", string.Join("; ", zeros.Calibrate(convnet, new CalibrationOptions { Values = ["image"] }).Warnings));
    }

    [Fact]
    public void Calibrate_EnoughSamplesWithFewVectors_IsANoteWithTheWorstCase()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        CalibrationResult few = DrawnSamples.Calibrator(15).Calibrate(file, new CalibrationOptions { WithGram = true }), enough = DrawnSamples.Calibrator(16).Calibrate(file, new CalibrationOptions { WithGram = true });
        LayerStatistics[] layers = enough.Statistics.Layers.Where(layer => layer.RowCount < layer.Columns).ToArray();
        Assert.NotEmpty(layers);
        Assert.Contains(few.Warnings, warning => warning.StartsWith("with 15 samples, ", StringComparison.Ordinal));
        Assert.Empty(few.Notes);
        Assert.DoesNotContain(enough.Warnings, warning => warning.Contains("vectors"));
        string note = Assert.Single(enough.Notes);
        Assert.StartsWith($"Of 16 samples, {layers.Length} of {enough.Statistics.Layers.Count} weights met fewer vectors", note, StringComparison.Ordinal);
        Assert.Contains(layers, layer => note.Contains($"'{layer.Weight.Name}' the fewest: {layer.RowCount} for {layer.Columns} inputs"));
        Assert.Empty(DrawnSamples.Calibrator(1).Calibrate(file, new CalibrationOptions()).Notes);
    }
}
