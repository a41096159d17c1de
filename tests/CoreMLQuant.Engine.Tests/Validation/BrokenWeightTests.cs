using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Validation;
using CoreMLQuant.Validation.Findings;
using Xunit;
using static CoreMLQuant.Tests.Mil.ConstexprPrograms;
using DataType = CoreMLQuant.Specification.Schema.DataType;

namespace CoreMLQuant.Tests.Validation;

/// <summary>A weight that is declared and has no values is listed as broken, and every conversion says that it leaves it.</summary>
public sealed class BrokenWeightTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public static TheoryData<string, CompressionRecipe> Conversions => new()
    {
        { "FP16", new Float16Recipe() },
        { "FP16 stored", new Float16Recipe { WeightsOnly = true } },
        { "8 bits", new LinearQuantizationRecipe { MinimumElementCount = 0 } },
        { "palettized", new PalettizationRecipe { MinimumElementCount = 0, BitWidth = 2 } },
        { "pruned", new PruningRecipe { MinimumElementCount = 0, TargetSparsity = 0.5 } },
        { "expanded", new ExpansionRecipe() },
    };

    [Fact]
    public void GetWeights_ConstantWithoutValue_IsListedAsBroken()
    {
        using ModelFile model = ModelFile.Open(WithoutValue());
        WeightSite site = model.GetWeights().Single(weight => weight.Name == "a_weight_0");
        Assert.Equal((WeightEncoding.Broken, "Broken", 64 * 64, 0), (site.Encoding, site.EncodingName, site.ElementCount, site.ByteCount));
        Assert.Null(model.MeasureWeights(weight => weight.Name == "a_weight_0").Single().Statistics);
        Assert.Equal("None", model.Describe().Compression);
    }

    [Fact]
    public void GetWeights_ValueWithoutNumbers_IsListedAsBroken()
    {
        string path = BrokenModels.Edit(TestFiles.Copy(WithoutValue(), _scratch.Combine("empty.mlpackage")), model =>
            model.MlProgram.Functions["main"].BlockSpecializations.Values.Single().Operations.First(operation => operation.Outputs[0].Name == "a_weight_0").Attributes["val"].ImmediateValue = new());
        using ModelFile model = ModelFile.Open(path);
        Assert.Equal(WeightEncoding.Broken, model.GetWeights().Single(weight => weight.Name == "a_weight_0").Encoding);
    }

    [Fact]
    public void GetWeights_CompressionOfUnknownKind_IsListedAsBroken()
    {
        using ModelFile model = ModelFile.Open(UnknownKind());
        Assert.Equal(WeightEncoding.Broken, Assert.Single(model.GetWeights()).Encoding);
    }

    [Theory]
    [MemberData(nameof(Conversions))]
    public void Convert_ConstantWithoutValue_IsLeftWithAReasonAndTold(string name, CompressionRecipe recipe)
    {
        using ModelFile model = ModelFile.Open(WithoutValue());
        CompressionPlan plan = ModelCompressor.Plan(model, recipe);
        WeightPlan weight = plan.Weights.Single(weight => weight.Site.Name == "a_weight_0");
        Assert.Equal((WeightAction.Skip, "is broken: it has a type and no value"), (weight.Action, weight.Reason));
        Assert.StartsWith(nameof(ValidationRule.ConstantType), Assert.Single(plan.SourceErrors));
        string destination = _scratch.Combine(name + ".mlpackage");
        Assert.Equal([nameof(ValidationRule.ConstantType)], ErrorsOfResult(model, plan, destination));
    }

    [Theory]
    [MemberData(nameof(Conversions))]
    public void Convert_CompressionOfUnknownKind_IsLeftWithAReasonAndTold(string name, CompressionRecipe recipe)
    {
        using ModelFile model = ModelFile.Open(UnknownKind());
        CompressionPlan plan = ModelCompressor.Plan(model, recipe);
        WeightPlan weight = Assert.Single(plan.Weights);
        Assert.Equal((WeightAction.Skip, "constexpr_frobnicate is not known"), (weight.Action, weight.Reason));
        Assert.StartsWith("InvalidConstexpr", Assert.Single(plan.SourceErrors));
        string destination = _scratch.Combine(name + ".mlpackage");
        Assert.Equal(["InvalidConstexpr"], ErrorsOfResult(model, plan, destination));
    }

    public void Dispose() => _scratch.Dispose();

    private static string WithoutValue() => Directory.GetDirectories(TestFiles.Fixture("cases", "26-constant-without-value")).Single();

    private string UnknownKind() =>
        BrokenModels.Add(8, Constexpr("frobnicate", [("w", DataType.Float32, [4])], ("data", Tensor(DataType.Int8, [4], 1, 2, 3, 4)))).Write(_scratch, "unknown.mlpackage");

    // Where nothing is converted, nothing is written.
    private static string[] ErrorsOfResult(ModelFile model, CompressionPlan plan, string destination)
    {
        ConversionResult result = ModelCompressor.Run(model, plan, destination, new ConversionOptions());
        return Errors(result.Status == nameof(ConversionStatus.Unchanged) ? model.Path : destination);
    }

    private static string[] Errors(string path) =>
        ModelValidator.Validate(path).Findings.Where(finding => finding.Severity == nameof(FindingSeverity.Error)).Select(finding => finding.Rule).ToArray();
}
