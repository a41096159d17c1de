using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Sensitivity.Budget;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>Gram matrices that are more than memory is for: collected in turns while vectors wait, parked in a file, read one at a time; the same bits as those in memory.</summary>
public sealed class ParkedStatisticsTests : IDisposable
{
    private const int Count = 4;

    private readonly TestFolder _folder = new();
    private readonly ModelFile _model = ModelFile.Open(Repository.Fixture("convnet_iOS18/fp32.mlpackage"));
    private readonly CalibrationOptions _held = new() { WithGram = true };
    private readonly CalibrationStatistics _expected;
    private readonly CalibrationOptions _parked;

    public ParkedStatisticsTests()
    {
        _expected = Calibrator().Calibrate(_model, _held).Statistics;
        long[] sizes = _expected.Layers.Select(layer => layer.Gram!).Distinct().Select(gram => gram.Read().LongLength * sizeof(double)).ToArray();
        Assert.True(sizes.Length > 1);
        Directory.CreateDirectory(_folder["scratch"]);
        _parked = _held with { MaxHeldGramBytes = sizes.Max(), TemporaryFolder = _folder["scratch"] };
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30_000)]
    [InlineData(long.MaxValue)]
    public void Calibrate_MoreThanIsHeld_RunsEachSampleOnceToTheSameBits(long waitingBytes)
    {
        var runs = new List<int>();
        CalibrationStatistics found = Calibrator().Calibrate(
            _model, _parked with { MaxWaitingBytes = waitingBytes }, new Told(progress => runs.Add(progress.RunsDone))).Statistics;
        Assert.Equal(Enumerable.Range(0, Count), runs);
        Assert.Equal(_expected.Digest, found.Digest);
        Assert.Contains(found.Layers, layer => layer.Gram!.Read() != layer.Gram.Read());
        Assert.All(found.Layers, layer => Assert.Empty(layer.GramReason));
        found.Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(_parked.TemporaryFolder));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_000)]
    public void Calibrate_MoreValuesThanAreHeld_TakesSeveralPassesToTheSameBits(long elements)
    {
        int runs = 0;
        CalibrationStatistics found = Calibrator().Calibrate(_model, _parked with { MaxTappedElements = elements }, new Told(progress => runs = progress.RunsTotal)).Statistics;
        Assert.Equal(_expected.Digest, found.Digest);
        Assert.True(runs > Count, $"{runs} runs");
        Assert.Contains(found.Layers, layer => layer.Gram!.Read() != layer.Gram.Read());
        Assert.All(found.Layers, layer => Assert.Empty(layer.GramReason));
    }

    [Fact]
    public void Dispose_OfStatisticsAndPlans_ClosesTheFile()
    {
        CalibrationStatistics found = Calibrator().Calibrate(_model, _parked).Statistics;
        LayerStatistics parked = found.Layers.First(layer => layer.Gram!.Read() != layer.Gram.Read());
        ModelCompressor.Plan(_model, new LinearQuantizationRecipe { BitWidth = 4, AllowOpsetUpgrade = true }, found).Dispose();
        Assert.Throws<ObjectDisposedException>(() => parked.Gram!.Read());
        found.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BudgetSamples_Dispose_ClosesTheFileUnlessAPlanHasIt(bool isPlanned)
    {
        var runs = new SampleRuns(Repository.Runtime, new RunSettings(), Samples, _folder.Root);
        var given = BudgetSamples.Open(runs, _model, new OptimizationRecipe { Steps = [], MinimumOutputSnr = 20 }, null, _parked, choosesEncodings: true, null, CancellationToken.None);
        LayerStatistics parked = given.Calibration.Statistics.Layers.First(layer => layer.Gram!.Read() != layer.Gram.Read());
        CompressionPlan plan = ModelCompressor.Plan(_model, new LinearQuantizationRecipe { AllowOpsetUpgrade = true }, given.Calibration.Statistics);
        if (isPlanned)
        {
            plan = given.Verified(plan, new OutputFidelity(30, null, 1, IsHeldOut: true), given.Calibration);
        }

        given.Dispose();
        Assert.Equal(!isPlanned, Record.Exception(() => parked.Gram!.Read()) is ObjectDisposedException);
        plan.Dispose();
        Assert.Throws<ObjectDisposedException>(() => parked.Gram!.Read());
    }

    [Fact]
    public void Calibrate_FolderThatIsNotThere_IsToldWithWhatToDo()
    {
        IOException error = Assert.Throws<IOException>(() => Calibrator().Calibrate(_model, _parked with { TemporaryFolder = _folder["nowhere"] }));
        Assert.Contains("No temporary file can be created in", error.Message);
        Assert.Contains("Set the environment variable", error.Message);
    }

    [Fact]
    public void Calibrate_OneThatIsMoreThanIsHeld_IsLeftWithAReason()
    {
        CalibrationStatistics found = Calibrator().Calibrate(_model, _parked with { MaxHeldGramBytes = _parked.MaxHeldGramBytes - 1 }).Statistics;
        LayerStatistics left = Assert.Single(found.Layers, layer => layer.Gram is null);
        Assert.StartsWith("its Gram matrix would take", left.GramReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_ParkedStatistics_GivesTheSameBytes()
    {
        byte[] expected = Weights(_expected, "held.mlpackage");
        Assert.Equal(expected, Weights(Calibrator().Calibrate(_model, _parked).Statistics, "parked.mlpackage"));
    }

    [Theory]
    [InlineData(0, long.MaxValue, 2)]
    [InlineData(long.MaxValue, long.MaxValue, 2)]
    [InlineData(long.MaxValue, 1, Count + 2)]
    public void Calibrate_StatisticsFileOfMore_IsReadToTheSameBitsAndGoneOnWith(long waitingBytes, long elements, int runsBefore)
    {
        CalibrationOptions options = _parked with { StatisticsPath = _folder["stats.npz"], MaxWaitingBytes = waitingBytes, MaxTappedElements = elements };
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Calibrator().Calibrate(_model, options, new Told(progress => Stop(progress.RunsDone == runsBefore)), stop.Token));
        var runs = new List<int>();
        Assert.Equal(_expected.Digest, Calibrator().Calibrate(_model, options, new Told(progress => runs.Add(progress.RunsDone))).Statistics.Digest);
        Assert.Equal(runsBefore, runs[0]);
        byte[] written = File.ReadAllBytes(options.StatisticsPath!);
        Assert.Equal(_expected.Digest, new Calibrator(null, new RunSettings(), null).Calibrate(_model, options).Statistics.Digest);

        Calibrator().Calibrate(_model, _held with { StatisticsPath = _folder["held.npz"] });
        Assert.Equal(File.ReadAllBytes(_folder["held.npz"]), written);

        void Stop(bool now)
        {
            if (now)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public void Calibrate_OverflowWhileOthersWait_LeavesNothing()
    {
        CalibrationOptions options = _parked with { StatisticsPath = _folder["stats.npz"] };
        var calibrator = new Calibrator(Repository.Runtime, new RunSettings(), features => Samples(features).Select((sample, i) => i < 2 ? sample : sample with
        {
            Values = sample.Values.ToDictionary(value => value.Key, value => (object)Largest((MultiArray)value.Value)),
        }));
        Assert.Contains("'sample 2'", Assert.Throws<ModelRunException>(() => calibrator.Calibrate(_model, options)).Message);
        Assert.False(File.Exists(options.StatisticsPath));

        static MultiArray Largest(MultiArray array) => new(Enumerable.Repeat(float.MaxValue, array.Values.Length).ToArray(), array.Shape);
    }

    private byte[] Weights(CalibrationStatistics statistics, string name)
    {
        CompressionPlan plan = ModelCompressor.Plan(_model, new LinearQuantizationRecipe { BitWidth = 4, AllowOpsetUpgrade = true, MinimumElementCount = 1 }, statistics);
        string path = ModelCompressor.Run(_model, plan, _folder[name], new ConversionOptions()).Path;
        return File.ReadAllBytes(Directory.GetFiles(path, "weight.bin", SearchOption.AllDirectories).Single());
    }

    private static Calibrator Calibrator() => new(Repository.Runtime, new RunSettings(), Samples);

    private static IEnumerable<RunSample> Samples(RunFeatures features) =>
        Repository.Runtime.DrawSamples(features, 1, Count).Select((sample, i) => sample with { Name = $"sample {i}", IsRandom = false });
}
