using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Editing.Joining;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Specification.Schema;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Editing;

/// <summary>Programs become functions of one program, and functions programs again.</summary>
public sealed class FunctionTests
{
    [Theory]
    [InlineData("", "fp32")]
    [InlineData("_fp16", "fp16_merged")]
    [InlineData("_q8sym", "q8sym_merged")]
    [InlineData("_pal4_kmeans", "pal4_kmeans_merged")]
    public void AsFunctions_TwoPrograms_StoresSharedWeightsOnceAndSplitGivesThemBack(string variant, string merged)
    {
        using var folder = new TestFolder();
        string a = Repository.Fixture($"multifunction_iOS18/src_fa{variant}.mlpackage"), b = Repository.Fixture($"multifunction_iOS18/src_fb{variant}.mlpackage");
        AssembledModel joined = Assemblies.Join(folder["both.mlpackage"], files => ModelJoiner.AsFunctions(files, ["fa", "fb"]), a, b);

        // coremltools stores the same number of bytes of weights.
        byte[] weights = Assemblies.WeightsOf(joined.Path);
        Assert.Equal(Assemblies.WeightsOf(Repository.Fixture($"multifunction_iOS18/{merged}.mlpackage")).Length, weights.Length);
        Assert.True(joined.SharedSize > 0);
        Assert.Equal(["fa", "fb"], joined.Parts);
        Assert.Equal(9, joined.SpecificationVersion);
        Model specification = Assemblies.SpecificationOf(joined.Path);
        Assert.Equal("fa", specification.Description.DefaultFunctionName);
        Assert.All(specification.MlProgram.Functions.Values, function => Assert.Equal("CoreML8", function.Opset));

        IReadOnlyList<AssembledModel> parts = Assemblies.Split(folder, joined.Path);
        Assert.Equal(["fa", "fb"], parts.Select(part => part.Part));
        foreach ((string source, AssembledModel part) in new[] { a, b }.Zip(parts))
        {
            Assert.Equal(Assemblies.SpecificationOf(source), Assemblies.SpecificationOf(part.Path));
            Assert.Equal(Assemblies.WeightsOf(source), Assemblies.WeightsOf(part.Path));
            RunSample sample = Assemblies.SampleFor(source);
            Assemblies.AssertSame(Assemblies.Run(source, sample), Assemblies.Run(joined.Path, sample, part.Part));
        }
    }

    [Fact]
    public void AsFunctions_OlderPrograms_KeepTheirOpsetsAndVersionsComeBack()
    {
        using var folder = new TestFolder();
        string older = Repository.Fixture("convnet_iOS16/fp32.mlpackage"), newer = Repository.Fixture("convnet_iOS17/fp32.mlpackage");
        AssembledModel joined = Assemblies.Join(folder["both.mlpackage"], files => ModelJoiner.AsFunctions(files, ["older", "newer"], "newer"), older, newer);

        Model specification = Assemblies.SpecificationOf(joined.Path);
        Assert.Equal(9, specification.SpecificationVersion);
        Assert.Equal("newer", specification.Description.DefaultFunctionName);
        Assert.Equal(["CoreML6", "CoreML7"], specification.MlProgram.Functions.Values.Select(function => function.Opset).Order());
        IReadOnlyList<AssembledModel> parts = Assemblies.Split(folder, joined.Path);
        Assert.Equal([7, 8], parts.Select(part => part.SpecificationVersion));
        Assert.Equal(Assemblies.WeightsOf(older), Assemblies.WeightsOf(parts[0].Path));
    }

    [Fact]
    public void AsFunctions_ImmediateBytes_AreThoseOfTheirOwnModel()
    {
        // Big fields of several specifications end up in one: each must still be its own.
        using var folder = new TestFolder();
        string[] sources = ["one", "two"];
        foreach (string name in sources)
        {
            var program = new SmallProgram(Elements.ElementType.Float32, 512);
            program.Body.Operations.Add(SmallProgram.Operation("add", "y", Elements.ElementType.Float32, [512], ("x", "x"), ("y", Floats(512, name == "one" ? 1 : 2))));
            Directory.CreateDirectory(folder[name]);
            Directory.Move(program.Write(folder, [512]), folder[name + ".mlpackage"]);
        }

        AssembledModel joined = Assemblies.Join(folder["both.mlpackage"], files => ModelJoiner.AsFunctions(files, sources), folder["one.mlpackage"], folder["two.mlpackage"]);
        foreach (string name in sources)
        {
            RunSample sample = Assemblies.SampleFor(folder[name + ".mlpackage"]);
            Assemblies.AssertSame(Assemblies.Run(folder[name + ".mlpackage"], sample), Assemblies.Run(joined.Path, sample, name));
        }
    }

    [Theory]
    [InlineData("nn_cnn/fp32.mlmodel", "f,g", "only ML Programs have functions")]
    [InlineData("multifunction_iOS18/fp32.mlpackage", "f,g", "several functions")]
    [InlineData("convnet_iOS16/fp32.mlpackage", "f", "2 models and 1 names")]
    [InlineData("convnet_iOS16/fp32.mlpackage", "f,f", "two functions would be named 'f'")]
    [InlineData("convnet_iOS16/fp32.mlpackage", "f,my-name", "'my-name' cannot name a function")]
    public void AsFunctions_WhatDoesNotFit_IsAnError(string second, string names, string problem)
    {
        using ModelFile one = ModelFile.Open(Repository.Fixture("convnet_iOS17/fp32.mlpackage")), two = ModelFile.Open(Repository.Fixture(second));
        AssemblyException error = Assert.Throws<AssemblyException>(() => ModelJoiner.AsFunctions([one, two], names.Split(',')));
        Assert.Contains(problem, error.Message);
    }

    private static Value Floats(int count, float number) => new()
    {
        Type = Mil.MilTypes.Tensor(Elements.ElementType.Float32, [count]),
        ImmediateValue = new Value.Types.ImmediateValue
        {
            Tensor = new TensorValue
            {
                Floats = new TensorValue.Types.RepeatedFloats { Values = Google.Protobuf.ByteString.CopyFrom(Enumerable.Repeat(System.BitConverter.GetBytes(number), count).SelectMany(bytes => bytes).ToArray()) },
            },
        },
    };
}
