using System.IO;
using CoreMLQuant.Elements;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;

namespace CoreMLQuant.Runtime.Tests.Support;

/// <summary>Programs of two operations.</summary>
internal static class SmallPrograms
{
    private static readonly long[] Shape = [4];

    /// <summary>Gives <c>h</c>, twice <c>x</c>, and <c>y</c>, which is computed from <c>h</c>.</summary>
    public static string TwoOutputs(TestFolder folder)
    {
        var program = new SmallProgram(ElementType.Float32, 4);
        program.Body.Operations.Add(SmallProgram.Operation("mul", "h", ElementType.Float32, Shape, ("x", "x"), ("y", SmallProgram.Float(2))));
        program.Body.Operations.Add(SmallProgram.Operation("add", "y", ElementType.Float32, Shape, ("x", "h"), ("y", SmallProgram.Float(1))));
        program.Body.Outputs.Insert(0, "h");
        string path = program.Write(folder, Shape);
        string specification = Path.Combine(path, "Data", "com.apple.CoreML", "model.mlmodel");
        Model model = Model.Parser.ParseFrom(File.ReadAllBytes(specification));
        FeatureDescription output = model.Description.Output[0].Clone();
        output.Name = "h";
        model.Description.Output.Insert(0, output);
        File.WriteAllBytes(specification, model.ToByteArray());
        return path;
    }

    /// <summary>Gives <c>x</c> where it is positive, and its tenth elsewhere.</summary>
    public static string Comparison(TestFolder folder)
    {
        var program = new SmallProgram(ElementType.Float32, 4);
        program.Body.Operations.Add(SmallProgram.Operation("greater", "isLarge", ElementType.Boolean, Shape, ("x", "x"), ("y", SmallProgram.Float(0))));
        program.Body.Operations.Add(SmallProgram.Operation("mul", "small", ElementType.Float32, Shape, ("x", "x"), ("y", SmallProgram.Float(0.1f))));
        program.Body.Operations.Add(SmallProgram.Operation("select", "y", ElementType.Float32, Shape, ("cond", "isLarge"), ("a", "x"), ("b", "small")));
        return program.Write(folder, Shape);
    }
}
