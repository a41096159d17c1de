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
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>Weights that operations between them and their product give in another layout.</summary>
public sealed class WeightLayoutTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Each with the operations between, the last of which gives the weight as it is multiplied: <c>t</c> with the order of axes or <c>r</c> with the new dimensions.</summary>
    [Theory]
    [InlineData("linear", new long[] { 3, 6 }, new long[] { 6, 5 }, "t 1,0", new long[] { 3, 5 })]
    [InlineData("linear", new long[] { 3, 6 }, new long[] { 1, 5, 6 }, "r 5,6", new long[] { 3, 5 })]
    [InlineData("linear", new long[] { 3, 6 }, new long[] { 2, 3, 6 }, "r 6,6", new long[] { 3, 6 })]
    [InlineData("linear", new long[] { 3, 6 }, new long[] { 4, 2, 3 }, "r 4,6", new long[] { 3, 4 })]
    [InlineData("linear", new long[] { 3, 6 }, new long[] { 6, 2, 4 }, "r 6,8; t 1,0", new long[] { 3, 8 })]
    [InlineData("linear", new long[] { 3, 6 }, new long[] { 2, 6, 4 }, "t 0,2,1; r 8,6", new long[] { 3, 8 })]
    [InlineData("matmul", new long[] { 3, 6 }, new long[] { 4, 6 }, "t -1,-2", new long[] { 3, 4 })]
    [InlineData("matmul", new long[] { 2, 3, 4 }, new long[] { 8, 5 }, "r 2,4,5", new long[] { 2, 3, 5 })]
    [InlineData("conv", new long[] { 1, 6, 9 }, new long[] { 5, 6 }, "r 5,6,1", new long[] { 1, 5, 9 })]
    [InlineData("conv", new long[] { 1, 6, 9 }, new long[] { 5, 18 }, "r 5,6,3", new long[] { 1, 5, 7 })]
    [InlineData("conv 2", new long[] { 1, 6, 9 }, new long[] { 4, 9 }, "r 4,3,3", new long[] { 1, 4, 7 })]
    [InlineData("conv 6", new long[] { 1, 6, 9 }, new long[] { 1, 6, 3 }, "t 1,0,2", new long[] { 1, 6, 7 })]
    public void Calibrate_WeightInAnotherLayout_StatisticsTellTheEnergyOfTheProduct(string product, long[] valueShape, long[] stored, string operations, long[] productShape)
    {
        string path = Write(product, valueShape, stored, operations, productShape);
        using ModelFile file = ModelFile.Open(path);
        LayerStatistics layer = Assert.Single(Calibrate(file).Statistics.Layers);
        Assert.Equal(stored, layer.Shape);
        using IRunnableModel model = Repository.Runtime.Open(path, new RunSettings());
        double energy = Samples(model.Features).Sum(sample => ((float[])((MultiArray)model.Run(sample).Outputs["y"]!).Values).Sum(value => (double)value * value));
        Assert.Equal(energy, layer.RowCount * LayerOutputs.ExpectedEnergy(layer, Weight(stored)), energy * 1e-5);
    }

    [Theory]
    [InlineData("linear", new long[] { 3, 4 }, new long[] { 2, 12 }, "r 6,4", new long[] { 3, 6 })]
    [InlineData("matmul", new long[] { 2, 3, 4 }, new long[] { 10, 4 }, "r 2,5,4; t 0,2,1", new long[] { 2, 3, 5 })]
    [InlineData("conv", new long[] { 1, 6, 9 }, new long[] { 3, 6, 5 }, "t 2,1,0", new long[] { 1, 5, 7 })]
    public void Calibrate_InputsThatAreNotAlongAxesOfTheStoredWeight_SaysSo(string product, long[] valueShape, long[] stored, string operations, long[] productShape)
    {
        using ModelFile file = ModelFile.Open(Write(product, valueShape, stored, operations, productShape));
        CalibrationResult result = Calibrate(file);
        Assert.Empty(result.Statistics.Layers);
        Assert.Equal([$"No statistics of 'w': it is multiplied by {product} 'y' in another layout, in which its inputs are not along axes of its own."], result.Notes);
    }

    [Theory]
    [InlineData(new long[] { 32, 64 }, "t 1,0")]
    [InlineData(new long[] { 8, 8, 32 }, "r 64,32")]
    public void Run_WeightInAnotherLayout_HasLessErrorAtTheOutputWithSamples(long[] stored, string operations)
    {
        string path = Write("linear", [16, 32], stored, operations, [16, 64]);
        Gain tables = Gain.Of(path, _folder, new PalettizationRecipe { BitWidth = 4, MinimumElementCount = 0 });
        Assert.True(tables.Calibrated > tables.Plain + 8, $"{tables}");
    }

    private static CalibrationResult Calibrate(ModelFile file) => new Calibrator(Repository.Runtime, new RunSettings(), Samples).Calibrate(file, new CalibrationOptions { WithGram = true });

    private static float[] Weight(long[] shape) => [.. Enumerable.Range(0, (int)Product(shape)).Select(i => (float)Math.Sin(i * i))];

    private string Write(string product, long[] valueShape, long[] stored, string operations, long[] productShape)
    {
        var program = new SmallProgram(ElementType.Float32, (int)Product(valueShape));
        program.Body.Operations.Add(SmallProgram.Constant("w", stored, Weight(stored)));
        program.Body.Operations.Add(SmallProgram.Operation("reshape", "v", ElementType.Float32, valueShape, ("x", "x"), ("shape", SmallProgram.Integers([.. valueShape.Select(size => (int)size)]))));
        (string weight, long[] shape) = ("w", stored);
        foreach (string operation in operations.Split("; "))
        {
            int[] numbers = [.. operation[2..].Split(',').Select(int.Parse)];
            bool isTransposed = operation[0] == 't';
            shape = [.. numbers.Select(number => isTransposed ? shape[number < 0 ? number + shape.Length : number] : number)];
            string result = $"{weight}'";
            program.Body.Operations.Add(SmallProgram.Operation(
                isTransposed ? "transpose" : "reshape", result, ElementType.Float32, shape, ("x", weight), (isTransposed ? "perm" : "shape", SmallProgram.Integers(numbers))));
            weight = result;
        }

        string[] parts = product.Split(' ');
        program.Body.Operations.Add(SmallProgram.Operation(
            parts[0],
            "y",
            ElementType.Float32,
            productShape,
            [("x", "v"), (parts[0] == "matmul" ? "y" : "weight", weight), .. parts.Skip(1).Select(groups => ("groups", (object)SmallProgram.Integer(int.Parse(groups))))]));
        return program.Write(_folder, productShape);
    }

    private static long Product(long[] shape) => shape.Aggregate(1L, (product, size) => product * size);

    private static IEnumerable<RunSample> Samples(RunFeatures features) => DrawnSamples.Of(features, 5);
}
