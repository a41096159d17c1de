using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>Samples that calibrate: which are chosen, and which are refused before one runs or while they do.</summary>
public sealed class CalibrationSampleTests
{
    private const string Convnet = "convnet_iOS16/fp32.mlpackage";

    [Fact]
    public void Calibrate_MoreSamplesThanWanted_ChoosesTheSameBySeed()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        string[] first = Names(5), again = Names(5), other = Names(6);
        Assert.Equal(3, first.Length);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        string[] Names(int seed) => [.. DrawnSamples.Calibrator(20).Calibrate(file, new CalibrationOptions { Count = 3, Seed = seed }).Statistics.Samples];
    }

    [Fact]
    public void Calibrate_SamplesThatDoNotFit_AreAllToldBeforeOneIsRun()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var calibrator = new Calibrator(Repository.Runtime, new RunSettings(), features =>
            [DrawnSamples.Of(features, 1).First(), new RunSample("a", new Dictionary<string, object> { ["other"] = new MultiArray(new float[1], [1]) }), new RunSample("b", new Dictionary<string, object>())]);
        InputMismatchException error = Assert.Throws<InputMismatchException>(() => calibrator.Calibrate(file, new CalibrationOptions(), new Told(_ => Assert.Fail("One was run."))));
        Assert.Contains("2 samples do not fit", error.Message);
        Assert.Contains("'other'", error.Message);
        Assert.Contains("is missing", error.Message);
    }

    [Fact]
    public void Calibrate_SamplesWithTheSameMismatch_TellItOnceWithTheFirstNames()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var calibrator = new Calibrator(Repository.Runtime, new RunSettings(), features =>
        [
            .. "abcd".Select(name => new RunSample(name.ToString(), new Dictionary<string, object> { ["other"] = "x" })),
            .. "efg".Select((name, i) => new RunSample(name.ToString(), new Dictionary<string, object> { ["image"] = new MultiArray(new float[3 + (i / 2)], [3 + (i / 2)]) })),
        ]);
        InputMismatchException error = Assert.Throws<InputMismatchException>(() => calibrator.Calibrate(file, new CalibrationOptions()));
        Assert.Collection(
            error.Mismatches,
            text => Assert.StartsWith("'a', 'b', 'c' and 1 more: There is no input 'other'; the model takes 'image'", text, StringComparison.Ordinal),
            text => Assert.StartsWith("'a', 'b', 'c' and 1 more: Input 'image' (", text, StringComparison.Ordinal),
            text => Assert.EndsWith(", and was given Float32 [3] ('e', 'f'), Float32 [4] ('g').", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Calibrate_SampleThatCannotBeRead_DoesNotHideWhatDoesNotFit()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        using var folder = new TestFolder();
        folder.Write("a.npy", "no array at all, whatever its name says");
        folder.Write("b.json", "{ \"other\": [1] }");
        folder.Write("c.csv", "image\n1,2\n");
        var calibrator = new Calibrator(Repository.Runtime, new RunSettings(), features => Repository.Runtime.ReadSamples(folder.Root, features));
        InputMismatchException error = Assert.Throws<InputMismatchException>(() => calibrator.Calibrate(file, new CalibrationOptions()));
        Assert.Contains("3 samples do not fit", error.Message);
        Assert.Contains("does not begin as a .npy file does", error.Message);
        Assert.Contains("There is no input 'other'", error.Message);
        Assert.Contains("Row 1 has 2 cells", error.Message);
    }

    [Fact]
    public void Calibrate_NaNInAnInput_NamesInputAndSampleBeforeOneIsRun()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var calibrator = new Calibrator(Repository.Runtime, new RunSettings(), features => DrawnSamples.Of(features, 2).Select((sample, i) => i == 0 ? sample : sample with
        {
            Values = sample.Values.ToDictionary(value => value.Key, value => (object)WithNaN((MultiArray)value.Value)),
        }));
        InputMismatchException error = Assert.Throws<InputMismatchException>(() => calibrator.Calibrate(file, new CalibrationOptions(), new Told(_ => Assert.Fail("One was run."))));
        Assert.Contains("'sample 1'", error.Message);
        Assert.Contains("Input 'image' holds NaN (value 8).", error.Message);

        static MultiArray WithNaN(MultiArray array)
        {
            float[] values = (float[])array.Values.Clone();
            values[7] = float.NaN;
            return new MultiArray(values, array.Shape);
        }
    }

    [Fact]
    public void Calibrate_RandomOrNoSamples_AreRefused()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        Assert.Contains("Random samples", Assert.Throws<SampleDataException>(() =>
            new Calibrator(Repository.Runtime, new RunSettings(), features => Repository.Runtime.DrawSamples(features, 1, 1)).Calibrate(file, new CalibrationOptions())).Message);
        Assert.Contains("no samples", Assert.Throws<SampleDataException>(() => DrawnSamples.Calibrator(0).Calibrate(file, new CalibrationOptions())).Message);
    }

    [Theory]
    [InlineData(Convnet)]
    [InlineData("convnet_iOS15/fp16.mlpackage")]
    [InlineData("nn_cnn/fp32.mlmodel")]
    public void Calibrate_InfinityInAnInputThatAWeightMeets_NamesInputAndSampleBeforeOneIsRun(string fixture)
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(fixture));
        InputMismatchException error = Assert.Throws<InputMismatchException>(
            () => DrawnSamples.CalibratorWith(float.NegativeInfinity, 2, 1).Calibrate(file, new CalibrationOptions(), new Told(_ => Assert.Fail("One was run."))));
        Assert.Contains("'sample 1'", error.Message);
        Assert.Contains("Input 'image' holds infinity (value 1), and a weight is multiplied with it.", error.Message);
    }

    [Fact]
    public void Calibrate_InfinityThatTheModelComputes_NamesValueAndSample()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        string message = Assert.Throws<ModelRunException>(() => DrawnSamples.CalibratorWithOverflow(1, 0).Calibrate(file, new CalibrationOptions())).Message;
        Assert.Matches("value '[^']+' holds (infinity|NaN) for the sample 'sample 0'", message);
    }
}
