using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Editing.Splitting;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Editing;

/// <summary>A program that is cut into two computes the same, one part after the other and as a pipeline.</summary>
public sealed class ProgramSplitTests
{
    [Theory]
    [InlineData("convnet_iOS15/fp32.mlpackage")]
    [InlineData("convnet_iOS15/fp16.mlpackage")]
    [InlineData("convnet_iOS16/fp16.mlpackage")]
    [InlineData("convnet_iOS17/fp32.mlpackage")]
    [InlineData("convnet_iOS18/q8sym.mlpackage")]
    [InlineData("convnet_iOS18/joint_prune50_pal4.mlpackage")]
    [InlineData("gpt_tiny_iOS18/fp32.mlpackage")]
    [InlineData("lstm_iOS18/fp32.mlpackage")]
    [InlineData("gru_rnn_iOS17/fp32.mlpackage")]
    [InlineData("ffc_block/fp32.mlpackage")]
    [InlineData("flex_range/fp32.mlpackage")]
    [InlineData("control_flow_iOS18/fp32.mlpackage")]
    [InlineData("image_classifier_str/fp32.mlpackage")]
    public void Split_Program_PartsComputeTheSame(string fixture)
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture(fixture);
        IReadOnlyList<AssembledModel> parts = Assemblies.Split(folder, source);
        Assert.Equal(["1", "2"], parts.Select(part => part.Part));
        Assert.StartsWith("split after", parts[0].Notes[0]);

        RunSample sample = Assemblies.SampleFor(source);
        Dictionary<string, object> expected = Assemblies.Run(source, sample);
        double tolerance = fixture.Contains("fp16") ? 2e-3 : 1e-5;
        Assemblies.AssertSame(expected, Assemblies.RunInSequence(sample, parts[0].Path, parts[1].Path), tolerance);
        AssembledModel joined = Assemblies.Pipeline(folder["both.mlpackage"], parts[0].Path, parts[1].Path);
        Assert.Equal(expected.Keys.Order(), joined.Outputs.Select(output => output.Name).Order());
        Assemblies.AssertSame(expected, Assemblies.Run(joined.Path, sample), tolerance);
    }

    [Fact]
    public void Split_EveryOperation_IsCutRightOrTellsWhyNot()
    {
        string source = Repository.Fixture("gpt_tiny_iOS18/fp32.mlpackage");
        string[] names;
        using (ModelFile file = ModelFile.Open(source))
        {
            names = Mil.ProgramGraph.Of(file.Specification.MlProgram).Single().Operations.Where(node => !node.IsConst).Select(node => node.Name).ToArray();
        }

        RunSample sample = Assemblies.SampleFor(source);
        Dictionary<string, object> expected = Assemblies.Run(source, sample);
        int cuts = 0;
        foreach (string name in names.Where((_, i) => i % 5 == 0))
        {
            using var folder = new TestFolder();
            try
            {
                IReadOnlyList<AssembledModel> parts = Assemblies.Split(folder, source, name);
                Assemblies.AssertSame(expected, Assemblies.RunInSequence(sample, parts[0].Path, parts[1].Path));
                cuts++;
            }
            catch (AssemblyException e)
            {
                Assert.Contains("cannot be split after", e.Message);
            }
        }

        Assert.True(cuts > 5, $"{cuts} cuts of {names.Length} operations");
    }

    [Fact]
    public void Split_WithoutAName_DividesTheWeightsAndHandsOnLittle()
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture("gpt_tiny_iOS18/fp32.mlpackage");
        IReadOnlyList<AssembledModel> parts = Assemblies.Split(folder, source);
        int whole = Assemblies.WeightsOf(source).Length;
        int[] lengths = [.. parts.Select(part => Assemblies.WeightsOf(part.Path).Length)];
        Assert.All(lengths, length => Assert.InRange(length, whole * 0.3, whole * 0.7));

        // The embedding is the last layer's matrix, too, and the mask is used in every layer: both are in both parts.
        Assert.Equal(whole + (64 * 1024 * sizeof(float)) + (32 * 32 * sizeof(float)), lengths.Sum(), 1024.0);
        Assert.Contains("2 weights are in both parts, because both use them", parts[1].Notes);
    }

    [Fact]
    public void Split_AtAnOperation_EndsTheFirstPartThere()
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture("pipeline_mlprogram/src_a.mlpackage");
        IReadOnlyList<AssembledModel> parts = Assemblies.Split(folder, source, "a_fc");
        Assert.Equal(["a_fc"], parts[0].Outputs.Select(output => output.Name));
        Assert.Equal(["a_fc"], parts[1].Inputs.Select(input => input.Name));
        Assert.Equal(["mid"], parts[1].Outputs.Select(output => output.Name));
    }

    [Fact]
    public void Split_ValueThatIsAlsoAnOutput_IsHandedOnUnderANameOfItsOwn()
    {
        // The pipeline of the parts still gives it, though the second part takes it.
        using var folder = new TestFolder();
        string source = SmallPrograms.TwoOutputs(folder);
        IReadOnlyList<AssembledModel> parts = Assemblies.Split(folder, source, "h");
        Assert.Equal(["h", "h_passed"], parts[0].Outputs.Select(output => output.Name));
        AssembledModel joined = Assemblies.Pipeline(folder["both.mlpackage"], parts[0].Path, parts[1].Path);
        RunSample sample = Assemblies.SampleFor(source);
        Assemblies.AssertSame(Assemblies.Run(source, sample), Assemblies.Run(joined.Path, sample));
    }

    [Fact]
    public void Split_Boolean_IsHandedOnAsAnInteger()
    {
        using var folder = new TestFolder();
        string source = SmallPrograms.Comparison(folder);
        IReadOnlyList<AssembledModel> parts = Assemblies.Split(folder, source, "isLarge");
        Assert.Equal("Int32 [4]", parts[0].Outputs.Single().Type);
        RunSample sample = Assemblies.SampleFor(source);
        Assemblies.AssertSame(Assemblies.Run(source, sample), Assemblies.RunInSequence(sample, parts[0].Path, parts[1].Path));
    }

    [Fact]
    public void Split_State_StaysInOnePart()
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture("stateful_iOS18/fp16src.mlpackage");
        IReadOnlyList<AssembledModel> parts = Assemblies.Split(folder, source);
        int[] states = [.. parts.Select(part => Assemblies.SpecificationOf(part.Path).Description.State.Count)];
        Assert.Equal([1, 0], states);
        using ModelFile file = ModelFile.Open(source);
        AssemblyException error = Assert.Throws<AssemblyException>(() => ModelSplitter.Split(file, "fc_a"));
        Assert.Contains("two models cannot share a state", error.Message);
    }

    [Theory]
    [InlineData("convnet_iOS17/fp32.mlpackage", "nothing_of_this_name", "there is no operation 'nothing_of_this_name'")]
    [InlineData("pipeline_mlprogram/src_a.mlpackage", "mid", "no output is computed after it")]
    [InlineData("pipeline_mlprogram/src_a.mlpackage", "a_fc_weight_0", "is a constant")]
    [InlineData("pipeline_mlprogram/fp32.mlpackage", "mid", "is a pipeline")]
    [InlineData("multifunction_iOS18/fp32.mlpackage", "b1", "has functions")]
    [InlineData("nn_cnn/fp32.mlmodel", null, "neither a pipeline nor an ML Program")]
    public void Split_WhereItCannotBeCut_IsAnErrorThatSaysWhy(string fixture, string? at, string problem)
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture(fixture));
        Assert.Contains(problem, Assert.Throws<AssemblyException>(() => ModelSplitter.Split(file, at)).Message);
    }
}
