using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Specification.Schema;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>Weights that several operations use.</summary>
public sealed class SharedWeightTests : IDisposable
{
    private const int Size = 4, Rows = 3, SampleCount = 5;

    private static readonly long[] Matrix = [Rows, Size];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Calibrate_WeightThatIsMultipliedAlongTheSameAxes_AddsUpTheInputs()
    {
        LayerStatistics layer = Assert.Single(Calibrate(Operation("linear", "h", ("x", "r"), ("weight", "w")), Operation("linear", "y", ("x", "h"), ("weight", "w"))).Statistics.Layers);
        Assert.Equal(2 * Rows * SampleCount, layer.RowCount);
    }

    [Fact]
    public void Calibrate_WeightThatIsMultipliedAlongOtherAxes_HasNoStatistics()
    {
        CalibrationResult result = Calibrate(Operation("linear", "h", ("x", "r"), ("weight", "w")), Operation("matmul", "y", ("x", "h"), ("y", "w")));
        Assert.Empty(result.Statistics.Layers);
        Assert.Equal(["No statistics of 'w': it is multiplied by matmul 'y' along other axes than by linear 'h'."], result.Notes);
    }

    [Fact]
    public void Calibrate_WeightThatIndicesLookUpAsWell_HasNoStatistics()
    {
        CalibrationResult result = Calibrate(
            SmallProgram.Operation("gather", "e", ElementType.Float32, Matrix, ("x", "w"), ("indices", SmallProgram.Integers(2, 0, 1)), ("axis", SmallProgram.Integer(0))),
            Operation("add", "h", ("x", "e"), ("y", "r")),
            Operation("linear", "y", ("x", "h"), ("weight", "w")));
        Assert.Empty(result.Statistics.Layers);
        Assert.Equal(["No statistics of 'w': it is used by gather 'e', which does not multiply vectors with it."], result.Notes);
    }

    private static Operation Operation(string type, string output, params (string Parameter, object Value)[] inputs) => SmallProgram.Operation(type, output, ElementType.Float32, Matrix, inputs);

    private CalibrationResult Calibrate(params Operation[] operations)
    {
        var program = new SmallProgram(ElementType.Float32, Rows * Size);
        program.Body.Operations.Add(SmallProgram.Constant("w", [Size, Size], [.. Enumerable.Range(0, Size * Size).Select(i => (float)Math.Sin(i))]));
        program.Body.Operations.Add(Operation("reshape", "r", ("x", "x"), ("shape", SmallProgram.Integers(Rows, Size))));
        program.Body.Operations.AddRange(operations);
        using ModelFile file = ModelFile.Open(program.Write(_folder, Matrix));
        return new Calibrator(Repository.Runtime, new RunSettings(), Samples).Calibrate(file, new CalibrationOptions { WithGram = true });
    }

    private static IEnumerable<RunSample> Samples(RunFeatures features) =>
        Repository.Runtime.DrawSamples(features, 1, SampleCount).Select((sample, i) => sample with { Name = $"sample {i}", IsRandom = false });
}
