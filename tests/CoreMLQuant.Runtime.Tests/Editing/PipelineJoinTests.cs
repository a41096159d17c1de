using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Editing.Joining;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Specification.Schema;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Editing;

/// <summary>Models become stages of a pipeline, and stages models again.</summary>
public sealed class PipelineJoinTests
{
    [Fact]
    public void AsPipeline_TwoPrograms_ComputesWhatTheyDoAndSplitGivesThemBack()
    {
        using var folder = new TestFolder();
        string[] sources = [Repository.Fixture("pipeline_mlprogram/src_a.mlpackage"), Repository.Fixture("pipeline_mlprogram/src_b.mlpackage")];
        AssembledModel joined = Assemblies.Pipeline(folder["both.mlpackage"], sources);

        Assert.Equal(["x: Float32 [1, 64]"], joined.Inputs.Select(input => input.ToString()));
        Assert.Equal(["final: Float32 [1, 40]"], joined.Outputs.Select(output => output.ToString()));
        RunSample sample = Assemblies.SampleFor(sources[0]);
        Dictionary<string, object> expected = Assemblies.Run(Repository.Fixture("pipeline_mlprogram/fp32.mlpackage"), sample);
        Assemblies.AssertSame(expected, Assemblies.Run(joined.Path, sample));
        IReadOnlyList<AssembledModel> parts = Assemblies.Split(folder, joined.Path);
        foreach ((string source, AssembledModel part) in sources.Zip(parts))
        {
            Assert.Equal(Assemblies.SpecificationOf(source), Assemblies.SpecificationOf(part.Path));
            Assert.Equal(Assemblies.WeightsOf(source), Assemblies.WeightsOf(part.Path));
        }
    }

    [Theory]
    [InlineData("nn_pipeline/fp32.mlmodel", "Pipeline")]
    [InlineData("nn_pipeline_classifier/fp32.mlmodel", "PipelineClassifier")]
    [InlineData("nn_pipeline_classifier/kmeans_lut4.mlmodel", "PipelineClassifier")]
    [InlineData("pipeline_mlprogram/pal4_kmeans_stages.mlpackage", "Pipeline")]
    public void Split_Pipeline_ItsStagesJoinedAreOfItsKindAndComputeTheSame(string fixture, string kind)
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture(fixture);
        IReadOnlyList<AssembledModel> parts = Assemblies.Split(folder, source);
        AssembledModel joined = Assemblies.Pipeline(folder["again" + System.IO.Path.GetExtension(fixture)], [.. parts.Select(part => part.Path)]);

        Model before = Assemblies.SpecificationOf(source), after = Assemblies.SpecificationOf(joined.Path);
        Assert.Equal(kind, after.TypeCase.ToString());
        Assert.Equal(before.Description.PredictedFeatureName, after.Description.PredictedFeatureName);
        Assert.Equal(before.Description.PredictedProbabilitiesName, after.Description.PredictedProbabilitiesName);
        Assert.Equal(before.Description.Output.Select(output => output.Name).Order(), after.Description.Output.Select(output => output.Name).Order());
        RunSample sample = Assemblies.SampleFor(source);
        Assemblies.AssertSame(Assemblies.Run(source, sample), Assemblies.Run(joined.Path, sample));
    }

    [Fact]
    public void Split_CompiledPipeline_GivesPackagesThatComputeTheSame()
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture("compiled/pipeline.mlmodelc");
        IReadOnlyList<AssembledModel> parts = Assemblies.Split(folder, source);
        Assert.All(parts, part => Assert.EndsWith(".mlpackage", part.Path));
        AssembledModel joined = Assemblies.Pipeline(folder["again.mlpackage"], [.. parts.Select(part => part.Path)]);
        RunSample sample = Assemblies.SampleFor(source);
        Assemblies.AssertSame(Assemblies.Run(source, sample), Assemblies.Run(joined.Path, sample));
    }

    [Fact]
    public void AsPipeline_NetworksAndPrograms_IsAPackageOfTheNewestVersion()
    {
        using var folder = new TestFolder();
        string network = Repository.Fixture("nn_cnn/fp32.mlmodel"), program = Repository.Fixture("pipeline_mlprogram/src_a.mlpackage");
        AssembledModel joined = Assemblies.Pipeline(folder["both.mlpackage"], network, program);
        Assert.Equal(7, joined.SpecificationVersion);
        Assert.Equal(["image", "x"], joined.Inputs.Select(input => input.Name));
        Assert.Equal("Pipeline", joined.Format);
    }

    [Fact]
    public void AsPipeline_OutputsThatAreAskedFor_AreGivenThoughAStageTakesThem()
    {
        using var folder = new TestFolder();
        string[] sources = [Repository.Fixture("pipeline_mlprogram/src_a.mlpackage"), Repository.Fixture("pipeline_mlprogram/src_b.mlpackage")];
        AssembledModel joined = Assemblies.Join(folder["both.mlpackage"], files => ModelJoiner.AsPipeline(files, ["final", "mid"]), sources);
        Assert.Equal(["final", "mid"], joined.Outputs.Select(output => output.Name));
        RunSample sample = Assemblies.SampleFor(sources[0]);
        Assemblies.AssertSame(Assemblies.RunInSequence(sample, sources), Assemblies.Run(joined.Path, sample));
    }

    [Theory]
    [InlineData("pipeline_mlprogram/src_b.mlpackage", "pipeline_mlprogram/src_a.mlpackage", "", "does not come after it")]
    [InlineData("pipeline_mlprogram/src_a.mlpackage", "pipeline_mlprogram/src_a.mlpackage", "", "both give 'mid'")]
    [InlineData("pipeline_mlprogram/src_a.mlpackage", "nn_pipeline/fp32.mlmodel", "", "'x' is Float32 [1, 64] in stage 'src_a' and Double [16] in stage 'fp32'")]
    [InlineData("pipeline_mlprogram/src_a.mlpackage", "pipeline_mlprogram/src_b.mlpackage", "finl", "did you mean 'final'?")]
    [InlineData("pipeline_mlprogram/src_a.mlpackage", "multifunction_iOS18/fp32.mlpackage", "", "several functions")]
    [InlineData("nn_updatable/fp32.mlmodel", "pipeline_mlprogram/src_a.mlpackage", "", "only the last stage")]
    public void AsPipeline_WhatDoesNotFit_IsAnError(string first, string second, string output, string problem)
    {
        using ModelFile one = ModelFile.Open(Repository.Fixture(first)), two = ModelFile.Open(Repository.Fixture(second));
        AssemblyException error = Assert.Throws<AssemblyException>(() => ModelJoiner.AsPipeline([one, two], output.Length > 0 ? [output] : []));
        Assert.Contains(problem, error.Message);
    }

    [Fact]
    public void Write_DestinationThatExists_LeavesEverythingAsItWas()
    {
        // The second part's place is taken: the first is not put into its own either.
        using var folder = new TestFolder();
        folder.Write("second.mlpackage", "something else");
        using ModelFile file = ModelFile.Open(Repository.Fixture("pipeline_mlprogram/fp32.mlpackage"));
        IReadOnlyList<AssemblyPlan> plans = CoreMLQuant.Editing.Splitting.ModelSplitter.Split(file);
        Assert.Throws<CoreMLQuant.Errors.DestinationExistsException>(() =>
            AssemblyWriter.Write([(plans[0], folder["first.mlpackage"]), (plans[1], folder["second.mlpackage"])], new OutputOptions()));
        Assert.Equal([folder["second.mlpackage"]], System.IO.Directory.GetFileSystemEntries(folder.Root));
    }
}
