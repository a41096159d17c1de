using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Files;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx;
using CoreMLQuant.Running;
using CoreMLQuant.Running.Numpy;
using CoreMLQuant.Runtime.Tests.Support;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Calibration;

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
        CalibrationStatistics statistics = Calibrator(3).Calibrate(file, new CalibrationOptions { WithGram = true }).Statistics;
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
            MultiArray[] values = Samples(model.Features, 3).Select(sample => model.Run(sample).IntermediateValues[output]).OfType<MultiArray>().ToArray();
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
    public void Calibrate_StatisticsFile_IsReadInsteadOfSamples()
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var options = new CalibrationOptions { WithGram = true, Values = ["no such value"], StatisticsPath = folder["stats.npz"] };
        CalibrationStatistics collected = Calibrator(4).Calibrate(file, options).Statistics;
        CalibrationStatistics read = new Calibrator(Repository.Runtime, new RunSettings(), null).Calibrate(file, options).Statistics;
        Assert.NotEmpty(read.Layers);
        Assert.Equal(4, read.Samples.Count);
        Assert.Equal(collected.Digest, read.Digest);
        Assert.Equal(["no such value"], collected.UnseenValues);
        Assert.Equal(collected.UnseenValues, read.UnseenValues);
        Assert.NotEqual(Calibrator(3).Calibrate(file, options with { StatisticsPath = null }).Statistics.Digest, read.Digest);
    }

    [Fact]
    public void Calibrate_Stopped_GoesOnFromTheFileToTheSameBits()
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var options = new CalibrationOptions { WithGram = true, StatisticsPath = folder["stats.npz"] };
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Calibrator(6).Calibrate(file, options, new Told(progress => Stop(progress.RunsDone == 3)), stop.Token));
        Assert.True(File.Exists(options.StatisticsPath));
        Assert.Contains("after 3 of 6 samples", Assert.Throws<SampleDataException>(() => new Calibrator(Repository.Runtime, new RunSettings(), null).Calibrate(file, options)).Message);

        var runs = new List<int>();
        CalibrationStatistics resumed = Calibrator(6).Calibrate(file, options, new Told(progress => runs.Add(progress.RunsDone))).Statistics;
        Assert.Equal([3, 4, 5], runs);
        Assert.Equal(Calibrator(6).Calibrate(file, options with { StatisticsPath = null }).Statistics.Digest, resumed.Digest);

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
        Calibrator(2).Calibrate(file, options);
        Assert.Contains("another model", Assert.Throws<SampleDataException>(() => Calibrator(2).Calibrate(other, options)).Message);
        Assert.Contains("2 other samples", Assert.Throws<SampleDataException>(() => Calibrator(3).Calibrate(file, options with { WithGram = true })).Message);
        File.WriteAllBytes(options.StatisticsPath!, [1, 2, 3]);
        Assert.Throws<SampleDataException>(() => Calibrator(2).Calibrate(file, options));
    }

    [Fact]
    public void Calibrate_MoreSamplesThanWanted_ChoosesTheSameBySeed()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        string[] first = Names(5), again = Names(5), other = Names(6);
        Assert.Equal(3, first.Length);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        string[] Names(int seed) => [.. Calibrator(20).Calibrate(file, new CalibrationOptions { Count = 3, Seed = seed }).Statistics.Samples];
    }

    [Fact]
    public void Calibrate_SamplesThatDoNotFit_AreAllToldBeforeOneIsRun()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var calibrator = new Calibrator(Repository.Runtime, new RunSettings(), features =>
            [Samples(features, 1).First(), new RunSample("a", new Dictionary<string, object> { ["other"] = new MultiArray(new float[1], [1]) }), new RunSample("b", new Dictionary<string, object>())]);
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
        var calibrator = new Calibrator(Repository.Runtime, new RunSettings(), features => Samples(features, 2).Select((sample, i) => i == 0 ? sample : sample with
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
    public void Calibrate_SamplesOfTheSameNamesWithOtherContents_AreOthers()
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var options = new CalibrationOptions { StatisticsPath = folder["stats.npz"] };
        Calibrator(2).Calibrate(file, options);
        var others = new Calibrator(Repository.Runtime, new RunSettings(), features => Repository.Runtime.DrawSamples(features, 7, 2).Select((sample, i) => sample with { Name = $"sample {i}", IsRandom = false }));
        Assert.Contains(others.Calibrate(file, options).Warnings, warning => warning.Contains("samples of the same names with other contents"));
        Assert.Contains("samples of the same names with other contents", Assert.Throws<SampleDataException>(() => others.Calibrate(file, options with { WithGram = true })).Message);
        Assert.DoesNotContain(Calibrator(2).Calibrate(file, options with { WithGram = true }).Warnings, warning => warning.Contains("contents"));
    }

    [Fact]
    public void Calibrate_RandomOrNoSamples_AreRefused()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        Assert.Contains("Random samples", Assert.Throws<SampleDataException>(() =>
            new Calibrator(Repository.Runtime, new RunSettings(), features => Repository.Runtime.DrawSamples(features, 1, 1)).Calibrate(file, new CalibrationOptions())).Message);
        Assert.Contains("no samples", Assert.Throws<SampleDataException>(() => Calibrator(0).Calibrate(file, new CalibrationOptions())).Message);
    }

    [Fact]
    public void Calibrate_FewOrEqualSamples_Warns()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture("gpt_tiny_iOS18/fp32.mlpackage"));
        IReadOnlyList<string> warnings = Calibrator(1).Calibrate(file, new CalibrationOptions { WithGram = true }).Warnings;
        Assert.Contains(warnings, warning => warning.StartsWith("with 1 sample, ", StringComparison.Ordinal) && warning.Contains("use more samples"));

        using ModelFile convnet = ModelFile.Open(Repository.Fixture(Convnet));
        var zeros = new Calibrator(Repository.Runtime, new RunSettings(), features => Samples(features, 1).Select(sample => sample with
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
        CalibrationResult few = Calibrator(15).Calibrate(file, new CalibrationOptions { WithGram = true }), enough = Calibrator(16).Calibrate(file, new CalibrationOptions { WithGram = true });
        LayerStatistics[] layers = enough.Statistics.Layers.Where(layer => layer.RowCount < layer.Columns).ToArray();
        Assert.NotEmpty(layers);
        Assert.Contains(few.Warnings, warning => warning.StartsWith("with 15 samples, ", StringComparison.Ordinal));
        Assert.Empty(few.Notes);
        Assert.DoesNotContain(enough.Warnings, warning => warning.Contains("vectors"));
        string note = Assert.Single(enough.Notes);
        Assert.StartsWith($"Of 16 samples, {layers.Length} of {enough.Statistics.Layers.Count} weights met fewer vectors", note, StringComparison.Ordinal);
        Assert.Contains(layers, layer => note.Contains($"'{layer.Weight.Name}' the fewest: {layer.RowCount} for {layer.Columns} inputs"));
        Assert.Empty(Calibrator(1).Calibrate(file, new CalibrationOptions()).Notes);
    }

    [Theory]
    [InlineData(Convnet)]
    [InlineData("convnet_iOS15/fp16.mlpackage")]
    [InlineData("nn_cnn/fp32.mlmodel")]
    public void Calibrate_InfinityInAnInputThatAWeightMeets_NamesInputAndSampleBeforeOneIsRun(string fixture)
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(fixture));
        InputMismatchException error = Assert.Throws<InputMismatchException>(
            () => With(float.NegativeInfinity, 2, 1).Calibrate(file, new CalibrationOptions(), new Told(_ => Assert.Fail("One was run."))));
        Assert.Contains("'sample 1'", error.Message);
        Assert.Contains("Input 'image' holds infinity (value 1), and a weight is multiplied with it.", error.Message);
    }

    [Fact]
    public void Calibrate_InfinityThatTheModelComputes_NamesValueAndSample()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        string message = Assert.Throws<ModelRunException>(() => WithOverflow(1, 0).Calibrate(file, new CalibrationOptions())).Message;
        Assert.Matches("value '[^']+' holds (infinity|NaN) for the sample 'sample 0'", message);
    }

    [Fact]
    public void Calibrate_Infinity_LeavesNothingInTheWayOfOtherSamples()
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var options = new CalibrationOptions { WithGram = true, StatisticsPath = folder["stats.npz"] };
        Assert.Throws<ModelRunException>(() => WithOverflow(3, 2).Calibrate(file, options));
        Assert.False(File.Exists(options.StatisticsPath));
        Assert.Equal(2, Calibrator(2).Calibrate(file, options).Statistics.Samples.Count);
    }

    [Fact]
    public void Calibrate_InfinityWhileMoreIsCollected_LeavesWhatWasComplete()
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var options = new CalibrationOptions { StatisticsPath = folder["stats.npz"] };
        string digest = Calibrator(3).Calibrate(file, options).Statistics.Digest;
        ForgetContents(options.StatisticsPath!);
        Assert.Throws<ModelRunException>(() => WithOverflow(3, 2).Calibrate(file, options with { WithGram = true }));
        Assert.Equal(digest, new Calibrator(Repository.Runtime, new RunSettings(), null).Calibrate(file, options).Statistics.Digest);
    }

    // As files were before they knew the contents of their samples.
    private static void ForgetContents(string path) => NumpyFile.Write(
        path,
        NumpyFile.ReadArrays(path).Where(array => array.Key is not ("contents" or "digest")).Select(array => (array.Key, array.Value)).ToArray(),
        new OutputOptions { Overwrite = true });

    [Fact]
    public void Calibrate_StoppedFileAndOtherSamples_TellsHowFarItCame()
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        var options = new CalibrationOptions { StatisticsPath = folder["stats.npz"] };
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Calibrator(4).Calibrate(file, options, new Told(progress => Stop(progress.RunsDone == 1)), stop.Token));
        Assert.Contains("stopped after 1 of 4 other samples", Assert.Throws<SampleDataException>(() => Calibrator(3).Calibrate(file, options)).Message);

        void Stop(bool now)
        {
            if (now)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public void Calibrate_Values_GivesTheirExtentAndHistogram()
    {
        using IRunnableModel model = Repository.Runtime.Open(Repository.Fixture(Convnet), new RunSettings());
        string name = model.IntermediateValueNames[1];
        using IRunnableModel tapped = Repository.Runtime.Open(Repository.Fixture(Convnet), new RunSettings { IntermediateValues = [name] });
        float[] values = Samples(model.Features, 2).SelectMany(sample => (float[])((MultiArray)tapped.Run(sample).IntermediateValues[name]!).Values).ToArray();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Convnet));
        ActivationStatistics found = Assert.Single(Calibrator(2).Calibrate(file, new CalibrationOptions { Values = [name] }).Statistics.Activations);
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
        CalibrationResult result = Calibrator(2).Calibrate(file, new CalibrationOptions());
        Assert.Equal(
            WeightSites.Find(file).Where(weight => weight.Site.OpType is "conv" or "linear" or "convolution" or "innerProduct" && weight.Site.Shape.Count > 1).Select(weight => WeightKey.Of(weight.Site)),
            result.Statistics.Layers.Select(layer => layer.Weight));
    }

    [Fact]
    public void Calibrate_WeightsThatShareTheirInput_ShareTheirStatistics()
    {
        using ModelFile file = ModelFile.Open(Nets.Model("lstm_bi2_iOS15"));
        CalibrationStatistics statistics = Calibrator(2).Calibrate(file, new CalibrationOptions { WithGram = true }).Statistics;
        Assert.NotEmpty(statistics.Layers);
        Assert.True(statistics.Layers.Select(layer => layer.Gram).Distinct().Count() < statistics.Layers.Count, string.Join(", ", statistics.Layers.Select(layer => layer.Weight)));
    }

    private sealed class Told(Action<CalibrationProgress> report) : IProgress<CalibrationProgress>
    {
        public void Report(CalibrationProgress value) => report(value);
    }

    private static bool IsRunnable(string path)
    {
        using ModelFile file = ModelFile.Open(path);
        return OnnxTranslator.Check(file).IsRunnable;
    }

    // The sums of products are more than FP32 has, which only a run shows.
    private static Calibrator WithOverflow(int count, int at) => With(float.MaxValue, count, at);

    private static Calibrator With(float value, int count, int at) => new(Repository.Runtime, new RunSettings(), features => Samples(features, count).Select((sample, i) => i != at ? sample : sample with
    {
        Values = sample.Values.ToDictionary(input => input.Key, input => (object)new MultiArray(Enumerable.Repeat(value, ((MultiArray)input.Value).Values.Length).ToArray(), ((MultiArray)input.Value).Shape)),
    }));

    private static Calibrator Calibrator(int count) => new(Repository.Runtime, new RunSettings(), features => Samples(features, count));

    // Random numbers as data: what they are is all that counts here.
    private static IEnumerable<RunSample> Samples(RunFeatures features, int count) =>
        Repository.Runtime.DrawSamples(features, 1, count).Select((sample, i) => sample with { Name = $"sample {i}", IsRandom = false });
}
