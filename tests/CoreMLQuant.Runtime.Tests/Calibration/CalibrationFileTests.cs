using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Running.Numpy;
using CoreMLQuant.Runtime.Tests.Support;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>Statistics files: read instead of samples, gone on with, refused.</summary>
public sealed class CalibrationFileTests
{
    private const string Convnet = "convnet_iOS16/fp32.mlpackage";

    [Fact]
    public void Calibrate_StatisticsFile_IsReadInsteadOfSamples()
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var options = new CalibrationOptions { WithGram = true, Values = ["no such value"], StatisticsPath = folder["stats.npz"] };
        CalibrationStatistics collected = DrawnSamples.Calibrator(4).Calibrate(file, options).Statistics;
        CalibrationStatistics read = new Calibrator(Repository.Runtime, new RunSettings(), null).Calibrate(file, options).Statistics;
        Assert.NotEmpty(read.Layers);
        Assert.Equal(4, read.Samples.Count);
        Assert.Equal(collected.Digest, read.Digest);
        Assert.Equal(["no such value"], collected.UnseenValues);
        Assert.Equal(collected.UnseenValues, read.UnseenValues);
        Assert.NotEqual(DrawnSamples.Calibrator(3).Calibrate(file, options with { StatisticsPath = null }).Statistics.Digest, read.Digest);
    }

    [Fact]
    public void Calibrate_Stopped_GoesOnFromTheFileToTheSameBits()
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var options = new CalibrationOptions { WithGram = true, StatisticsPath = folder["stats.npz"] };
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => DrawnSamples.Calibrator(6).Calibrate(file, options, new Told(progress => Stop(progress.RunsDone == 3)), stop.Token));
        Assert.True(File.Exists(options.StatisticsPath));
        Assert.Contains("after 3 of 6 samples", Assert.Throws<SampleDataException>(() => new Calibrator(Repository.Runtime, new RunSettings(), null).Calibrate(file, options)).Message);

        var runs = new List<int>();
        CalibrationStatistics resumed = DrawnSamples.Calibrator(6).Calibrate(file, options, new Told(progress => runs.Add(progress.RunsDone))).Statistics;
        Assert.Equal([3, 4, 5], runs);
        Assert.Equal(DrawnSamples.Calibrator(6).Calibrate(file, options with { StatisticsPath = null }).Statistics.Digest, resumed.Digest);

        void Stop(bool now)
        {
            if (now)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public void Calibrate_FileOfAnotherModelOrOfOtherSamples_IsRefused()
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet)), other = ModelFile.Open(Repository.Fixture("convnet_iOS17/fp32.mlpackage"));
        var options = new CalibrationOptions { StatisticsPath = folder["stats.npz"] };
        DrawnSamples.Calibrator(2).Calibrate(file, options);
        Assert.Contains("another model", Assert.Throws<SampleDataException>(() => DrawnSamples.Calibrator(2).Calibrate(other, options)).Message);
        Assert.Contains("2 other samples", Assert.Throws<SampleDataException>(() => DrawnSamples.Calibrator(3).Calibrate(file, options with { WithGram = true })).Message);
        File.WriteAllBytes(options.StatisticsPath!, [1, 2, 3]);
        Assert.Throws<SampleDataException>(() => DrawnSamples.Calibrator(2).Calibrate(file, options));
    }

    [Fact]
    public void Calibrate_SamplesOfTheSameNamesWithOtherContents_AreOthers()
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var options = new CalibrationOptions { StatisticsPath = folder["stats.npz"] };
        DrawnSamples.Calibrator(2).Calibrate(file, options);
        var others = new Calibrator(Repository.Runtime, new RunSettings(), features => Repository.Runtime.DrawSamples(features, 7, 2).Select((sample, i) => sample with { Name = $"sample {i}", IsRandom = false }));
        Assert.Contains(others.Calibrate(file, options).Warnings, warning => warning.Contains("samples of the same names with other contents"));
        Assert.Contains("samples of the same names with other contents", Assert.Throws<SampleDataException>(() => others.Calibrate(file, options with { WithGram = true })).Message);
        Assert.DoesNotContain(DrawnSamples.Calibrator(2).Calibrate(file, options with { WithGram = true }).Warnings, warning => warning.Contains("contents"));
    }

    [Fact]
    public void Calibrate_Infinity_LeavesNothingInTheWayOfOtherSamples()
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var options = new CalibrationOptions { WithGram = true, StatisticsPath = folder["stats.npz"] };
        Assert.Throws<ModelRunException>(() => DrawnSamples.CalibratorWithOverflow(3, 2).Calibrate(file, options));
        Assert.False(File.Exists(options.StatisticsPath));
        Assert.Equal(2, DrawnSamples.Calibrator(2).Calibrate(file, options).Statistics.Samples.Count);
    }

    [Fact]
    public void Calibrate_InfinityWhileMoreIsCollected_LeavesWhatWasComplete()
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var options = new CalibrationOptions { StatisticsPath = folder["stats.npz"] };
        string digest = DrawnSamples.Calibrator(3).Calibrate(file, options).Statistics.Digest;
        ForgetContents(options.StatisticsPath!);
        Assert.Throws<ModelRunException>(() => DrawnSamples.CalibratorWithOverflow(3, 2).Calibrate(file, options with { WithGram = true }));
        Assert.Equal(digest, new Calibrator(Repository.Runtime, new RunSettings(), null).Calibrate(file, options).Statistics.Digest);
    }

    [Fact]
    public void Calibrate_StoppedFileAndOtherSamples_TellsHowFarItCame()
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var options = new CalibrationOptions { StatisticsPath = folder["stats.npz"] };
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => DrawnSamples.Calibrator(4).Calibrate(file, options, new Told(progress => Stop(progress.RunsDone == 1)), stop.Token));
        Assert.Contains("stopped after 1 of 4 other samples", Assert.Throws<SampleDataException>(() => DrawnSamples.Calibrator(3).Calibrate(file, options)).Message);

        void Stop(bool now)
        {
            if (now)
            {
                stop.Cancel();
            }
        }
    }

    // As files were before they knew the contents of their samples.
    private static void ForgetContents(string path) => NumpyFile.Write(
        path,
        NumpyFile.ReadArrays(path).Where(array => array.Key is not ("contents" or "digest")).Select(array => (array.Key, array.Value)).ToArray(),
        new OutputOptions { Overwrite = true });
}
