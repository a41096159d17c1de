using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Elements;
using CoreMLQuant.Inspection;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Sensitivity;
using CoreMLQuant.Specification.Schema;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>Weights inside of branches and loops.</summary>
public sealed class NestedWeightTests : IDisposable
{
    private const int Rows = 3, Size = 16, SampleCount = 6;

    private static readonly long[] Matrix = [Rows, Size];

    private readonly List<TestFolder> _folders = [];

    public void Dispose() => _folders.ForEach(folder => folder.Dispose());

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Calibrate_WeightInALoop_MeetsWhatTheSameOperationsMeetWithoutOne(int rounds)
    {
        LayerStatistics looped = Assert.Single(Calibrate(Loop(rounds)).Statistics.Layers), unrolled = Assert.Single(Calibrate(Unrolled(rounds)).Statistics.Layers);
        Assert.Equal(rounds * Rows * SampleCount, looped.RowCount);
        AssertNear(unrolled, looped);
    }

    [Fact]
    public void Calibrate_LoopWithoutRounds_HasNoStatistics()
    {
        CalibrationResult result = Calibrate(Loop(0));
        Assert.Empty(result.Statistics.Layers);
        Assert.DoesNotContain(result.Notes, note => note.Contains("cannot be looked at"));
    }

    [Fact]
    public void Calibrate_WeightsInBranches_MeetTheSamplesThatTakeThem()
    {
        CalibrationStatistics statistics = Calibrate(Branches()).Statistics;
        Dictionary<string, LayerStatistics> layers = statistics.Layers.ToDictionary(layer => layer.Weight.Name);
        int yes = Values().Count(values => values.Sum() > 0);
        Assert.InRange(yes, 1, SampleCount - 1);
        Assert.Equal(yes * Rows, layers["yes"].RowCount);
        Assert.Equal((SampleCount - yes) * Rows, layers["no"].RowCount);
        Assert.Equal(Values().Where(values => values.Sum() > 0).Average(values => Enumerable.Range(0, Rows).Average(row => Math.Max(0, values[row * Size]))), layers["yes"].Means[0], 1e-6);
        Assert.Equal(Values().Where(values => values.Sum() <= 0).Average(values => Enumerable.Range(0, Rows).Average(row => Math.Tanh(values[row * Size]))), layers["no"].Means[0], 1e-6);
    }

    [Fact]
    public void Calibrate_BranchesInALoop_AreOfTheRoundsThatTakeThem()
    {
        CalibrationStatistics statistics = Calibrate(BranchesInALoop(5)).Statistics;
        Assert.Equal([("no", 2L * Rows * SampleCount), ("yes", 3L * Rows * SampleCount)], statistics.Layers.Select(layer => (layer.Weight.Name, layer.RowCount)).Order());
    }

    [Theory]
    [InlineData("control_flow_iOS16/fp32.mlpackage")]
    [InlineData("control_flow_iOS18/fp32.mlpackage")]
    public void Calibrate_ControlFlow_LeavesNoWeightOut(string fixture)
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(fixture));
        CalibrationResult result = DrawnSamples.Calibrator(8).Calibrate(file, new CalibrationOptions { WithGram = true });
        Assert.DoesNotContain(result.Notes, note => note.StartsWith("No statistics", StringComparison.Ordinal));
        Assert.Contains(result.Statistics.Layers, layer => layer.Weight.Name.StartsWith("loop_fc", StringComparison.Ordinal));
    }

    /// <summary>What coremltools makes of a GRU: its gates are operations in a loop.</summary>
    [Fact]
    public void Calibrate_GruInALoop_HasStatisticsOfAllItsWeights()
    {
        using ModelFile file = ModelFile.Open(Nets.Model("gru_iOS15"));
        CalibrationStatistics statistics = DrawnSamples.Calibrator(2).Calibrate(file, new CalibrationOptions { WithGram = true }).Statistics;
        Assert.Equal(
            WeightSites.Find(file).Where(weight => weight.Site.Consumers.Contains("linear") && weight.Site.Shape.Count == 2).Select(weight => weight.Site.Name).Order(StringComparer.Ordinal),
            statistics.Layers.Select(layer => layer.Weight.Name).Order(StringComparer.Ordinal));
        long steps = RunFeatures.Of(file).Inputs[0].Shape.Default.Aggregate(1L, (product, size) => product * size) / statistics.Layers.Min(layer => layer.Columns);
        Assert.All(statistics.Layers, layer => Assert.Equal(2 * steps, layer.RowCount));
    }

    [Fact]
    public void Calibrate_WeightsInBranches_AreTheSameFromAFile()
    {
        using ModelFile file = ModelFile.Open(Branches());
        var folder = new TestFolder();
        _folders.Add(folder);
        var options = new CalibrationOptions { WithGram = true, StatisticsPath = folder["stats.npz"] };
        string digest = new Calibrator(Repository.Runtime, new RunSettings(), Samples).Calibrate(file, options).Statistics.Digest;
        Assert.Equal(digest, new Calibrator(null, new RunSettings(), null).Calibrate(file, options).Statistics.Digest);
    }

    [Fact]
    public void Run_WeightInALoop_HasLessErrorAtTheOutputWithSamples()
    {
        string path = Loop(3);
        var folder = new TestFolder();
        _folders.Add(folder);
        Gain gain = Gain.Of(path, folder, new PalettizationRecipe { BitWidth = 4, MinimumElementCount = 0 });
        Assert.True(gain.Calibrated > gain.Plain + 1, $"{gain}");
    }

    [Fact]
    public void Measure_ControlFlow_TellsTheErrorOfLayersInsideOfIt()
    {
        WeightSensitivity[] rows = new SensitivityMeasurement(Repository.Runtime, new RunSettings(), features => DrawnSamples.Of(features, 8)).Measure(
            Repository.Fixture("control_flow_iOS16/fp32.mlpackage"), new SensitivityOptions { Recipes = [new PalettizationRecipe { BitWidth = 2, MinimumElementCount = 100 }] }).ToArray();
        WeightSensitivity loop = Assert.Single(rows, row => row.Name.StartsWith("loop_fc_weight", StringComparison.Ordinal));
        Assert.NotNull(loop.LayerSnr);
        Assert.InRange(loop.Snr!.Value, 0, 60);
    }

    [Fact]
    public void Open_WithInnerValues_GivesThoseOfAllRounds()
    {
        string path = Loop(4);
        using IRunnableModel model = Repository.Runtime.Open(path, new RunSettings { HasInnerValues = true, IntermediateValues = ["l in block 1 of loop"] });
        Assert.Equal([-1, Rows, Size], Assert.Single(model.IntermediateValues, value => value.Name == "l in block 1 of loop").Shape);
        var values = (MultiArray)model.Run(Samples(model.Features).First()).IntermediateValues["l in block 1 of loop"]!;
        Assert.Equal([4, Rows, Size], values.Shape);
        using IRunnableModel without = Repository.Runtime.Open(path, new RunSettings());
        Assert.DoesNotContain(without.IntermediateValues, value => value.Name.Contains("in block"));
    }

    private static void AssertNear(LayerStatistics expected, LayerStatistics actual)
    {
        Assert.Equal(expected.RowCount, actual.RowCount);
        Assert.All(expected.Means.Zip(actual.Means), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.All(expected.Gram!.Read().Zip(actual.Gram!.Read()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    private static CalibrationResult Calibrate(string path)
    {
        using ModelFile file = ModelFile.Open(path);
        return new Calibrator(Repository.Runtime, new RunSettings(), Samples).Calibrate(file, new CalibrationOptions { WithGram = true });
    }

    private string Loop(int rounds) => Write(
        ["w"],
        While("loop", "y", rounds, Float("linear", "l", ("x", "h"), ("weight", "w")), Float("tanh", "t", ("x", "l"))));

    private string Unrolled(int rounds) => Write(
        ["w"],
        [.. Enumerable.Range(0, rounds).SelectMany(round => new[]
        {
            Float("linear", $"l{round}", ("x", round == 0 ? "r" : $"t{round - 1}"), ("weight", "w")),
            Float("tanh", round == rounds - 1 ? "y" : $"t{round}", ("x", $"l{round}")),
        })]);

    private string Branches() => Write(
        ["yes", "no"],
        SmallProgram.Operation("reduce_sum", "s", ElementType.Float32, [], ("x", "x"), ("axes", SmallProgram.Integers(0)), ("keep_dims", SmallProgram.Truth(false))),
        SmallProgram.Operation("greater", "p", ElementType.Boolean, [], ("x", "s"), ("y", SmallProgram.Float(0))),
        Cond("y", "r"));

    // Of five rounds, the first three go one way.
    private string BranchesInALoop(int rounds) => Write(
        ["yes", "no"],
        While("loop", "y", rounds, SmallProgram.Operation("less", "p", ElementType.Boolean, [], ("x", "i"), ("y", SmallProgram.Integer(3))), Cond("t", "h")));

    private static Operation Cond(string output, string value)
    {
        Operation operation = Float("cond", output, ("pred", "p"));
        operation.Blocks.Add(new Block { Outputs = { "b" }, Operations = { Float("relu", "a", ("x", value)), Float("linear", "b", ("x", "a"), ("weight", "yes")) } });
        operation.Blocks.Add(new Block { Outputs = { "b" }, Operations = { Float("tanh", "a", ("x", value)), Float("linear", "b", ("x", "a"), ("weight", "no")) } });
        return operation;
    }

    // Carries the number of the round, i, and h, which the operations make t of.
    private static Operation While(string name, string output, int rounds, params Operation[] operations)
    {
        var loop = new Operation { Type = "while_loop" };
        loop.Attributes["name"] = MilTypes.Text(name);
        loop.Outputs.Add(new NamedValueType { Name = "count", Type = MilTypes.Tensor(ElementType.Int32, []) });
        loop.Outputs.Add(new NamedValueType { Name = output, Type = MilTypes.Tensor(ElementType.Float32, Matrix) });
        loop.Inputs["loop_vars"] = new Argument
        {
            Arguments = { new Argument.Types.Binding { Value = SmallProgram.Integer(0) }, new Argument.Types.Binding { Name = "r" } },
        };
        Block condition = Carrying(), body = Carrying();
        condition.Operations.Add(SmallProgram.Operation("less", "again", ElementType.Boolean, [], ("x", "i"), ("y", SmallProgram.Integer(rounds))));
        condition.Outputs.Add("again");
        body.Operations.AddRange(operations);
        body.Operations.Add(SmallProgram.Operation("add", "next", ElementType.Int32, [], ("x", "i"), ("y", SmallProgram.Integer(1))));
        body.Outputs.AddRange(["next", "t"]);
        loop.Blocks.AddRange([condition, body]);
        return loop;

        static Block Carrying() => new()
        {
            Inputs = { new NamedValueType { Name = "i", Type = MilTypes.Tensor(ElementType.Int32, []) }, new NamedValueType { Name = "h", Type = MilTypes.Tensor(ElementType.Float32, Matrix) } },
        };
    }

    private static Operation Float(string type, string output, params (string Parameter, object Value)[] inputs) => SmallProgram.Operation(type, output, ElementType.Float32, Matrix, inputs);

    private static Operation Weight(string name) =>
        SmallProgram.Constant(name, [Size, Size], [.. Enumerable.Range(0, Size * Size).Select(i => (float)Math.Sin((i * i) + name.Length) / 2)]);

    private string Write(string[] weights, params Operation[] operations)
    {
        var program = new SmallProgram(ElementType.Float32, Rows * Size);
        program.Body.Operations.AddRange(weights.Select(Weight));
        program.Body.Operations.Add(Float("reshape", "r", ("x", "x"), ("shape", SmallProgram.Integers(Rows, Size))));
        program.Body.Operations.AddRange(operations);
        var folder = new TestFolder();
        _folders.Add(folder);
        return program.Write(folder, Matrix);
    }

    private static IEnumerable<float[]> Values() => Enumerable.Range(0, SampleCount).Select(sample => Enumerable.Range(0, Rows * Size).Select(i => (float)Math.Sin((sample * 31) + (i * 1.7)) + (sample % 3 == 0 ? 0.5f : -0.5f)).ToArray());

    private static IEnumerable<RunSample> Samples(RunFeatures features) =>
        Values().Select((values, i) => new RunSample($"sample {i}", new Dictionary<string, object> { ["x"] = new MultiArray(values, [Rows * Size]) }));
}
