using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Conversion;
using CoreMLQuant.Mil.Activations;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Sensitivity.Budget;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Sensitivity;

/// <summary>Bounds on the outputs that activations are quantized for: operations keep floats until they hold, the most expensive ones first.</summary>
public sealed class ActivationBudgetTests : IDisposable
{
    private const string Program = "convnet_iOS18/fp32.mlpackage";
    private const string Classifier = "image_classifier_str/fp32.mlpackage";
    private const int Count = 8;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(40)]
    public void MinimumOutputSnr_HoldsOnHeldOutSamplesAsReported(double snr)
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Program));
        ConversionResult result = Write(model, Plan(model, new ActivationQuantization { MinimumOutputSnr = snr }));
        ComparedOutputs measured = Compare(result.Path, [3, 4]);
        Assert.True(result.OutputSnrLowerLimit >= snr, $"{result.OutputSnrLowerLimit}");
        Assert.Equal(measured.MinSnr!.Value, result.OutputSnr!.Value, 1e-9);
        Assert.Equal(2, result.HeldOutSamples);
        Assert.True(result.Converted > 0);
    }

    [Fact]
    public void MinimumOutputSnr_HigherBound_MoreOperationsKeepFloats()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Program));
        int[] quantized = new[] { 10.0, 30, 40 }.Select(snr => Plan(model, new ActivationQuantization { MinimumOutputSnr = snr }).Activations.Count).ToArray();
        int all = Plan(model, new ActivationQuantization { MinimumOutputSnr = 1 }).Activations.Count;
        Assert.Equal(all, quantized[0]);
        Assert.True(quantized[0] >= quantized[1] && quantized[1] > quantized[2], string.Join(", ", quantized));
    }

    [Fact]
    public void MinimumOutputSnr_ThatNeedsFloats_TellsWhichOperationsKeepThem()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Program));
        var recipe = new LinearQuantizationRecipe { Activations = new ActivationQuantization { MinimumOutputSnr = 40 } };
        string note = Assert.Single(Plan(model, recipe.Activations).Notes, note => note.Contains("as floats"));
        IReadOnlyList<string> operations = CalibratedActivations.OperationsOf(model, recipe);
        Assert.Contains($" of {operations.Count} operations ", note);
        Assert.Contains(operations, note.Contains);
    }

    [Fact]
    public void MinimumOutputSnr_NoneThatCouldBeQuantizedKeepsIt_IsWarnedOfAndNotCountedAsSome()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Program));
        CompressionPlan plan = Plan(model, new ActivationQuantization { MinimumOutputSnr = 100 }, minimumElementCount: 1_000_000);
        Assert.Empty(plan.Activations);
        Assert.Contains(plan.Warnings, warning => warning.StartsWith("no activation is quantized", StringComparison.Ordinal));
        Assert.DoesNotContain(plan.Notes, note => note.Contains("as floats"));
        Assert.DoesNotContain("activations", plan.Description);
    }

    [Fact]
    public void MinimumOutputSnr_OutOfReach_TellsWhatFloatsHave()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Program));
        string message = Assert.Throws<RecipeException>(() => Plan(model, new ActivationQuantization { MinimumOutputSnr = 200 })).Message;
        Assert.Contains("With all activations as floats, what was measured on 2 held-out samples is", message);
        Assert.Contains("200", message);
    }

    [Fact]
    public void MinimumOutputSnr_NetworkWithoutOperationsForActivations_SaysSo()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture("nn_cnn/fp32.mlmodel"));
        Assert.Contains("has no operation that could keep its activations as floats", Assert.Throws<RecipeException>(() => Plan(model, new ActivationQuantization { MinimumOutputSnr = 200 })).Message);
    }

    [Fact]
    public void MinimumAgreement_OfAClassifier_HoldsOnHeldOutSamples()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Classifier));
        CompressionPlan plan = Plan(model, new ActivationQuantization { MinimumAgreement = 0.9 });
        Assert.Equal(1, plan.Outputs!.Agreement);
        Assert.Equal(2, plan.Outputs.SampleCount);
    }

    [Fact]
    public void MinimumAgreement_ModelWithoutClasses_IsRefused()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Program));
        Assert.Contains("-MinimumOutputSnr", Assert.Throws<RecipeException>(() => Plan(model, new ActivationQuantization { MinimumAgreement = 0.9 })).Message);
    }

    [Fact]
    public void Plan_SameSamples_GivesTheSameModel()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Program));
        byte[][] specifications = Enumerable.Range(0, 2)
            .Select(_ => Write(model, Plan(model, new ActivationQuantization { MinimumOutputSnr = 35 })).Path)
            .Select(path => File.ReadAllBytes(Path.Combine(path, "Data", "com.apple.CoreML", "model.mlmodel"))).ToArray();
        Assert.Equal(specifications[0], specifications[1]);
    }

    [Fact]
    public void Plan_LeavesNothingBehind()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Program));
        Directory.CreateDirectory(_folder["temp"]);
        Plan(model, new ActivationQuantization { MinimumOutputSnr = 35 });
        Assert.Empty(Directory.GetFileSystemEntries(_folder["temp"]));
    }

    [Fact]
    public void ModelCompressor_BoundOnOutputs_RequiresSamples()
    {
        using ModelFile model = ModelFile.Open(Repository.Fixture(Program));
        var recipe = new LinearQuantizationRecipe { Activations = new ActivationQuantization { MinimumOutputSnr = 20 } };
        Assert.Contains("-InputPath", Assert.Throws<RecipeException>(() => ModelCompressor.Plan(model, recipe)).Message);
    }

    private CompressionPlan Plan(ModelFile model, ActivationQuantization activations, long minimumElementCount = 100)
    {
        Directory.CreateDirectory(_folder["temp"]);
        return new ActivationBudget(Repository.Runtime, new RunSettings(), Samples) { TemporaryFolder = _folder["temp"] }
            .Plan(model, new LinearQuantizationRecipe { MinimumElementCount = minimumElementCount, AllowOpsetUpgrade = true, Activations = activations }, new CalibrationOptions());
    }

    // Random numbers as data: what they are is all that counts here.
    private static IEnumerable<RunSample> Samples(RunFeatures features) =>
        Repository.Runtime.DrawSamples(features, 1, Count).Select((sample, i) => sample with { Name = $"sample {i}", IsRandom = false });

    private ConversionResult Write(ModelFile model, CompressionPlan plan) =>
        ModelCompressor.Run(model, plan, _folder[Guid.NewGuid().ToString("N") + ".mlpackage"], new ConversionOptions());

    private static ComparedOutputs Compare(string path, int[] chosen)
    {
        using IRunnableModel reference = Repository.Runtime.Open(Repository.Fixture(Program), new RunSettings()), difference = Repository.Runtime.Open(path, new RunSettings());
        return OutputComparer.Compare(sample => reference.Run(sample), difference, Samples(reference.Features).Where((_, i) => chosen.Contains(i)));
    }
}
