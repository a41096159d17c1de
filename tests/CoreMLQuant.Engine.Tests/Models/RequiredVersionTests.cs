using System;
using System.Linq;
using CoreMLQuant.Comparison;
using CoreMLQuant.Conversion;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tests.Validation;
using Xunit;

namespace CoreMLQuant.Tests.Models;

/// <summary>The systems that load a model follow from the newest of its parts.</summary>
public class RequiredVersionTests
{
    private const string Systems7 = "iOS 16, macOS 13";

    // A pipeline of version 5 around an ML Program of version 7.
    private static readonly string Pipeline = TestFiles.Fixture("cases", "19-pipeline-stage-versions", "model.mlpackage");

    [Fact]
    public void Describe_PipelineAroundANewerStage_TellsTheStagesSystems()
    {
        using ModelFile model = ModelFile.Open(Pipeline);
        CoreMLModel described = model.Describe();
        Assert.Equal((5, 7, Systems7), (described.SpecificationVersion, described.RequiredVersion, described.RequiredOS));
    }

    [Fact]
    public void Describe_PipelineInAPipeline_LooksIntoBoth()
    {
        using var scratch = new ScratchFolder();
        string path = Edited(scratch, model => model.Pipeline = new Pipeline { Models = { model.Clone() }, Names = { "inner" } });
        using ModelFile model = ModelFile.Open(path);
        Assert.Equal(Systems7, model.Describe().RequiredOS);
    }

    [Theory]
    [InlineData("CoreML8", 9)]
    [InlineData("CoreML5", 7)]
    [InlineData("unheard of", 7)]
    [InlineData("CoreML2147483647", int.MaxValue)]
    public void Describe_FunctionsOpset_Counts(string opset, int expected)
    {
        using var scratch = new ScratchFolder();
        string path = Edited(scratch, model => model.Pipeline.Models.First(stage => stage.MlProgram is not null).MlProgram.Functions.Values.First().Opset = opset);
        using ModelFile model = ModelFile.Open(path);
        Assert.Equal(expected, model.Describe().RequiredVersion);
    }

    [Fact]
    public void Convert_PipelineBelowItsStages_IsRaisedAndSaysSo()
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(Pipeline, scratch.Combine("out.mlpackage"), new Float16Recipe());
        Assert.Equal((5, 7), (result.SpecificationVersionBefore, result.SpecificationVersionAfter));
        Assert.Equal((Systems7, Systems7), (result.RequiredOSBefore, result.RequiredOS));
        Assert.Contains("the pipeline had specification version 5 around newer stages; it is raised to 7, the highest of its stages", result.Notes);
        using ModelFile written = ModelFile.Open(result.Path);
        Assert.Equal(7, written.Specification.SpecificationVersion);
    }

    [Fact]
    public void Convert_NothingToConvert_LeavesThePipelineAsItIs()
    {
        using ModelFile model = ModelFile.Open(Pipeline);
        CompressionPlan plan = ModelCompressor.Plan(model, new Float16Recipe { Exclude = NamePatterns.Parse(["*"]) });
        Assert.False(plan.HasChanges);
        Assert.Equal(plan.SpecificationVersionBefore, plan.SpecificationVersionAfter);
        Assert.DoesNotContain(plan.Notes, note => note.Contains("the highest of its stages", StringComparison.Ordinal));
    }

    [Fact]
    public void Convert_StageRaised_TellsTheSystemsBeforeAndAfter()
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(
            Pipeline, scratch.Combine("out.mlpackage"), new LinearQuantizationRecipe { BitWidth = 4, AllowOpsetUpgrade = true, MinimumElementCount = 0 });
        Assert.Equal((Systems7, "iOS 18, macOS 15"), (result.RequiredOSBefore, result.RequiredOS));
        Assert.Contains(result.Notes, note => note.Contains($"requires iOS 18, macOS 15 instead of {Systems7}", StringComparison.Ordinal));
    }

    [Fact]
    public void Compare_RaisedPipeline_RequiresTheSameSystems()
    {
        using var scratch = new ScratchFolder();
        string path = EngineRuns.Convert(Pipeline, scratch.Combine("out.mlpackage"), new Float16Recipe()).Path;
        using ModelFile reference = ModelFile.Open(Pipeline), difference = ModelFile.Open(path);
        ModelComparison comparison = ModelComparer.Compare(reference, difference);
        Assert.Equal((Systems7, Systems7), (comparison.ReferenceRequiredOS, comparison.DifferenceRequiredOS));
        Assert.Equal((5, 7), (comparison.ReferenceSpecificationVersion, comparison.DifferenceSpecificationVersion));
    }

    private static string Edited(ScratchFolder scratch, Action<Model> edit) => BrokenModels.Edit(TestFiles.Copy(Pipeline, scratch.Combine("p.mlpackage")), edit);
}
