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

/// <summary>Weights that are one or several matrices of a product.</summary>
public sealed class MatrixProductTests : IDisposable
{
    private const int SampleCount = 5;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("matmul", false, new long[] { 2, 3, 4 }, new long[] { 4, 5 }, new long[] { 2, 3, 5 })]
    [InlineData("matmul", false, new long[] { 2, 3, 4 }, new long[] { 2, 4, 5 }, new long[] { 2, 3, 5 })]
    [InlineData("matmul", false, new long[] { 2, 3, 4 }, new long[] { 1, 4, 5 }, new long[] { 2, 3, 5 })]
    [InlineData("matmul", false, new long[] { 1, 3, 4 }, new long[] { 2, 4, 5 }, new long[] { 2, 3, 5 })]
    [InlineData("matmul", false, new long[] { 3, 4 }, new long[] { 2, 4, 5 }, new long[] { 2, 3, 5 })]
    [InlineData("matmul", false, new long[] { 3, 2, 6, 4 }, new long[] { 2, 4, 5 }, new long[] { 3, 2, 6, 5 })]
    [InlineData("matmul", false, new long[] { 3, 1, 6, 4 }, new long[] { 3, 2, 4, 5 }, new long[] { 3, 2, 6, 5 })]
    [InlineData("matmul", true, new long[] { 2, 4, 3 }, new long[] { 5, 4 }, new long[] { 2, 5, 3 })]
    [InlineData("matmul", true, new long[] { 2, 4, 3 }, new long[] { 2, 5, 4 }, new long[] { 2, 5, 3 })]
    [InlineData("matmul", true, new long[] { 4, 3 }, new long[] { 2, 5, 4 }, new long[] { 2, 5, 3 })]
    [InlineData("matmul", false, new long[] { 4 }, new long[] { 4, 5 }, new long[] { 5 })]
    [InlineData("matmul", false, new long[] { 4 }, new long[] { 2, 4, 5 }, new long[] { 2, 5 })]
    [InlineData("matmul", true, new long[] { 4 }, new long[] { 5, 4 }, new long[] { 5 })]
    [InlineData("matmul", true, new long[] { 4 }, new long[] { 2, 5, 4 }, new long[] { 2, 5 })]
    [InlineData("chw,whr->chr", false, new long[] { 5, 2, 4 }, new long[] { 4, 2, 6 }, new long[] { 5, 2, 6 })]
    [InlineData("nchw,nwhu->nchu", false, new long[] { 3, 5, 2, 4 }, new long[] { 3, 4, 2, 6 }, new long[] { 3, 5, 2, 6 })]
    [InlineData("nchw,nwhu->nchu", true, new long[] { 3, 4, 2, 6 }, new long[] { 3, 5, 2, 4 }, new long[] { 3, 5, 2, 6 })]
    public void Calibrate_FactorOfAProduct_StatisticsTellTheEnergyOfTheProduct(string equation, bool isFirst, long[] valueShape, long[] weightShape, long[] productShape)
    {
        int length = (int)valueShape.Aggregate(1L, (product, size) => product * size);
        float[] weight = [.. Enumerable.Range(0, (int)weightShape.Aggregate(1L, (product, size) => product * size)).Select(i => (float)Math.Sin(i * i))];
        var program = new SmallProgram(ElementType.Float32, length);
        program.Body.Operations.Add(SmallProgram.Constant("w", weightShape, weight));
        program.Body.Operations.Add(SmallProgram.Operation("reshape", "r", ElementType.Float32, valueShape, ("x", "x"), ("shape", SmallProgram.Integers([.. valueShape.Select(size => (int)size)]))));
        program.Body.Operations.Add(Product(equation, productShape, isFirst ? ("w", "r") : ("r", "w")));
        string path = program.Write(_folder, productShape);

        using ModelFile file = ModelFile.Open(path);
        LayerStatistics layer = Assert.Single(new Calibrator(Repository.Runtime, new RunSettings(), Samples).Calibrate(file, new CalibrationOptions { WithGram = true }).Statistics.Layers);
        using IRunnableModel model = Repository.Runtime.Open(path, new RunSettings());
        double energy = Samples(model.Features).Sum(sample => ((float[])((MultiArray)model.Run(sample).Outputs["y"]!).Values).Sum(value => (double)value * value));
        Assert.Equal(energy, layer.RowCount * LayerOutputs.ExpectedEnergy(layer, weight), energy * 1e-5);
    }

    private static Operation Product(string equation, long[] shape, (string First, string Second) factors)
    {
        if (equation == "matmul")
        {
            return SmallProgram.Operation("matmul", "y", ElementType.Float32, shape, ("x", factors.First), ("y", factors.Second));
        }

        Operation operation = SmallProgram.Operation("einsum", "y", ElementType.Float32, shape, ("equation", SmallProgram.Text(equation)), ("values", factors.First));
        operation.Inputs["values"].Arguments.Add(new Argument.Types.Binding { Name = factors.Second });
        return operation;
    }

    private static IEnumerable<RunSample> Samples(RunFeatures features) => DrawnSamples.Of(features, SampleCount);
}
