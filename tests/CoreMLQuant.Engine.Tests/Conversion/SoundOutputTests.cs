using System.IO;
using System.Linq;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation;
using CoreMLQuant.Validation.Findings;
using Google.Protobuf;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Sources that are sound in a way that a conversion has to preserve; each stands for a kind that fuzzing found.</summary>
public class SoundOutputTests
{
    public static TheoryData<string> Recipes => new("fp16", "linear", "palettized");

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Convert_ConstantOfAnotherDeclaredRank_DeclaresTheRankOfItsDimensions(string recipe)
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Copy(TestFiles.Fixture("convnet_iOS17", "fp32.mlpackage"), scratch.Combine("in.mlpackage"));
        string specification = Path.Combine(source, "Data", "com.apple.CoreML", "model.mlmodel");
        Model model = Model.Parser.ParseFrom(File.ReadAllBytes(specification));
        foreach (Operation constant in model.MlProgram.Functions.Values.SelectMany(function => function.BlockSpecializations.Values)
            .SelectMany(block => block.Operations).Where(operation => operation.Type == "const" && operation.Outputs[0].Type.TensorType is not null))
        {
            constant.Outputs[0].Type.TensorType.Rank = 65;
        }

        File.WriteAllBytes(specification, model.ToByteArray());
        Assert.True(ModelValidator.Validate(source).IsValid);

        CompressionRecipe what = recipe switch
        {
            "fp16" => new Float16Recipe { WeightsOnly = true },
            "linear" => new LinearQuantizationRecipe(),
            _ => new PalettizationRecipe(),
        };
        Assert.True(EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), what).Converted > 0);
        Assert.Empty(ModelValidator.Validate(scratch.Combine("out.mlpackage")).Findings.Where(finding => finding.Severity == nameof(FindingSeverity.Error)).Select(finding => finding.Message));
    }
}
