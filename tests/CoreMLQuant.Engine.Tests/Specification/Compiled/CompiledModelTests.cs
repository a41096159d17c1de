using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation;
using CoreMLQuant.Validation.Findings;
using Google.Protobuf;
using Xunit;

namespace CoreMLQuant.Tests.Specification.Compiled;

/// <summary>Compiled models are models: what is read of them is what they were compiled from.</summary>
public class CompiledModelTests
{
    public static TheoryData<string> Packages => new(Vectors.Variants(_ => true)
        .Select(variant => TestFiles.Fixture(variant.Folder, variant.Variant))
        .Where(Directory.Exists));

    /// <summary>Public compiled models and the packages that they were compiled from; not part of the repository.</summary>
    public static TheoryData<string, string> PublicPairs => new()
    {
        { "silero-vad-unified-v6.0.0.mlmodelc", "silero-vad-unified.mlpackage" },
        { "unified_int8.mlmodelc", "silero-vad-unified_coremltools_int8.mlpackage" },
        { "unified_palette_4bit.mlmodelc", "silero-vad-unified_coremltools_palette4.mlpackage" },
    };

    private static string PublicModels => Path.Combine(TestFiles.Root, "..", "shared", "models");

    [Theory]
    [MemberData(nameof(Packages))]
    public void Package_CompiledFixture_IsTheModelItWasCompiledFrom(string package)
    {
        using var scratch = new ScratchFolder();
        string compiled = CompiledModels.Compile(package, scratch.Combine("m.mlmodelc"));
        ConversionResult result = Package(compiled, scratch.Combine("m.mlpackage"));
        Assert.Equal(nameof(ConversionStatus.Converted), result.Status);

        Model before = Specification(package), after = Specification(result.Path);
        foreach (Model stage in PipelineStages.AllModels(before))
        {
            // A compiled pipeline does not keep the names of its stages.
            PipelineStages.PipelineOf(stage)?.Names.Clear();
        }

        string[] files = Rename(before, after);
        Assert.True(before.Equals(after));
        Assert.All(files, names => Assert.Equal(
            File.ReadAllBytes(Path.Combine(package, "Data", "com.apple.CoreML", names.Split('|')[0])),
            File.ReadAllBytes(Path.Combine(result.Path, "Data", "com.apple.CoreML", names.Split('|')[1]))));
    }

    [Theory]
    [InlineData("flex_range", "fp32.mlpackage")]
    [InlineData("stateful_iOS18", "fp16src.mlpackage")]
    [InlineData("pipeline_mlprogram", "q8sym_stages.mlpackage")]
    [InlineData("multifunction_iOS18", "fp16_merged.mlpackage")]
    [InlineData("control_flow_iOS18", "fp32.mlpackage")]
    public void Validate_CompiledFixture_HasTheErrorsOfItsPackage(string folder, string variant)
    {
        using var scratch = new ScratchFolder();
        string package = TestFiles.Fixture(folder, variant);
        Assert.Equal(Errors(package), Errors(CompiledModels.Compile(package, scratch.Combine("m.mlmodelc"))));
    }

    [Theory]
    [MemberData(nameof(PublicPairs))]
    public void Open_PublicCompiledModel_IsTheProgramOfItsPackage(string compiled, string package)
    {
        string path = Path.Combine(PublicModels, "compiled", compiled);
        if (!Directory.Exists(path))
        {
            return;
        }

        using ModelFile actual = ModelFile.Open(path), expected = ModelFile.Open(Path.Combine(PublicModels, package));
        Assert.Equal(Comparable(expected.Specification), Comparable(actual.Specification));
        Assert.Equal(expected.Specification.SpecificationVersion, actual.Specification.SpecificationVersion);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(4000)]
    public void Package_DetectorWithSuppressionOfBoxes_KeepsTheStageAsItIs(int length)
    {
        using var scratch = new ScratchFolder();
        byte[] parameters = [.. Enumerable.Range(0, length).Select(value => (byte)value)];
        Model before = null!;
        string compiled = CompiledModels.Compile(TestFiles.Fixture("pipeline_mlprogram", "fp32.mlpackage"), scratch.Combine("detector.mlmodelc"), model =>
        {
            model.Pipeline.Models[1] = new Model
            {
                SpecificationVersion = 4,
                Description = new ModelDescription { Input = { new FeatureDescription { Name = "raw_confidence" } } },
                NonMaximumSuppression = ByteString.CopyFrom(parameters),
            };
            before = model.Clone();
        });
        Model after = Specification(EngineRuns.Convert(compiled, scratch.Combine("detector.mlpackage"), new PackagingRecipe()).Path);
        Assert.Equal(before.Pipeline.Models[1], after.Pipeline.Models[1]);
        Assert.Equal(Model.TypeOneofCase.MlProgram, after.Pipeline.Models[0].TypeCase);
    }

    [Fact]
    public void Package_SingleFile_IsCopiedByteForByte()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("nn_cnn", "fp32.mlmodel");
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("m.mlpackage"), new PackagingRecipe());
        Assert.Equal(File.ReadAllBytes(source), File.ReadAllBytes(Path.Combine(result.Path, "Data", "com.apple.CoreML", "model.mlmodel")));
        using ModelFile file = ModelFile.Open(result.Path);
        Assert.True(file.IsPackage);
        Assert.Empty(Errors(result.Path));
    }

    [Fact]
    public void Package_Package_IsUnchanged()
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(TestFiles.Fixture("convnet_iOS16", "fp16.mlpackage"), scratch.Combine("m.mlpackage"), new PackagingRecipe());
        Assert.Equal(nameof(ConversionStatus.Unchanged), result.Status);
        Assert.False(Directory.Exists(scratch.Combine("m.mlpackage")));
    }

    [Fact]
    public void Convert_CompiledModel_IsWhatItsPackageBecomes()
    {
        using var scratch = new ScratchFolder();
        string package = TestFiles.Fixture("convnet_iOS16", "fp32.mlpackage");
        var recipe = new PalettizationRecipe { BitWidth = 4 };
        string expected = EngineRuns.Convert(package, scratch.Combine("a.mlpackage"), recipe).Path;
        string actual = EngineRuns.Convert(CompiledModels.Compile(package, scratch.Combine("m.mlmodelc")), scratch.Combine("b.mlpackage"), recipe).Path;
        Assert.True(Specification(expected).Equals(Specification(actual)));
        string weights = Path.Combine("Data", "com.apple.CoreML", "weights", "weight.bin");
        Assert.Equal(File.ReadAllBytes(Path.Combine(expected, weights)), File.ReadAllBytes(Path.Combine(actual, weights)));
    }

    // Operations by name, attributes and parameters in alphabetical order; what the tools say of themselves left out.
    private static string Comparable(Model model)
    {
        Program program = model.MlProgram.Clone();
        program.Attributes.Clear();
        foreach (Function function in program.Functions.Values)
        {
            Sort(function.Inputs, input => input.Name);
            foreach (Block block in function.BlockSpecializations.Values)
            {
                foreach (Operation operation in block.Operations)
                {
                    Sort(operation.AttributeEntries, entry => entry.Key);
                    Sort(operation.InputEntries, entry => entry.Key);
                }

                Sort(block.Operations, operation => operation.Outputs[0].Name);
            }
        }

        ModelDescription description = model.Description.Clone();
        description.Metadata = null;
        return Text.ProgramTextTests.Write(program) + description;
    }

    // Many small models: what a flush takes would be most of the time.
    private static ConversionResult Package(string source, string destination)
    {
        using ModelFile model = ModelFile.Open(source);
        return ModelCompressor.Run(model, ModelCompressor.Plan(model, new PackagingRecipe()), destination, new ConversionOptions { Flush = false });
    }

    private static void Sort<T>(Google.Protobuf.Collections.RepeatedField<T> items, Func<T, string> key)
    {
        T[] sorted = items.OrderBy(key, StringComparer.Ordinal).ToArray();
        items.Clear();
        items.AddRange(sorted);
    }

    private static Model Specification(string package) =>
        Model.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(package, "Data", "com.apple.CoreML", "model.mlmodel")));

    /// <summary>Gives the references of one model those of the other; returns the pairs of files.</summary>
    private static string[] Rename(Model before, Model after)
    {
        IReadOnlyList<Value> old = MilValues.BlobReferences(before), now = MilValues.BlobReferences(after);
        Assert.Equal(old.Count, now.Count);
        var files = new SortedSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < old.Count; i++)
        {
            files.Add($"{old[i].BlobFileValue.FileName}|{now[i].BlobFileValue.FileName}".Replace("@model_path/", string.Empty, StringComparison.Ordinal));
            old[i].BlobFileValue.FileName = now[i].BlobFileValue.FileName;
        }

        return [.. files];
    }

    private static IEnumerable<string> Errors(string path) =>
        ModelValidator.Validate(path).Findings.Where(finding => finding.Severity == nameof(FindingSeverity.Error)).Select(finding => finding.Rule);
}
