using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using Xunit;
using static CoreMLQuant.Tests.Mil.ConstexprPrograms;

namespace CoreMLQuant.Tests.Mil;

/// <summary>What becomes of compressed constants one by one: types, users that disagree, what is shared and what must stay.</summary>
public class ExpansionRuleTests
{
    private static readonly ExpansionRecipe ToFloat16 = new() { Precision = ExpansionPrecision.Float16 };

    [Fact]
    public void Float16_WhereTheTypeIsTheOperandsOwn()
    {
        (ConversionResult result, Operation weight) = Run(new MilModelBuilder(8).Input("x"), ToFloat16, [Quantized("w")], ("x", "x"), ("weight", "w"));
        Assert.Equal(("const", DataType.Float16), (weight.Type, weight.Outputs[0].Type.TensorType.DataType));
        Assert.Equal(DataType.Float16, weight.Attributes["val"].Type.TensorType.DataType);
        WeightResult told = Assert.Single(result.Weights, other => other.Name == "w");
        Assert.Equal(("Float16", string.Empty, 32L), (told.EncodingAfter, told.Reason, told.After));
    }

    [Theory]
    [InlineData(6, false, false, "stays Float32: the result of linear would change type")]
    [InlineData(8, true, false, "stays Float32: linear requires the same type for weight and bias")]
    [InlineData(8, false, true, "stays Float32: it is itself an output")]
    public void Float16_WhereItWouldNotFit_IsFloat32WithARemark(int opset, bool hasBias, bool isOutput, string remark)
    {
        MilModelBuilder builder = new MilModelBuilder(opset).Input("x");
        if (hasBias)
        {
            builder.Const("b", 1, 2, 3, 4);
        }

        (string, string)[] inputs = hasBias ? [("x", "x"), ("weight", "w"), ("bias", "b")] : [("x", "x"), ("weight", "w")];
        (ConversionResult result, Operation weight) = Run(isOutput ? builder.Output("w") : builder, ToFloat16, [Quantized("w")], inputs);
        Assert.Equal(("const", DataType.Float32), (weight.Type, weight.Outputs[0].Type.TensorType.DataType));
        WeightResult told = Assert.Single(result.Weights, other => other.Name == "w");
        Assert.Equal((nameof(WeightAction.Convert), "Float32", remark), (told.Action, told.EncodingAfter, told.Reason));
    }

    [Fact]
    public void Float16_OperandsOfOneDomain_ChangeTogetherOrNotAtAll()
    {
        (ConversionResult both, _) = Run(new MilModelBuilder(8).Input("x"), ToFloat16, [Quantized("w"), Quantized("b")], ("x", "x"), ("weight", "w"), ("bias", "b"));
        Assert.Equal(["Float16", "Float16"], both.Weights.Select(weight => weight.EncodingAfter));
        (ConversionResult none, _) = Run(new MilModelBuilder(8).Input("x"), ToFloat16, [Quantized("w"), Quantized("b", 3000)], ("x", "x"), ("weight", "w"), ("bias", "b"));
        Assert.Equal(["Float32", "Float32"], none.Weights.Select(weight => weight.EncodingAfter));
        Assert.Equal(["stays Float32: linear requires the same type for weight and bias", "stays Float32: it contains 381000, beyond FP16's limit of 65504"], none.Weights.Select(weight => weight.Reason));
    }

    [Fact]
    public void Source_KeepsWhatIsNoParameterAndWhatOthersUse()
    {
        Value indices = Tensor(DataType.Uint1, [4, 4], [.. Enumerable.Range(0, 16).Select(i => (double)(i % 2))]);
        Operation table = Constexpr("blockwise_shift_scale", [("t", DataType.Float32, [1, 1, 2, 1])], ("data", Tensor(DataType.Int8, [1, 1, 2, 1], -1, 2)), ("scale", Tensor(DataType.Float32, [1, 1, 1, 1], 0.5)));
        Operation first = Constexpr("lut_to_dense", [("w", DataType.Float32, [4, 4])], ("indices", indices), ("lut", "t"));
        Operation second = Constexpr("lut_to_dense", [("v", DataType.Float32, [4, 4])], ("indices", indices), ("lut", "t"));
        first.Attributes["mine"] = MilTypes.Text("kept");
        MilModelBuilder builder = new MilModelBuilder(8).Input("x");
        (_, Operation weight) = Run(builder, new ExpansionRecipe { Exclude = NamePatterns.Parse(["v"]) }, [table, first, second], ("x", "x"), ("weight", "w"), ("bias", "v"));
        Assert.Equal("kept", MilTypes.TextOf(weight.Attributes["mine"]));
        Assert.Equal(["name", "mine", "val"], weight.Attributes.Select(attribute => attribute.Key));
        Assert.Empty(weight.Inputs);
        Assert.Equal(["constexpr_blockwise_shift_scale t", "const w", "constexpr_lut_to_dense v", "linear y"], Operations(builder, new ExpansionRecipe { Exclude = NamePatterns.Parse(["v"]) }));

        // Without another user the table goes with the indices.
        Assert.Equal(["const w", "const v", "linear y"], Operations(builder, new ExpansionRecipe()));
    }

    [Fact]
    public void Integers_StayIntegers()
    {
        Operation sparse = Constexpr("sparse_to_dense", [("w", DataType.Int8, [16])], ("mask", Tensor(DataType.Uint1, [16], [.. Enumerable.Repeat(1.0, 16)])), ("nonzero_data", Tensor(DataType.Int8, [16], [.. Enumerable.Range(-8, 16).Select(i => (double)i)])));
        (ConversionResult result, Operation weight) = Run(new MilModelBuilder(8).Input("x"), ToFloat16, [sparse], ("x", "w"));
        Assert.Equal(Enumerable.Range(-8, 16).Select(i => (byte)i), weight.Attributes["val"].ImmediateValue.Tensor.Bytes.Values.ToByteArray());
        Assert.Equal("stays Int8because it is not floating-point", result.Weights[0].Reason);
    }

    [Fact]
    public void UnknownCompression_IsLeftAlone()
    {
        (ConversionResult result, Operation weight) = Run(
            new MilModelBuilder(8).Input("x"), new ExpansionRecipe(), [Constexpr("of_the_future", [("w", DataType.Float32, [16])], ("data", Tensor(DataType.Int8, [16], new double[16])))], ("x", "x"), ("weight", "w"));
        Assert.Equal("constexpr_of_the_future", weight.Type);
        Assert.Equal("constexpr_of_the_future is not known", result.Weights[0].Reason);
    }

    [Fact]
    public void CoreML6_CastBecomesItsFloat32()
    {
        Operation cast = WithAttributes("cast", ("w", DataType.Float32, [16]), ("source_val", Tensor(DataType.Float16, [16], [.. Enumerable.Repeat(0.5, 16)])), ("output_dtype", MilTypes.Text("fp32")));
        (ConversionResult result, Operation weight) = Run(new MilModelBuilder(6).Input("x"), new ExpansionRecipe(), [cast], ("x", "x"), ("weight", "w"));
        Assert.Equal(["name", "val"], weight.Attributes.Select(attribute => attribute.Key));
        Assert.Equal(64, weight.Attributes["val"].ImmediateValue.Tensor.Floats.Values.Length);
        Assert.Equal(("Float16 cast to Float32", "Float32"), (result.Weights[0].EncodingBefore, result.Weights[0].EncodingAfter));
    }

    private static Operation Quantized(string name, double scale = 0.5) => Constexpr(
        "blockwise_shift_scale",
        [(name, DataType.Float32, [4, 4])],
        ("data", Tensor(DataType.Int8, [4, 4], [.. Enumerable.Range(0, 16).Select(i => i * 9.0 - 8)])),
        ("scale", Tensor(DataType.Float32, [1, 1], scale)));

    private static (ConversionResult Result, Operation Weight) Run(
        MilModelBuilder builder, ExpansionRecipe recipe, IEnumerable<Operation> constants, params (string Parameter, string Value)[] inputs)
    {
        builder.Body.Operations.AddRange(constants);
        builder.Op("linear", "y", inputs).Output("y");
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(builder.Write(scratch), scratch.Combine("out.mlpackage"), recipe);
        using ModelFile model = ModelFile.Open(result.Path);
        return (result, ProgramGraph.Of(model.Specification.MlProgram).Single().Operations.Single(operation => operation.Outputs[0].Name == "w").Message);
    }

    private static IEnumerable<string> Operations(MilModelBuilder builder, ExpansionRecipe recipe)
    {
        using var scratch = new ScratchFolder();
        using ModelFile model = ModelFile.Open(EngineRuns.Convert(builder.Write(scratch), scratch.Combine("out.mlpackage"), recipe).Path);
        return ProgramGraph.Of(model.Specification.MlProgram).Single().Operations.Select(operation => $"{operation.Type} {operation.Outputs[0].Name}").ToArray();
    }
}
