using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Sensitivity;
using CoreMLQuant.Specification.Schema;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>Weights that several operations use.</summary>
public sealed class SharedWeightTests : IDisposable
{
    private const int Size = 4, Rows = 3, SampleCount = 5;

    private static readonly long[] Matrix = [Rows, Size];

    private readonly TestFolder _folder = new();
    private readonly List<TestFolder> _folders = [];

    public void Dispose()
    {
        _folder.Dispose();
        _folders.ForEach(folder => folder.Dispose());
    }

    [Fact]
    public void Calibrate_WeightThatIsMultipliedAlongTheSameAxes_AddsUpTheInputs()
    {
        LayerStatistics layer = Assert.Single(Calibrate(Operation("linear", "h", ("x", "r"), ("weight", "w")), Operation("linear", "y", ("x", "h"), ("weight", "w"))).Statistics.Layers);
        Assert.Equal(2 * Rows * SampleCount, layer.RowCount);
    }

    [Fact]
    public void Calibrate_WeightThatIsMultipliedAlongOtherAxes_RaisesTheDiagonalByItsMean() =>
        AssertRaised(1, Operation("linear", "h", ("x", "r"), ("weight", "w")), Operation("matmul", "y", ("x", "h"), ("y", "w")));

    [Fact]
    public void Calibrate_WeightThatIndicesLookUpAsWell_RaisesTheDiagonalByItsMean() => AssertRaised(
        1,
        Operation("linear", "h", ("x", "r"), ("weight", "w")),
        Lookup("e"),
        Operation("add", "y", ("x", "h"), ("y", "e")));

    [Fact]
    public void Calibrate_WeightOfTwoProductsAndALookup_RaisesTheDiagonalByHalfOfIt() => AssertRaised(
        0.5,
        Operation("linear", "h", ("x", "r"), ("weight", "w")),
        Operation("linear", "i", ("x", "r"), ("weight", "w")),
        Lookup("e"),
        Operation("add", "j", ("x", "h"), ("y", "i")),
        Operation("add", "y", ("x", "j"), ("y", "e")));

    [Fact]
    public void Calibrate_WeightThatIsOnlyLookedUp_HasNoStatistics()
    {
        CalibrationResult result = Calibrate(Lookup("e"), Operation("add", "y", ("x", "r"), ("y", "e")));
        Assert.Empty(result.Statistics.Layers);
        Assert.Equal(["No statistics of 'w': it is used by gather 'e', which does not multiply vectors with it."], result.Notes);
    }

    [Fact]
    public void Calibrate_WeightThatIsSlicedAsWell_HasNoStatistics()
    {
        CalibrationResult result = Calibrate(
            SmallProgram.Operation("slice_by_size", "s", ElementType.Float32, Matrix, ("x", "w"), ("begin", SmallProgram.Integers(0, 0)), ("size", SmallProgram.Integers(Rows, Size))),
            Operation("linear", "h", ("x", "r"), ("weight", "w")),
            Operation("add", "y", ("x", "h"), ("y", "s")));
        Assert.Empty(result.Statistics.Layers);
        Assert.Equal(["No statistics of 'w': it is used by slice_by_size 's', which does not multiply vectors with it."], result.Notes);
    }

    [Fact]
    public void Calibrate_WeightWithOtherUses_IsTheSameFromAFile()
    {
        Operation[] operations = [Operation("linear", "h", ("x", "r"), ("weight", "w")), Lookup("e"), Operation("add", "y", ("x", "h"), ("y", "e"))];
        using ModelFile file = ModelFile.Open(Write(operations));
        var options = new CalibrationOptions { WithGram = true, StatisticsPath = _folder["stats.npz"] };
        string digest = new Calibrator(Repository.Runtime, new RunSettings(), Samples).Calibrate(file, options).Statistics.Digest;
        Assert.Equal(digest, new Calibrator(null, new RunSettings(), null).Calibrate(file, options).Statistics.Digest);
        Assert.NotEqual(digest, Calibrate(Operation("linear", "y", ("x", "r"), ("weight", "w"))).Statistics.Digest);
    }

    [Fact]
    public void Run_TiedEmbeddings_HaveLessErrorAtTheOutputWithSamples()
    {
        Gain gain = Gain.Of(TiedEmbeddings(), _folder, new PalettizationRecipe { BitWidth = 4, MinimumElementCount = 0 });
        Assert.True(gain.Calibrated > gain.Plain + 0.5, $"{gain}");
    }

    [Fact]
    public void Measure_TiedEmbeddings_HaveTheErrorOfTheirLayer()
    {
        WeightSensitivity row = Assert.Single(new SensitivityMeasurement(Repository.Runtime, new RunSettings(), features => Gain.Samples(features).Take(SampleCount)).Measure(
            TiedEmbeddings(), new SensitivityOptions { Recipes = [new PalettizationRecipe { BitWidth = 2, MinimumElementCount = 0 }] }));
        Assert.Equal("w", row.Name);
        Assert.NotNull(row.LayerSnr);
        Assert.NotNull(row.Snr);
    }

    [Fact]
    public void Run_TiedAutoencoder_HasLessErrorAtTheOutputWithSamples()
    {
        const int inputs = 32, codes = 64, length = 12;
        var program = new SmallProgram(ElementType.Float32, length * inputs);
        program.Body.Operations.Add(SmallProgram.Constant("w", [codes, inputs], [.. Enumerable.Range(0, codes * inputs).Select(i => (float)Math.Sin(i * i))]));
        program.Body.Operations.Add(SmallProgram.Operation("reshape", "r", ElementType.Float32, [length, inputs], ("x", "x"), ("shape", SmallProgram.Integers(length, inputs))));
        program.Body.Operations.Add(SmallProgram.Operation("linear", "h", ElementType.Float32, [length, codes], ("x", "r"), ("weight", "w")));
        program.Body.Operations.Add(SmallProgram.Operation("relu", "c", ElementType.Float32, [length, codes], ("x", "h")));
        program.Body.Operations.Add(SmallProgram.Operation("matmul", "y", ElementType.Float32, [length, inputs], ("x", "c"), ("y", "w")));
        Gain gain = Gain.Of(program.Write(_folder, [length, inputs]), _folder, new PalettizationRecipe { BitWidth = 4, MinimumElementCount = 0 });
        Assert.True(gain.Calibrated > gain.Plain + 0.1, $"{gain}");
    }

    // A language model in small: the embeddings are the weight of the last layer as well.
    private string TiedEmbeddings()
    {
        const int words = 96, width = 32, length = 12;
        var program = new SmallProgram(ElementType.Float32, length * width);
        program.Body.Operations.Add(SmallProgram.Constant("w", [words, width], [.. Enumerable.Range(0, words * width).Select(i => (float)Math.Sin(i * i))]));
        program.Body.Operations.Add(SmallProgram.Operation(
            "gather", "e", ElementType.Float32, [length, width], ("x", "w"), ("indices", SmallProgram.Integers([.. Enumerable.Range(0, length).Select(i => i * 7)])), ("axis", SmallProgram.Integer(0))));
        program.Body.Operations.Add(SmallProgram.Operation("reshape", "r", ElementType.Float32, [length, width], ("x", "x"), ("shape", SmallProgram.Integers(length, width))));
        program.Body.Operations.Add(SmallProgram.Operation("add", "h", ElementType.Float32, [length, width], ("x", "r"), ("y", "e")));
        program.Body.Operations.Add(SmallProgram.Operation("linear", "y", ElementType.Float32, [length, words], ("x", "h"), ("weight", "w")));
        return program.Write(_folder, [length, words]);
    }

    private void AssertRaised(double times, params Operation[] operations)
    {
        LayerStatistics alone = Assert.Single(Calibrate(Operation("linear", "y", ("x", "r"), ("weight", "w"))).Statistics.Layers);
        LayerStatistics shared = Assert.Single(Calibrate(operations).Statistics.Layers);
        double raise = times * alone.SecondMoments.Average();
        Assert.Equal(alone.InputCounts, shared.InputCounts);
        Assert.Equal(alone.Means, shared.Means);
        Assert.Equal(alone.SecondMoments.Select(moment => moment + raise), shared.SecondMoments);
        Assert.Equal(alone.Gram!.Read().Select((product, i) => i % (Size + 1) == 0 ? product + raise : product), shared.Gram!.Read());
    }

    private static Operation Lookup(string output) =>
        SmallProgram.Operation("gather", output, ElementType.Float32, Matrix, ("x", "w"), ("indices", SmallProgram.Integers(2, 0, 1)), ("axis", SmallProgram.Integer(0)));

    private static Operation Operation(string type, string output, params (string Parameter, object Value)[] inputs) => SmallProgram.Operation(type, output, ElementType.Float32, Matrix, inputs);

    private CalibrationResult Calibrate(params Operation[] operations)
    {
        using ModelFile file = ModelFile.Open(Write(operations));
        return new Calibrator(Repository.Runtime, new RunSettings(), Samples).Calibrate(file, new CalibrationOptions { WithGram = true });
    }

    private string Write(params Operation[] operations)
    {
        var program = new SmallProgram(ElementType.Float32, Rows * Size);
        program.Body.Operations.Add(SmallProgram.Constant("w", [Size, Size], [.. Enumerable.Range(0, Size * Size).Select(i => (float)Math.Sin(i))]));
        program.Body.Operations.Add(Operation("reshape", "r", ("x", "x"), ("shape", SmallProgram.Integers(Rows, Size))));
        program.Body.Operations.AddRange(operations);
        var folder = new TestFolder();
        _folders.Add(folder);
        return program.Write(folder, Matrix);
    }

    private static IEnumerable<RunSample> Samples(RunFeatures features) => DrawnSamples.Of(features, SampleCount);
}
