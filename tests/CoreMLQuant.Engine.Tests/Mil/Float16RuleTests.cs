using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Elements;
using CoreMLQuant.Errors;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using Xunit;

namespace CoreMLQuant.Tests.Mil;

/// <summary>One rule of the FP16 rewrite at a time, on programs small enough to read.</summary>
public sealed class Float16RuleTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private int _converted;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Output_KeepsItsNameAndType_TheCastCarriesIt()
    {
        Assert.Equal(
            ["cast x -> x_to_fp16:fp16", "relu x_to_fp16 -> y_cast_fp16:fp16", "cast y_cast_fp16 -> y:fp32"],
            Convert(new MilModelBuilder(6).Input("x").Op("relu", "y", ("x", "x")).Output("y")));
    }

    [Fact]
    public void Value_UsedByManyOperations_IsCastOnce()
    {
        string[] operations = Convert(new MilModelBuilder(6).Input("x").Op("relu", "a", ("x", "x")).Op("tanh", "b", ("x", "x")).Op("add", "y", ("x", "a"), ("y", "b")).Output("y"));
        Assert.Equal(2, operations.Count(operation => operation.StartsWith("cast", StringComparison.Ordinal)));
    }

    [Fact]
    public void NewNames_NeverClashWithOldOnes()
    {
        string[] operations = Convert(new MilModelBuilder(6).Input("x").Input("x_to_fp16").Op("add", "y", ("x", "x"), ("y", "x_to_fp16")).Output("y"));
        Assert.Contains("cast x -> x_to_fp16_1:fp16", operations);
        Assert.Contains("cast x_to_fp16 -> x_to_fp16_to_fp16:fp16", operations);
    }

    [Fact]
    public void OverflowingConstant_KeepsItsOperationInFloat32()
    {
        string[] operations = Convert(
            new MilModelBuilder(6).Input("x").Const("big", 1, 1e5f, 3, 4).Op("mul", "m", ("x", "x"), ("y", "big")).Op("relu", "y", ("x", "m")).Output("y"),
            out ConversionResult result);
        Assert.Equal(["mul x,big -> m:fp32", "cast m -> m_to_fp16:fp16", "relu m_to_fp16 -> y_cast_fp16:fp16", "cast y_cast_fp16 -> y:fp32"], operations);
        Assert.Empty(result.Weights); // Four elements are a setting, not a weight.
    }

    [Fact]
    public void Sentinel_IsSaturated_InfinityStays()
    {
        Dictionary<string, byte[]> floats = Floats(new MilModelBuilder(6).Input("x")
            .Const("mask", float.MinValue, float.NegativeInfinity, 0, 1).Op("add", "y", ("x", "x"), ("y", "mask")).Output("y"));
        Assert.Equal([0xFBFF, 0xFC00, 0x0000, 0x3C00], Halves(floats["main/mask"]));
    }

    [Fact]
    public void TinyEpsilon_NeverBecomesZero()
    {
        // Opset CoreML6 has epsilon in the type domain of x, so it must follow to FP16.
        Dictionary<string, byte[]> floats = Floats(new MilModelBuilder(6).Input("x").Const("eps", 1e-12f).Op("rsqrt", "y", ("x", "x"), ("epsilon", "eps")).Output("y"));
        Assert.Equal([0x0001], Halves(floats["main/eps"]));
    }

    [Theory]
    [InlineData(6, 2)]
    [InlineData(7, 4)]
    public void Epsilon_FromCoreML7On_StaysFloat32(int opset, int bytes)
    {
        Dictionary<string, byte[]> floats = Floats(new MilModelBuilder(opset).Input("x").Const("eps", 1e-12f).Op("rsqrt", "y", ("x", "x"), ("epsilon", "eps")).Output("y"));
        Assert.Equal(bytes, floats["main/eps"].Length);
    }

    [Fact]
    public void Constant_TakenInBothPrecisions_GetsATwin()
    {
        // classify takes only FP32, add takes FP16: one constant cannot serve both.
        Dictionary<string, byte[]> floats = Floats(new MilModelBuilder(6).Input("x")
            .Const("c", 1, 2, 3, 4).Op("add", "a", ("x", "x"), ("y", "c")).Op("custom_thing", "b", ("x", "c")).Output("a").Output("b"));
        Assert.Equal(16, floats["main/c"].Length);
        Assert.Equal(8, floats["main/c_to_fp16"].Length);
    }

    [Fact]
    public void UnknownOperation_KeepsItsFloat32Interface()
    {
        string[] operations = Convert(new MilModelBuilder(6).Input("x").Op("relu", "a", ("x", "x")).Op("custom_thing", "b", ("x", "a")).Op("tanh", "y", ("x", "b")).Output("y"));
        Assert.Equal(
            ["cast x -> x_to_fp16:fp16", "relu x_to_fp16 -> a:fp16", "cast a -> a_to_fp32:fp32", "custom_thing a_to_fp32 -> b:fp32", "cast b -> b_to_fp16:fp16", "tanh b_to_fp16 -> y_cast_fp16:fp16", "cast y_cast_fp16 -> y:fp32"],
            operations);
    }

    [Fact]
    public void CastFromIntegers_GivesFloat16Directly()
    {
        string[] operations = Convert(new MilModelBuilder(6).Input("i", DataType.Int32).Text("t", "fp32").Op("cast", "f", ("x", "i"), ("dtype", "t")).Op("relu", "y", ("x", "f")).Output("y"), out ConversionResult result);
        Assert.Equal(["cast i -> f:fp16", "relu f -> y_cast_fp16:fp16", "cast y_cast_fp16 -> y:fp32"], operations);
        using ModelFile model = ModelFile.Open(result.Path);
        Assert.DoesNotContain(model.Specification.MlProgram.Functions["main"].BlockSpecializations["CoreML6"].Operations, operation => operation.Outputs[0].Name == "t");
    }

    [Fact]
    public void CastFromFloat16AndBack_IsLeftOut()
    {
        string[] operations = Convert(new MilModelBuilder(6).Input("h", DataType.Float16).Text("t", "fp32").Op("cast", "f", ("x", "h"), ("dtype", "t")).Op("relu", "y", ("x", "f")).Output("y"));
        Assert.Equal(["relu h -> y_cast_fp16:fp16", "cast y_cast_fp16 -> y:fp32"], operations);
    }

    [Fact]
    public void InterfaceFloat16_OfAConvertedModel_KeepsTheNamesOfItsOutputs()
    {
        var float16 = new Float16Recipe { InputOutputPrecision = FeaturePrecision.Float16 };
        MilModelBuilder Computing() => new MilModelBuilder(6).Input("h", DataType.Float16).Text("t", "fp32")
            .Op("relu", "a", DataType.Float16, ("x", "h")).Op("cast", "y", ("x", "a"), ("dtype", "t"));
        Assert.Equal(["relu h -> a:fp16", "identity a -> y:fp16"], Convert(Computing().Output("y"), out _, float16));
        Assert.Equal(
            ["relu h -> a:fp16", "identity a -> y:fp16", "tanh y -> z:fp16"],
            Convert(Computing().Op("tanh", "z", ("x", "y")).Output("y").Output("z"), out _, float16));
        Assert.Equal(
            ["relu x -> a:fp16", "identity a -> y:fp16"],
            Convert(new MilModelBuilder(6).Input("x").Text("t", "fp16").Op("relu", "a", ("x", "x")).Op("cast", "y", DataType.Float16, ("x", "a"), ("dtype", "t")).Output("y", DataType.Float16), out _, float16));
    }

    [Fact]
    public void CastToIntegers_TakesWhatThereIs()
    {
        string[] operations = Convert(new MilModelBuilder(6).Input("x").Text("t", "int32").Op("relu", "a", ("x", "x")).Op("cast", "y", DataType.Int32, ("x", "a"), ("dtype", "t")).Output("y", DataType.Int32));
        Assert.Equal(["cast x -> x_to_fp16:fp16", "relu x_to_fp16 -> a:fp16", "cast a -> y:int32"], operations);
    }

    [Fact]
    public void Identity_AtTheBorder_BecomesTheCast()
    {
        string[] operations = Convert(new MilModelBuilder(6).Input("x").Op("relu", "a", ("x", "x")).Op("tanh", "b", ("x", "a")).Op("identity", "y", ("x", "a")).Output("b").Output("y"));
        Assert.Contains("cast a -> y:fp32", operations);
        Assert.DoesNotContain(operations, operation => operation.StartsWith("identity", StringComparison.Ordinal));
    }

    [Fact]
    public void KeepFloat32_OnTypeNameOrWeight_KeepsTheOperation_AndUnmatchedPatternsAreTold()
    {
        MilModelBuilder Model() => new MilModelBuilder(6).Input("x").Const("w", 1, 2, 3, 4).Op("mul", "m", ("x", "x"), ("y", "w")).Op("relu", "y", ("x", "m")).Output("y");
        foreach (string pattern in new[] { "mul", "m", "w", "re:^mu" })
        {
            string[] operations = Convert(Model(), out _, new Float16Recipe { KeepFloat32 = NamePatterns.Parse([pattern]) });
            Assert.Contains("mul x,w -> m:fp32", operations);
            Assert.Contains("relu m_to_fp16 -> y_cast_fp16:fp16", operations);
        }

        using ModelFile model = ModelFile.Open(Model().Write(_scratch));
        CompressionPlan plan = ModelCompressor.Plan(model, new Float16Recipe { KeepFloat32 = NamePatterns.Parse(["mul", "nothing*"]), Exclude = NamePatterns.Parse(["re:zzz"]) });
        Assert.Equal(["re:zzz", "nothing*"], plan.UnmatchedPatterns);
    }

    [Fact]
    public void InterfaceFloat16_NeedsNoCastsAndRaisesTheOpset()
    {
        string[] operations = Convert(new MilModelBuilder(5).Input("x").Op("relu", "y", ("x", "x")).Output("y"), out ConversionResult result, new Float16Recipe { InputOutputPrecision = FeaturePrecision.Float16 });
        Assert.Equal(["relu x -> y:fp16"], operations);
        Assert.Equal((6, 7), (result.SpecificationVersionBefore, result.SpecificationVersionAfter));
        using ModelFile model = ModelFile.Open(result.Path);
        CoreMLModel description = model.Describe();
        Assert.Equal(("x: Float16 [4]", "y: Float16 [4]", "CoreML6"), (description.Inputs[0].ToString(), description.Outputs[0].ToString(), description.Opset));
        Assert.Contains(result.Notes, note => note.Contains("iOS 16", StringComparison.Ordinal) && note.Contains("iOS 15", StringComparison.Ordinal));
    }

    [Fact]
    public void OpsetRise_WritesOutTheDefaultsThatCoreML6Added()
    {
        string[] operations = Convert(
            new MilModelBuilder(5).Input("x").Input("i", DataType.Int32).Op("gather", "y", ("x", "x"), ("indices", "i")).Output("y"),
            out ConversionResult result,
            new Float16Recipe { InputOutputPrecision = FeaturePrecision.Float16 });
        Assert.Equal(["gather x,i,y_batch_dims_0 -> y:fp16"], operations);
        Assert.Equal(7, result.SpecificationVersionAfter);
    }

    [Fact]
    public void NestedBlocks_SeeOuterValuesAndKeepTheInterfaceOfCond()
    {
        MilModelBuilder builder = new MilModelBuilder(6).Input("x").Const("w", 1, 2, 3, 4).Op("relu", "a", ("x", "x")).Op("cond", "c", ("pred", "p"));
        builder.Body.Operations.Insert(0, MilModelBuilder.Operation("greater", "p", DataType.Bool, ("x", "x"), ("y", "x")));
        Operation cond = builder.Body.Operations[^1];
        cond.Blocks.Add(new Block { Operations = { MilModelBuilder.Operation("mul", "t", DataType.Float32, ("x", "a"), ("y", "w")) }, Outputs = { "t" } });
        cond.Blocks.Add(new Block { Operations = { MilModelBuilder.Operation("tanh", "e", DataType.Float32, ("x", "a")) }, Outputs = { "e" } });
        string[] operations = Convert(builder.Op("relu", "y", ("x", "c")).Output("y"), out ConversionResult result);
        Assert.Contains("mul a,w -> t:fp16", operations);
        Assert.Contains("cast t -> t_to_fp32:fp32", operations);
        Assert.Contains("cond p -> c:fp32", operations);
        Assert.Contains("cast c -> c_to_fp16:fp16", operations);
        using ModelFile model = ModelFile.Open(result.Path);
        Operation after = model.Specification.MlProgram.Functions["main"].BlockSpecializations["CoreML6"].Operations.Single(operation => operation.Type == "cond");
        Assert.Equal(["t_to_fp32", "e_to_fp32"], after.Blocks.Select(block => block.Outputs[0]));
    }

    [Fact]
    public void UndefinedName_IsRefusedWithItsName()
    {
        using ModelFile model = ModelFile.Open(new MilModelBuilder(6).Input("x").Op("relu", "y", ("x", "ghost")).Output("y").Write(_scratch));
        var error = Assert.Throws<CoreMLFormatException>(() => ModelCompressor.Plan(model, new Float16Recipe()));
        Assert.Equal(FormatRule.InvalidOperation, error.Rule);
        Assert.Contains("ghost", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_IsAValue_PlanningTwiceGivesTheSameAndTheModelStaysAsItIs()
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("control_flow_iOS18", "fp32.mlpackage"));
        byte[] before = Google.Protobuf.MessageExtensions.ToByteArray(model.Specification);
        CompressionPlan first = ModelCompressor.Plan(model, new Float16Recipe());
        CompressionPlan second = ModelCompressor.Plan(model, new Float16Recipe());
        Assert.Equal(before, Google.Protobuf.MessageExtensions.ToByteArray(model.Specification));
        Assert.Equal(first.SizeAfter, second.SizeAfter);
        ModelCompressor.Run(model, second, _scratch.Combine("b.mlpackage"), new ConversionOptions());
        ModelCompressor.Run(model, first, _scratch.Combine("a.mlpackage"), new ConversionOptions());
        Assert.Equal(EngineRuns.Contents(_scratch.Combine("a.mlpackage")), EngineRuns.Contents(_scratch.Combine("b.mlpackage")));
    }

    private string[] Convert(MilModelBuilder builder) => Convert(builder, out _);

    private string[] Convert(MilModelBuilder builder, out ConversionResult result, Float16Recipe? recipe = null)
    {
        string name = $"{_converted++}.mlpackage";
        result = EngineRuns.Convert(builder.Write(_scratch, name), _scratch.Combine("out", name), recipe ?? new Float16Recipe());
        using ModelFile model = ModelFile.Open(result.Path);
        return CoreMLQuant.Mil.ProgramGraph.Of(model.Specification.MlProgram).Single().Operations
            .Where(operation => !operation.IsConst)
            .Select(operation => $"{operation.Type} {string.Join(",", operation.Inputs.Where(input => input.Parameter != "dtype").Select(input => input.Binding.Name))} -> {operation.Outputs[0].Name}:{Spelling(operation.Outputs[0].ElementType)}")
            .ToArray();
    }

    private Dictionary<string, byte[]> Floats(MilModelBuilder builder)
    {
        Convert(builder, out ConversionResult result);
        using ModelFile model = ModelFile.Open(result.Path);
        return EngineRuns.StoredFloats(model);
    }

    private static IEnumerable<int> Halves(byte[] bytes) => Enumerable.Range(0, bytes.Length / 2).Select(i => (int)BitConverter.ToUInt16(bytes, 2 * i));

    private static string Spelling(ElementType type) => type switch
    {
        ElementType.Float16 => "fp16",
        ElementType.Float32 => "fp32",
        ElementType.Boolean => "bool",
        _ => type.ToString().ToLowerInvariant(),
    };
}
