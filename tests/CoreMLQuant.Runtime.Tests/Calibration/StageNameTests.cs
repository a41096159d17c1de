using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>Pipelines whose stages use the same names.</summary>
public sealed class StageNameTests : IDisposable
{
    private static readonly long[] Shape = [4];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Calibrate_ValuesOfTheSameName_AreNotTakenForEachOther()
    {
        using ModelFile file = ModelFile.Open(Pipeline());
        CalibrationStatistics statistics = new Calibrator(Repository.Runtime, new RunSettings(), _ => [Sample])
            .Calibrate(file, new CalibrationOptions { Values = ["x", "t", "y", "z"] }).Statistics;
        Assert.Equal(["t"], statistics.UnseenValues);
        Assert.Equal(
            [("x", 1f, 4f), ("y", 101f, 401f), ("z", 10101f, 40101f)],
            statistics.Activations.Select(value => (value.Name, (float)value.Minimum, (float)value.Maximum)));
    }

    [Fact]
    public void Run_ValuesOfTheSameName_AreToldWithTheirStages()
    {
        string pipeline = Pipeline();
        string[] names = [.. IntermediateValueNames(pipeline)];
        Assert.Equal(["a/t", "y", "b/t", "z"], names);
        using IRunnableModel model = Repository.Runtime.Open(pipeline, new RunSettings { IntermediateValues = names });
        ModelRun run = model.Run(Sample);
        Assert.Equal(
            [("a/t", 100f), ("y", 101f), ("b/t", 10100f), ("z", 10101f)],
            run.IntermediateValues.Cast<DictionaryEntry>().Select(value => ((string)value.Key, ((float[])((MultiArray)value.Value!).Values)[0])));

        // What only one stage has keeps its name.
        Assert.All(IntermediateValueNames(Repository.Fixture("pipeline_mlprogram/fp32.mlpackage")), name => Assert.DoesNotContain("/", name));
    }

    private static RunSample Sample => new("a", new Dictionary<string, object> { ["x"] = new MultiArray(new float[] { 1, 2, 3, 4 }, [4]) });

    private static IReadOnlyList<string> IntermediateValueNames(string path)
    {
        using IRunnableModel model = Repository.Runtime.Open(path, new RunSettings());
        return model.IntermediateValueNames;
    }

    // Each stage multiplies by 100 and adds 1, and calls the product t; the second one takes y and gives z.
    private string Pipeline()
    {
        string package = Stage("x", "y");
        string specification = Path.Combine(package, "Data", "com.apple.CoreML", "model.mlmodel");
        Model first = Model.Parser.ParseFrom(File.ReadAllBytes(specification));
        Directory.Delete(package, recursive: true);
        Stage("y", "z");
        Model second = Model.Parser.ParseFrom(File.ReadAllBytes(specification));
        var pipeline = new Model { SpecificationVersion = first.SpecificationVersion, Description = new ModelDescription(), Pipeline = new Pipeline { Models = { first, second }, Names = { "a", "b" } } };
        pipeline.Description.Input.Add(first.Description.Input);
        pipeline.Description.Output.Add(second.Description.Output);
        File.WriteAllBytes(specification, pipeline.ToByteArray());
        return package;
    }

    private string Stage(string input, string output)
    {
        var program = new SmallProgram(ElementType.Float32, 4);
        program.Body.Operations.Add(SmallProgram.Operation("mul", "t", ElementType.Float32, Shape, ("x", input), ("y", SmallProgram.Float(100))));
        program.Body.Operations.Add(SmallProgram.Operation("add", output, ElementType.Float32, Shape, ("x", "t"), ("y", SmallProgram.Float(1))));
        program.Body.Outputs[0] = output;
        string package = program.Write(_folder, Shape);
        string specification = Path.Combine(package, "Data", "com.apple.CoreML", "model.mlmodel");
        Model model = Model.Parser.ParseFrom(File.ReadAllBytes(specification));
        model.MlProgram.Functions["main"].Inputs[0].Name = input;
        model.Description.Input[0].Name = input;
        model.Description.Output[0].Name = output;
        File.WriteAllBytes(specification, model.ToByteArray());
        return package;
    }
}
