using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Coding;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Conversion;
using CoreMLQuant.Conversion.Budget;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Sensitivity.Budget;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Sensitivity;

/// <summary>Budgets by the outputs: met as measured on samples that took no part, and better spent than by the errors of weights.</summary>
public sealed class OutputBudgetTests : IDisposable
{
    private const string Program = "convnet_iOS18/fp32.mlpackage";
    private const string Network = "nn_cnn/fp32.mlmodel";
    private const string Classifier = "nn_cnn_classifier/fp32.mlmodel";
    private const int Count = 8;

    // Of so many samples. 0, 2, 5, and 7 calibrate, 1 and 6 choose.
    private static readonly int[] HeldOut = [3, 4];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Program, 20)]
    [InlineData(Program, 35)]
    [InlineData(Network, 20)]
    [InlineData(Network, 35)]
    public void MinimumOutputSnr_HoldsOnHeldOutSamplesAsReported(string fixture, double snr)
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(fixture));
        CompressionPlan plan = Budget(Count).Plan(model, Recipe with { MinimumOutputSnr = snr }, new CalibrationOptions());
        ConversionResult result = Write(model, plan);
        ComparedOutputs measured = Compare(fixture, result.Path, HeldOut);

        Assert.True(result.OutputSnrLowerLimit >= snr, $"{result.OutputSnrLowerLimit}");
        Assert.True(result.OutputSnr >= result.OutputSnrLowerLimit, $"{result.OutputSnr}");
        Assert.Equal(measured.Outputs.Min(output => output.SnrLowerLimit)!.Value, result.OutputSnrLowerLimit!.Value, 1e-9);
        Assert.Equal(measured.MinSnr!.Value, result.OutputSnr!.Value, 1e-9);
        Assert.Equal(2, result.HeldOutSamples);
        Assert.Equal(Count - HeldOut.Length, plan.Calibration!.SampleCount);
        Assert.True(result.After < result.Before / 2, $"{result.After} of {result.Before}");
    }

    [Fact]
    public void MinimumOutputSnr_LowerBound_SmallerModel()
    {
        long last = long.MaxValue;
        foreach (double snr in new[] { 80.0, 60, 42 })
        {
            using ModelFile model = ModelFile.Open(Repository.Fixture(Program));
            long size = Budget(2 * Count).Plan(model, Recipe with { MinimumOutputSnr = snr }, new CalibrationOptions()).SizeAfter;
            Assert.True(size < last, $"{size} at {snr} dB, {last} before");
            last = size;
        }
    }

    [Fact]
    public void MinimumAgreement_HoldsOnHeldOutSamplesAsReported()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Classifier));
        ConversionResult result = Write(model, Budget(Count).Plan(model, Recipe with { MinimumAgreement = 1 }, new CalibrationOptions()));
        Assert.Equal(1, result.OutputAgreement);
        Assert.Equal(Math.Sqrt(0.05), result.OutputAgreementLowerLimit!.Value, 1e-9);
        Assert.Contains(result.Notes, note => note.Contains("no number of samples"));
        Assert.Equal(1, Compare(Classifier, result.Path, HeldOut).MinimumAgreement);
        Assert.True(result.After < result.Before / 2, $"{result.After} of {result.Before}");
    }

    [Fact]
    public void MinimumAgreement_TooFewSamplesToShowIt_SaysHowManyWould()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Classifier));
        CompressionPlan plan = Budget(Count).Plan(model, Recipe with { MinimumAgreement = 0.9 }, new CalibrationOptions());
        Assert.Equal(1, plan.Outputs!.Agreement);
        Assert.Contains(plan.Notes, note => note.Contains("29 of them would show an agreement of 90 %"));
    }

    [Theory]
    [InlineData(28, "only 7 held-out samples verified the bound", "")]
    [InlineData(32, "", "verified on 8 held-out samples;")]
    [InlineData(64, "", "")]
    public void MinimumOutputSnr_FewHeldOutSamples_TellsHowWeakTheBoundIs(int count, string warned, string noted)
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Classifier));
        CompressionPlan plan = Budget(count).Plan(model, Recipe with { MinimumOutputSnr = 20 }, new CalibrationOptions());
        Assert.Equal(warned.Length > 0, plan.Warnings.Any(warning => warning.Contains("held-out") && warning.Contains(warned)));
        Assert.Equal(noted.Length > 0, plan.Notes.Any(note => note.Contains("held-out") && note.Contains(noted)));
    }

    [Theory]
    [InlineData(Program)]
    [InlineData(Network)]
    public void TargetSize_OutOfReach_IsToldBeforeAnythingRuns(string fixture)
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(fixture));
        var budget = new OutputBudget(Repository.Runtime, new RunSettings(), _ => throw new InvalidOperationException("Samples were read."));
        RecipeException error = Assert.Throws<RecipeException>(() => budget.Plan(model, Recipe with { TargetSize = 1000 }, new CalibrationOptions()));
        Assert.Matches(@"takes at least \d+ bytes; the target is 1000\.", error.Message);

        // What it says is what can be had.
        long least = long.Parse(System.Text.RegularExpressions.Regex.Match(error.Message, @"at least (\d+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(least, Budget(Count).Plan(model, Recipe with { TargetSize = least }, new CalibrationOptions()).SizeAfter);
    }

    [Theory]
    [InlineData(Program, 0.3)]
    [InlineData(Program, 0.2)]
    [InlineData(Network, 0.3)]
    [InlineData(Network, 0.15)]
    public void TargetSize_IsMet_AndOutputsAreNoWorseThanByWeights(string fixture, double share)
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(fixture));
        OptimizationRecipe recipe = Recipe with { TargetSize = (long)(SizeOf(model) * share) };
        CompressionPlan plan = Budget(Count).Plan(model, recipe, new CalibrationOptions { StatisticsPath = _folder["stats.npz"] });
        ConversionResult result = Write(model, plan);
        CalibrationStatistics statistics = new Calibrator(Repository.Runtime, new RunSettings(), null)
            .Calibrate(model, new CalibrationOptions { StatisticsPath = _folder["stats.npz"], WithGram = true }).Statistics;
        ConversionResult byWeights = Write(model, ModelCompressor.Plan(model, recipe, statistics));

        Assert.True(result.After <= recipe.TargetSize);
        Assert.Equal(plan.SizeAfter, result.After);
        Assert.Equal(Compare(fixture, result.Path, HeldOut).MinSnr!.Value, result.OutputSnr!.Value, 1e-9);
        int[] measured = [0, 1, 2, 5, 6, 7];
        double ours = Compare(fixture, result.Path, measured).MinSnr!.Value, theirs = Compare(fixture, byWeights.Path, measured).MinSnr!.Value;
        Assert.True(ours >= theirs, $"{ours} < {theirs}");
    }

    [Fact]
    public void TargetSize_SomeModel_HasBetterOutputsOnHeldOutSamples()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Program));
        OptimizationRecipe recipe = Recipe with { TargetSize = (long)(SizeOf(model) * 0.2) };
        CompressionPlan plan = Budget(Count).Plan(model, recipe, new CalibrationOptions { StatisticsPath = _folder["stats.npz"] });
        CalibrationStatistics statistics = new Calibrator(Repository.Runtime, new RunSettings(), null)
            .Calibrate(model, new CalibrationOptions { StatisticsPath = _folder["stats.npz"], WithGram = true }).Statistics;
        double byWeights = Compare(Program, Write(model, ModelCompressor.Plan(model, recipe, statistics)).Path, HeldOut).MinSnr!.Value;
        Assert.True(plan.Outputs!.Snr > byWeights, $"{plan.Outputs.Snr}, by weights {byWeights}");
    }

    [Theory]
    [InlineData(Program)]
    [InlineData(Network)]
    public void TargetSize_OutputsTellNothing_ErrorsOfWeightsDecide(string fixture)
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(fixture));
        OptimizationRecipe recipe = Recipe with { TargetSize = (long)(SizeOf(model) * 0.3) };
        var options = new CalibrationOptions { StatisticsPath = _folder["stats.npz"] };
        CompressionPlan plan = new OutputBudget(SureRuntime.Create(_ => true), new RunSettings(), features => Samples(features, Count)).Plan(model, recipe, options);
        CalibrationStatistics statistics = new Calibrator(Repository.Runtime, new RunSettings(), null).Calibrate(model, options with { WithGram = true }).Statistics;

        Assert.Equal(ModelCompressor.Plan(model, recipe, statistics).SizeAfter, plan.SizeAfter);
        Assert.True(plan.SizeAfter > recipe.TargetSize * 0.8, $"{plan.SizeAfter} of {recipe.TargetSize}");
    }

    [Theory]
    [InlineData(Program)]
    [InlineData(Network)]
    public void MinimumOutputSnr_OnlyHeldOutSamplesTellModelsApart_HoldsForThem(string fixture)
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(fixture));
        var runtime = SureRuntime.Create(sample => sample.Name is not ("sample 3" or "sample 4"));
        CompressionPlan plan = new OutputBudget(runtime, new RunSettings(), features => Samples(features, Count)).Plan(model, Recipe with { MinimumOutputSnr = 25 }, new CalibrationOptions());
        Assert.InRange(plan.Outputs!.SnrLowerLimit!.Value, 25, 100);
        Assert.True(plan.SizeAfter < SizeOf(model) / 2, $"{plan.SizeAfter} of {SizeOf(model)}");
    }

    // What a few held-out samples do not show, those that choose do: a model is never smaller than both allow.
    [Theory]
    [InlineData(Program)]
    [InlineData(Network)]
    public void MinimumOutputSnr_OnlySamplesThatChooseTellModelsApart_HoldsForThem(string fixture)
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(fixture));
        var runtime = SureRuntime.Create(sample => sample.Name is not ("sample 1" or "sample 6"));
        CompressionPlan plan = new OutputBudget(runtime, new RunSettings(), features => Samples(features, Count)).Plan(model, Recipe with { MinimumOutputSnr = 25 }, new CalibrationOptions());
        Assert.Equal(double.PositiveInfinity, plan.Outputs!.Snr);
        Assert.InRange(Compare(fixture, Write(model, plan).Path, [1, 6]).MinSnr!.Value, 25, 100);
    }

    [Fact]
    public void MinimumOutputSnr_SamplesThatChooseMissIt_TellsTheirFigure()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Network));
        var runtime = SureRuntime.Create(sample => sample.Name is not ("sample 1" or "sample 6"));
        var budget = new OutputBudget(runtime, new RunSettings(), features => Samples(features, Count));
        Assert.Contains("on 2 samples to choose by is", Assert.Throws<RecipeException>(() => budget.Plan(model, Recipe with { MinimumOutputSnr = 250 }, new CalibrationOptions())).Message);
    }

    // Errors of the weight are not at the outputs of these samples, but they are for all whose inputs differ from zero.
    [Fact]
    public void MinimumOutputSnr_WeightThatMeetsZerosAlone_CountsWithItsOwnErrors()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture("nn_rnns/fp32.mlmodel"));
        var budget = new OutputBudget(Repository.Runtime, new RunSettings(), features => Samples(features, Count).Select(sample => sample.WithZeros("x")));
        ConversionResult result = Write(model, budget.Plan(model, Recipe with { MinimumOutputSnr = 25, Include = NamePatterns.Parse(["simpleRecurrent"]) }, new CalibrationOptions()));
        WeightResult weight = Assert.Single(result.Weights, weight => weight.Name == "rnn/weightMatrix");
        Assert.Null(weight.LayerSnr);
        Assert.True(weight.Snr >= 25, $"{weight.Snr} dB");
    }

    [Theory]
    [InlineData(Program, CompressionMethod.Calibrated, false, Count - 2)]
    [InlineData(Network, CompressionMethod.Calibrated, false, Count - 2)]
    [InlineData(Network, CompressionMethod.Calibrated, true, Count / 2)]
    [InlineData(Network, CompressionMethod.RoundToNearest, false, Count / 2)]
    public void Plan_OnceEncodingsAreChosen_AllSamplesThatAreNotHeldOutCalibrate(string fixture, CompressionMethod method, bool hasFile, int calibrating)
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(fixture));
        var options = new CalibrationOptions { StatisticsPath = hasFile ? _folder["stats.npz"] : null };
        CompressionPlan plan = Budget(Count).Plan(model, Recipe with { TargetSize = SizeOf(model) / 4, Method = method }, options);
        string[] names = [.. Enumerable.Range(0, Count).Except(HeldOut).Where(i => calibrating > Count / 2 || i is not (1 or 6)).Select(i => $"sample {i}")];
        Assert.Equal(calibrating, names.Length);
        Assert.Equal(names, plan.Statistics!.Samples);
        Assert.Equal(Compare(fixture, Write(model, plan).Path, HeldOut).MinSnr!.Value, plan.Outputs!.Snr!.Value, 1e-9);
    }

    [Fact]
    public void Plan_SameSamples_GivesTheSameBytes()
    {
        byte[][] outputs = Enumerable.Range(0, 2).Select(_ =>
        {
            using ModelFile model = ModelFile.Open(Repository.Fixture(Network));
            return File.ReadAllBytes(Write(model, Budget(Count).Plan(model, Recipe with { MinimumOutputSnr = 25 }, new CalibrationOptions())).Path);
        }).ToArray();
        Assert.Equal(outputs[0], outputs[1]);
    }

    [Fact]
    public void MinimumOutputSnr_OutOfReach_TellsTheBestFigure()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Network));
        string message = Assert.Throws<RecipeException>(() => Budget(Count).Plan(model, Recipe with { MinimumOutputSnr = 250 }, new CalibrationOptions())).Message;
        Assert.Contains("on 2 held-out samples is", message);
        Assert.Contains("250", message);
    }

    [Fact]
    public void MinimumAgreement_ModelWithoutClasses_IsRefused()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Network));
        Assert.Contains("-MinimumOutputSnr", Assert.Throws<RecipeException>(() => Budget(Count).Plan(model, Recipe with { MinimumAgreement = 0.9 }, new CalibrationOptions())).Message);
    }

    [Fact]
    public void Plan_HeldOutOutputsThatAreExact_HaveNoLimitAndANote()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Network));
        var budget = new OutputBudget(SureRuntime.Create(_ => true), new RunSettings(), features => Samples(features, Count));
        CompressionPlan plan = budget.Plan(model, Recipe with { MinimumOutputSnr = 20 }, new CalibrationOptions());
        Assert.Equal(double.PositiveInfinity, plan.Outputs!.Snr);
        Assert.Null(plan.Outputs.SnrLowerLimit);
        Assert.Contains(plan.Notes, note => note.Contains("are exactly those of the source, which tells no limit"));
        Assert.Single(plan.Warnings, warning => warning.Contains("the outputs are the same for all 4 samples"));
        Assert.DoesNotContain(Budget(Count).Plan(model, Recipe with { MinimumOutputSnr = 20 }, new CalibrationOptions()).Warnings, warning => warning.Contains("the outputs are the same"));
    }

    [Fact]
    public void Plan_OneSample_IsRefused()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Network));
        Assert.Contains("two samples", Assert.Throws<SampleDataException>(() => Budget(1).Plan(model, Recipe with { MinimumOutputSnr = 20 }, new CalibrationOptions())).Message);
    }

    [Fact]
    public void Plan_StatisticsOfHeldOutSamples_AreRefused()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Network));
        var options = new CalibrationOptions { StatisticsPath = _folder["stats.npz"], WithGram = true };
        new Calibrator(Repository.Runtime, new RunSettings(), features => Samples(features, Count)).Calibrate(model, options);
        Assert.Contains("keeps apart from calibration", Assert.Throws<SampleDataException>(() => Budget(Count).Plan(model, Recipe with { MinimumOutputSnr = 20 }, options)).Message);
    }

    [Theory]
    [InlineData(Program)]
    [InlineData(Network)]
    public void KeptEncodings_AreTheBytesThatAreComputed(string fixture)
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(fixture));
        CalibrationStatistics statistics = new Calibrator(Repository.Runtime, new RunSettings(), features => Samples(features, Count))
            .Calibrate(model, new CalibrationOptions { WithGram = true }).Statistics;
        using var store = new EncodingStore(_folder.Root);
        WeightAlternatives[] weights = BudgetPlanner.Measure(model, Recipe, statistics, store, CancellationToken.None);

        // A killed process leaves nothing: on Unix, the file has no name while it is open; Windows deletes it with its last handle.
        Assert.True(OperatingSystem.IsWindows() || Directory.GetFileSystemEntries(_folder.Root).Length == 0);
        for (int way = 1; way < weights.Max(weight => weight.Alternatives.Count); way++)
        {
            Alternative[] choices = Array.ConvertAll(weights, weight => weight.Alternatives[Math.Min(way, weight.Alternatives.Count - 1)]);
            ConversionResult kept = WriteChoice(choices), computed = WriteChoice(Array.ConvertAll(choices, choice => choice with { Record = null }));
            Assert.Equal(FilesOf(computed.Path), FilesOf(kept.Path));
            Assert.Equal(computed.Weights.Select(weight => (weight.Snr, weight.LayerSnr, weight.Reason)), kept.Weights.Select(weight => (weight.Snr, weight.LayerSnr, weight.Reason)));
            Assert.Contains(kept.Weights, weight => weight.LayerSnr is not null);
        }

        ConversionResult WriteChoice(Alternative[] choices) => Write(model, BudgetPlanner.Plan(model, Recipe, weights, choices, statistics, CancellationToken.None));
    }

    [Theory]
    [InlineData(Program, 15)]
    [InlineData(Program, 30)]
    [InlineData(Network, 15)]
    [InlineData(Network, 30)]
    public void MinimumSnr_WithStatistics_HoldsForEveryWeightAndIsNoLarger(string fixture, double snr)
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(fixture));
        CalibrationStatistics statistics = new Calibrator(Repository.Runtime, new RunSettings(), features => Samples(features, Count))
            .Calibrate(model, new CalibrationOptions { WithGram = true }).Statistics;
        OptimizationRecipe recipe = Recipe with { MinimumSnr = snr };
        ConversionResult plain = Write(model, ModelCompressor.Plan(model, recipe)), calibrated = Write(model, ModelCompressor.Plan(model, recipe, statistics));
        ConversionResult rounded = Write(model, ModelCompressor.Plan(model, recipe with { Method = CompressionMethod.RoundToNearest }, statistics));

        Assert.All(calibrated.Weights, weight => Assert.True(weight.Snr is null || weight.Snr >= snr, weight.ToString()));
        Assert.Equal(plain.After, calibrated.After);
        WeightResult[] before = rounded.Weights.Where(weight => weight.LayerSnr is not null).ToArray(), after = calibrated.Weights.Where(weight => weight.LayerSnr is not null).ToArray();
        Assert.All(before.Zip(after), pair => Assert.True(pair.Second.LayerSnr >= pair.First.LayerSnr, $"{pair.Second.Name}: {pair.Second.LayerSnr}, rounded {pair.First.LayerSnr}"));
        Assert.Contains(before.Zip(after), pair => pair.Second.LayerSnr > pair.First.LayerSnr);
    }

    [Fact]
    public void Plan_LeavesNothingBehind()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Network));
        Directory.CreateDirectory(_folder["temp"]);
        var budget = new OutputBudget(Repository.Runtime, new RunSettings(), features => Samples(features, Count)) { TemporaryFolder = _folder["temp"] };
        budget.Plan(model, Recipe with { MinimumOutputSnr = 20 }, new CalibrationOptions());
        Assert.Empty(Directory.GetFileSystemEntries(_folder["temp"]));
    }

    [Fact]
    public void Plan_AfterOneThatWasKilled_RemovesWhatItLeft()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Network));
        Directory.CreateDirectory(_folder["temp"]);
        using (StagingFolder killed = StagingFolder.Create(Path.Combine(_folder["temp"], "CoreMLQuant-sensitivity")))
        {
            File.WriteAllText(Path.Combine(killed.Path, "model.mlmodel"), "half a model");
            killed.Leave();
            var budget = new OutputBudget(Repository.Runtime, new RunSettings(), features => Samples(features, Count)) { TemporaryFolder = _folder["temp"] };
            budget.Plan(model, Recipe with { MinimumOutputSnr = 20 }, new CalibrationOptions());
            Assert.Empty(Directory.GetFileSystemEntries(_folder["temp"]));
        }
    }

    [Fact]
    public void ModelCompressor_BoundOnOutputs_RequiresSamples()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Network));
        Assert.Contains("-InputPath", Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, Recipe with { MinimumOutputSnr = 20 })).Message);
    }

    private static OptimizationRecipe Recipe => new() { Steps = [], MinimumElementCount = 100 };

    private static OutputBudget Budget(int count) => new(Repository.Runtime, new RunSettings(), features => Samples(features, count));

    // Random numbers as data: what they are is all that counts here.
    private static IEnumerable<RunSample> Samples(RunFeatures features, int count) =>
        Repository.Runtime.DrawSamples(features, 1, count).Select((sample, i) => sample with { Name = $"sample {i}", IsRandom = false });

    private ConversionResult Write(ModelFile model, CompressionPlan plan) =>
        ModelCompressor.Run(model, plan, _folder[Guid.NewGuid().ToString("N") + (plan.WritesPackage ? ".mlpackage" : ".mlmodel")], new ConversionOptions());

    private static SortedDictionary<string, byte[]> FilesOf(string path) => File.Exists(path)
        ? new() { [string.Empty] = File.ReadAllBytes(path) }
        : new(Directory.GetFiles(path, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "Manifest.json").ToDictionary(file => file.Substring(path.Length), File.ReadAllBytes));

    private static ComparedOutputs Compare(string fixture, string path, int[] chosen)
    {
        using IRunnableModel reference = Repository.Runtime.Open(Repository.Fixture(fixture), new RunSettings()), difference = Repository.Runtime.Open(path, new RunSettings());
        return OutputComparer.Compare(sample => reference.Run(sample), difference, Samples(reference.Features, Count).Where((_, i) => chosen.Contains(i)));
    }

    private static long SizeOf(ModelFile model) => ModelCompressor.Plan(model, new LinearQuantizationRecipe()).SizeBefore;
}
